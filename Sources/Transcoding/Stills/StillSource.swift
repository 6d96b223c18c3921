import MediaModel
import Vips

/// Opens pictures, and says in the product's words why one cannot be opened.
enum StillSource {
    /// Opens a picture for its header only.
    static func openHeader(
        _ descriptor: Int32, format: FormatSniffer.Format
    ) throws(Failure) -> Image {
        try open(descriptor, loader: format.loader, LoadOptions(access: .sequential))
    }

    /// - Parameter loader: nickname of one of the loaders that ``FormatSniffer`` names.
    static func open(
        _ descriptor: Int32, loader: String, _ options: LoadOptions
    ) throws(Failure) -> Image {
        guard let loader = Loader(rawValue: loader) else {
            throw .internalError(code: "loader", "the plan asks for an unknown loader: \(loader).")
        }
        do {
            return try Image.load(Source(descriptor: descriptor), with: loader, options)
        } catch {
            throw unreadable(error)
        }
    }

    static func unreadable(_ error: VipsError) -> Failure {
        if error.kind == .blocked || error.kind == .unknownOperation {
            return Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "libvips \(Runtime.version) cannot read this format: \(error).",
                uploaderText: "This picture's format cannot be read here yet.")
        }
        return Failure(
            kind: .invalidMedia, code: "unreadablePicture",
            operatorText: "the picture cannot be decoded: \(error).",
            uploaderText: "This picture is damaged and cannot be read. "
                + "Please export it again and upload it once more.")
    }
}
