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
        // ISO/IEC 18181-2: a bare codestream, or the signature box.
        if file.has([0xFF, 0x0A])
            || file.has([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A])
        {
            return picture("jxl", "image/jxl", "jxlload_source")
        }
        // ISO/IEC 15444-1, annexes A and I: the same two.
        if file.has([0xFF, 0x4F, 0xFF, 0x51])
            || file.has([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A])
        {
            guard PictureHeader.hasPalette(jpeg2000: file) else {
                return picture("jp2", "image/jp2", "jp2kload_source")
            }
            let loader = WholeLoader.palettedJPEG2000
            guard loader.header(file) != nil else {
                throw Refusal.known(
                    "a JPEG 2000 picture of a kind that is not read here", instead: Refusal.picture
                ).failure
            }
            return picture("jp2", "image/jp2", loader.rawValue)
        }
        // Before TIFF: most camera RAW looks like one, with a thumbnail as its first page.
        if let raw = try cameraRaw(file) { return raw }
        if file.has([0x49, 0x49, 0x2A, 0x00]) || file.has([0x4D, 0x4D, 0x00, 0x2A])
            || file.has([0x49, 0x49, 0x2B, 0x00]) || file.has([0x4D, 0x4D, 0x00, 0x2B])
        {
            var format = picture("tiff", "image/tiff", "tiffload_source")
            if let directories = TIFFDirectories(file) {
                format.page = directories.firstFullPage
                format.reducedPages = directories.pages.filter(\.isReduced).count
                let page = directories.pages.dropFirst(format.page).first
                if page?.isPlainYCbCr == true {
                    throw Refusal.known(
                        "a TIFF of YCbCr colours that are not packed as JPEG",
                        instead: Refusal.picture
                    ).failure
                }
                format.isReduced = page?.isReduced ?? false
            }
            return format
        }
        return nil
    }

    /// Most chunks looked at for the one that says how a PNG moves. Texts and profiles may come
    /// first, of any length; thousands of chunks are not from a tool that animates.
    private static let maximumChunks = 4_096

    /// Whether an animation control chunk stands before the picture data.
    /// https://www.w3.org/TR/png-3/#apng-frame-based-animation
    private static func isAnimatedPNG(_ file: FileHead) -> Bool {
        var offset: Int64 = 8
        for _ in 0..<maximumChunks {
            let chunk = file.bytes(at: offset, count: 8)
            guard chunk.count == 8 else { return false }
            switch String(decoding: chunk[4...], as: UTF8.self) {
            case "acTL": return true
            case "IDAT", "IEND": return false
            default: offset += 12 + chunk[..<4].reduce(0) { $0 << 8 | Int64($1) }
            }
        }
        return false
    }
}
