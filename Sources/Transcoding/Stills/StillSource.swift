import MediaModel
import Vips

/// Opens pictures, and says in the product's words why one cannot be opened.
enum StillSource {
    /// Opens a picture for its header only.
    static func openHeader(
        _ descriptor: Int32, format: FormatSniffer.Format
    ) throws(Failure) -> Image {
        if let whole = WholeLoader(rawValue: format.loader) {
            return try whole.openHeader(descriptor)
        }
        return try open(
            descriptor, window: format.preview?.window, loader: format.loader,
            LoadOptions(access: .sequential, page: format.page > 0 ? format.page : nil))
    }

    /// Who made the camera RAW that a preview lies in, or a picture whose loader does not say, as far as
    /// it is said.
    static func surroundings(_ descriptor: Int32) -> Attribution? {
        guard let format = try? FormatSniffer.sniff(descriptor: descriptor) else { return nil }
        if let preview = format.preview { return preview.attribution }
        return (try? FileHead(descriptor: descriptor)).flatMap(Attribution.init(beside:))
    }

    /// - Parameters:
    ///   - window: the part of the file that is the picture; nil = all of it.
    ///   - loader: nickname of one of the loaders that ``FormatSniffer`` names.
    static func open(
        _ descriptor: Int32, window: ByteWindow? = nil, loader: String, _ options: LoadOptions
    ) throws(Failure) -> Image {
        if let whole = WholeLoader(rawValue: loader) {
            return try whole.load(descriptor, isStrict: options.failOn != .none)
        }
        guard let loader = Loader(rawValue: loader) else {
            throw .internalError(code: "loader", "the plan asks for an unknown loader: \(loader).")
        }
        do {
            let source = try Source(
                descriptor: descriptor, offset: window?.offset ?? 0, length: window?.length)
            return try Image.load(source, with: loader, options).unpackingLab()
        } catch {
            throw unreadable(error)
        }
    }

    static func unreadable(_ error: VipsError) -> Failure {
        let remedy = FormatSniffer.remedy(for: error.operation).map { " \($0)" } ?? ""
        if error.kind == .blocked || error.kind == .unknownOperation {
            return Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "libvips \(Runtime.version) cannot read this format: \(error)."
                    + remedy,
                uploaderText: "This picture's format cannot be read here yet.")
        }
        let text = "\(error)"
        if let form = unsupportedForms.first(where: { text.contains($0.message) }) {
            return Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "the picture is \(form.what), which the installed libraries do not "
                    + "decode: \(error)." + (error.operation == Loader.heif.rawValue ? remedy : ""),
                uploaderText: "This kind of picture (\(form.what)) cannot be read here. "
                    + "Please export it in another form, such as an ordinary JPEG or PNG.")
        }
        return Failure(
            kind: .invalidMedia, code: "unreadablePicture",
            operatorText: "the picture cannot be decoded: \(error).",
            uploaderText: "This picture is damaged and cannot be read. "
                + "Please export it again and upload it once more.")
    }

    /// What libraries say of whole files in a form that they do not know.
    private static let unsupportedForms = [
        (message: "Unsupported JPEG data precision", what: "a JPEG of more than 8 bits"),
        (message: "Unsupported JPEG process", what: "a lossless or hierarchical JPEG"),
        (message: "Unsupported marker type 0xf7", what: "a JPEG-LS"),
        (message: "Unsupported feature", what: "a HEIF picture of a kind that is not supported"),
        (message: "Unsupported codec", what: "a HEIF picture in a codec that is not supported"),
    ]
}
