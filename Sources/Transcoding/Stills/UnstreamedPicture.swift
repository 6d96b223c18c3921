import MediaModel
import Planning
import Vips

/// A picture that its library cannot pass on row by row, and what decoding it takes.
///
/// Of an interlaced PNG the first rows are complete with the last pass, so libvips has the whole
/// picture in memory. Of a progressive JPEG, libjpeg has all coefficients, however small it is decoded
/// (ITU-T T.81, annex G). The others are decoded in one piece by their libraries.
struct UnstreamedPicture {
    let size: PixelSize
    let bytesPerPixel: Int

    private static let inOnePiece: Set<String> = [
        Loader.webp.rawValue, Loader.heif.rawValue, Loader.jxl.rawValue,
    ]
    private static let coefficientBytes = 2

    /// - Parameter image: its header.
    /// - Returns: nil for what is streamed.
    init?(_ image: Image, loader: String) {
        let isInterlaced = image.int(Field.interlaced) == 1
        switch loader {
        case Loader.jpeg.rawValue where isInterlaced:
            // Without subsampling; with it, half as many.
            bytesPerPixel = image.bands * Self.coefficientBytes
        case Loader.png.rawValue where isInterlaced, _ where Self.inOnePiece.contains(loader):
            bytesPerPixel = image.bands * image.format.bitCount / 8
        default: return nil
        }
        size = PixelSize(width: image.width, height: image.height)
    }

    init(_ size: PixelSize, bytesPerPixel: Int) {
        self.size = size
        self.bytesPerPixel = bytesPerPixel
    }

    var decodingBytes: Int64 {
        let (bytes, overflow) = Int64(size.area).multipliedReportingOverflow(
            by: Int64(bytesPerPixel))
        return overflow ? .max : bytes
    }

    func check(_ limits: Limits) throws(Failure) { try check(decodingBytes, limits) }

    /// Refuses what would not fit into the memory of a still's worker, of which half is for this:
    /// the other half is for what is made of it.
    ///
    /// - Parameter needed: by decoding, in bytes.
    func check(_ needed: Int64, _ limits: Limits) throws(Failure) {
        let most = limits.stillAddressSpace / 2
        guard !(0...most).contains(needed) else { return }
        throw .limit(
            "stillAddressSpace", "the memory to decode the picture, which cannot be streamed,",
            limit: "\(most >> 20) MiB (half of it)",
            found: "\(needed >> 20) MiB (\(size), \(bytesPerPixel) bytes for each pixel)",
            uploader: "This picture has too many pixels for its format. Please export it as TIFF, "
                + "or as PNG or JPEG without interlacing, and upload that.")
    }
}
