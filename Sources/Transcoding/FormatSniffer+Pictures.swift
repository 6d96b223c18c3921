import MediaModel

extension FormatSniffer {
    static func picture(_ name: String, _ mediaType: String, _ loader: String) -> Format {
        Format(name: name, mediaType: mediaType, reader: .image(loader: loader))
    }

    /// Pictures that have a signature of their own; HEIC and AVIF are ISO media.
    static func pictures(_ file: FileHead) throws(Failure) -> Format? {
        if file.has([0xFF, 0xD8, 0xFF]) {
            return picture("jpeg", "image/jpeg", "jpegload_source")
        }
        if file.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return isAnimatedPNG(file)
                ? picture("apng", "image/apng", "pngload_source")
                : picture("png", "image/png", "pngload_source")
        }
        if file.has("RIFF"), file.has("WEBP", at: 8) {
            return picture("webp", "image/webp", "webpload_source")
        }
        if file.has("GIF87a") || file.has("GIF89a") {
            return picture("gif", "image/gif", "gifload_source")
        }
        if file.has([0x49, 0x49, 0x2A, 0x00]) || file.has([0x4D, 0x4D, 0x00, 0x2A])
            || file.has([0x49, 0x49, 0x2B, 0x00]) || file.has([0x4D, 0x4D, 0x00, 0x2B])
        {
            if file.has("CR", at: 8) {
                throw Refusal.known("camera RAW (Canon CR2)").failure
            }
            return picture("tiff", "image/tiff", "tiffload_source")
        }
        return nil
    }

    /// Whether an animation control chunk stands before the picture data.
    /// https://www.w3.org/TR/png-3/#apng-frame-based-animation
    private static func isAnimatedPNG(_ file: FileHead) -> Bool {
        var offset = 8
        while offset + 8 <= file.head.count {
            switch file.fourCharacters(at: offset + 4) {
            case "acTL": return true
            case "IDAT", "IEND": return false
            default: offset += 12 + Int(file.bigEndian32(at: offset))
            }
        }
        return false
    }
}
