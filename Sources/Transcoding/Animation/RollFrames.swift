import MediaModel
import Vips

/// Frames of a GIF or WebP through libvips, which has them on top of each other in one image.
///
/// The image is read once from the top, so that a frame is decoded once and only a few are in
/// memory. Loading frame after frame by its number would decode all before it each time.
final class RollFrames: AnimationFrames {
    let attribution: Attribution
    let warnings: [MediaWarning]
    let delays: [Int]
    private let roll: Image
    private let size: PixelSize
    private var index = 0

    init(descriptor: Int32, loader: String) throws(Failure) {
        let opened = try StillSource.open(
            descriptor, loader: loader,
            LoadOptions(access: .sequential, failOn: .error, pages: -1))
        size = PixelSize(width: opened.width, height: opened.pageHeight)
        let count = size.height > 0 ? opened.height / size.height : 0
        // One for all where a file has only one.
        let found = opened.delays
        delays = (0..<count).map { $0 < found.count ? found[$0] : found.last ?? 0 }
        attribution = Attribution(of: opened)
        var conversion = SRGBConversion()
        do {
            var image = try conversion.convert(opened)
            if !image.hasAlpha { image = try image.addingAlpha() }
            roll = image
        } catch {
            throw StillSource.unreadable(error)
        }
        warnings = conversion.warnings
    }

    func next() throws(Failure) -> PackedFrame? {
        guard index < delays.count else { return nil }
        defer { index += 1 }
        do {
            let picture = try roll.extractingArea(
                left: 0, top: index * size.height, width: size.width, height: size.height)
            return PackedFrame(
                width: size.width, height: size.height, channels: 4,
                pixels: try picture.pixels())
        } catch {
            throw StillSource.unreadable(error)
        }
    }
}
