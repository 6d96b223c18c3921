import Foundation
import MediaModel
import Planning
import Vips

/// The pictures inside of drawings: looked at like uploads, and written anew, so that neither a bomb
/// nor a place on earth comes along.
struct EmbeddedPictures {
    /// Of all so far.
    private var pixels = 0

    /// JPEG stays lossy, well above what the drawing's own pictures are encoded with.
    private static let quality = 90

    /// - Parameter link: a `data:` URL.
    /// - Returns: another one; nil for what is no picture of pixels that browsers show.
    mutating func safe(_ link: String, limits: Limits) throws(Failure) -> String? {
        guard let comma = link.firstIndex(of: ","),
            link[..<comma].lowercased().hasSuffix(";base64"),
            let data = Data(
                base64Encoded: String(link[link.index(after: comma)...]),
                options: .ignoreUnknownCharacters)
        else { return nil }
        let bytes = [UInt8](data)
        guard let format = try? FormatSniffer.sniff(bytes: bytes),
            ["jpeg", "png", "gif", "webp"].contains(format.name),
            let loader = Loader(rawValue: format.loader)
        else { return nil }
        guard
            let header = try? Image.load(
                Source(bytes: bytes), with: loader, LoadOptions(access: .sequential))
        else { return nil }
        let size = PixelSize(width: header.width, height: header.height)
        try StillProbe.check(size, limits)
        pixels += size.area
        guard pixels <= limits.stillPixels else {
            throw .limit(
                "stillPixels", "the area of all pictures in the drawing",
                limit: "\(limits.stillPixels) pixels", found: "\(pixels) pixels or more",
                uploader: "The pictures in this drawing have too many pixels.")
        }
        // A picture that cannot be decoded would not be shown either.
        return try? Self.rewritten(bytes, loader)
    }

    private static func rewritten(_ bytes: [UInt8], _ loader: Loader) throws -> String {
        let opened = try Image.load(
            Source(bytes: bytes), with: loader, LoadOptions(access: .sequential))
        var conversion = SRGBConversion()
        var image = try conversion.dropExtraChannels(opened)
        image = try conversion.convert(image)
        let plain = try DerivativeMetadata.apply(Attribution(), to: image)
        let isPhotograph = loader == .jpeg
        let encoded = try plain.encoded(as: isPhotograph ? .jpeg(quality: quality) : .png())
        return "data:image/\(isPhotograph ? "jpeg" : "png");base64,"
            + Data(encoded).base64EncodedString()
    }
}
