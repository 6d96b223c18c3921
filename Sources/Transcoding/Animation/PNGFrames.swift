import MediaModel
import Vips

/// Frames of an animated PNG: each decoded as a PNG of its own, then put together here.
///
/// FFmpeg's reader lays no palette picture and none of 16 bits over another one, libvips reads the
/// first frame only. What decodes is libvips' PNG loader, as for every other PNG.
final class PNGFrames: AnimationFrames {
    let attribution: Attribution
    private(set) var warnings: [MediaWarning] = []
    var delays: [Int] { animation.head.delays }
    private let descriptor: Int32
    private let animation: PNGAnimation
    private var index = 0
    /// What is shown, red, green, blue and straight alpha.
    private var canvas: [UInt8]

    init(descriptor: Int32) throws(Failure) {
        self.descriptor = descriptor
        animation = try PNGAnimation(descriptor: descriptor)
        guard animation.head.canvas.area > 0 else {
            throw AnimationReader.damaged("it has no size")
        }
        canvas = [UInt8](repeating: 0, count: animation.head.canvas.area * 4)
        let header = try StillSource.open(
            descriptor, loader: Loader.png.rawValue, LoadOptions(access: .sequential))
        attribution = Attribution(of: header)
    }

    func next() throws(Failure) -> PackedFrame? {
        guard index < animation.frames.count else { return nil }
        let frame = animation.frames[index]
        let size = animation.head.canvas
        guard frame.size.width > 0, frame.size.height > 0,
            frame.x + frame.size.width <= size.width, frame.y + frame.size.height <= size.height
        else {
            throw AnimationReader.damaged("frame \(index) lies outside of the picture")
        }
        // Without something before it, "previous" is nothing.
        let disposal = index == 0 && frame.disposal == .previous ? .background : frame.disposal
        let before = disposal == .previous ? canvas : []
        draw(try pixels(of: frame), frame)
        let picture = PackedFrame(
            width: size.width, height: size.height, channels: 4, pixels: canvas)
        switch disposal {
        case .none: break
        case .background: clear(frame)
        case .previous: canvas = before
        }
        index += 1
        return picture
    }

    /// The frame's own pixels, red, green, blue, alpha.
    private func pixels(of frame: PNGAnimation.Frame) throws(Failure) -> [UInt8] {
        let bytes = try PNGFile.bytes(of: frame, in: animation, descriptor: descriptor)
        var conversion = SRGBConversion()
        do {
            let opened = try Image.load(
                Source(bytes: bytes), with: .png,
                LoadOptions(access: .sequential, failOn: .error))
            guard opened.width == frame.size.width, opened.height == frame.size.height else {
                throw AnimationReader.damaged("frame \(index) has another size than announced")
            }
            var image = try conversion.convert(opened)
            if !image.hasAlpha { image = try image.addingAlpha() }
            let pixels = try image.pixels()
            if index == 0 { warnings = conversion.warnings }
            return pixels
        } catch let failure as Failure {
            throw failure
        } catch let error as VipsError {
            throw StillSource.unreadable(error)
        } catch {
            throw AnimationReader.damaged("\(error)")
        }
    }

    private func draw(_ pixels: [UInt8], _ frame: PNGAnimation.Frame) {
        let width = animation.head.canvas.width
        for row in 0..<frame.size.height {
            var to = ((frame.y + row) * width + frame.x) * 4
            var from = row * frame.size.width * 4
            for _ in 0..<frame.size.width {
                let alpha = Int(pixels[from + 3])
                if frame.blend == .source || alpha == 255 {
                    for channel in 0..<4 { canvas[to + channel] = pixels[from + channel] }
                } else if alpha > 0 {
                    Self.blend(&canvas, to, over: pixels, from, alpha)
                }
                to += 4
                from += 4
            }
        }
    }

    /// Straight alpha over straight alpha, rounded.
    private static func blend(
        _ canvas: inout [UInt8], _ to: Int, over pixels: [UInt8], _ from: Int, _ alpha: Int
    ) {
        // In 255ths of 255ths.
        let below = Int(canvas[to + 3]) * (255 - alpha)
        let sum = alpha * 255 + below
        for channel in 0..<3 {
            let colour = Int(pixels[from + channel]) * alpha * 255
            canvas[to + channel] = UInt8(
                (colour + Int(canvas[to + channel]) * below + sum / 2) / sum)
        }
        canvas[to + 3] = UInt8((sum + 127) / 255)
    }

    private func clear(_ frame: PNGAnimation.Frame) {
        let width = animation.head.canvas.width
        for row in frame.y..<frame.y + frame.size.height {
            let start = (row * width + frame.x) * 4
            for byte in start..<start + frame.size.width * 4 { canvas[byte] = 0 }
        }
    }
}
