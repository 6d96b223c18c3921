/// The loaders this wrapper opens files with, by libvips' nickname.
///
/// The caller names the loader it wants after looking at the file itself. libvips' own sniffing
/// (`vips_image_new_from_source`) is not wrapped: it would offer the bytes to every parser in turn.
package enum Loader: String, CaseIterable, Sendable {
    case jpeg = "jpegload_source"
    case png = "pngload_source"
    case webp = "webpload_source"
    case gif = "gifload_source"
    case tiff = "tiffload_source"
    /// HEIC and AVIF.
    case heif = "heifload_source"
    case jxl = "jxlload_source"
    case jp2k = "jp2kload_source"
    case svg = "svgload_source"
    /// Radiance HDR.
    case rad = "radload_source"
}

/// What a loader is asked for; what it does not know is left out.
package struct LoadOptions: Hashable, Sendable {
    package var access: Access
    package var failOn: FailOn
    /// JPEG only: decode at 1/1, 1/2, 1/4 or 1/8 of the size.
    package var shrink: Int?
    /// WebP, SVG: scale while decoding.
    package var scale: Double?
    /// First page or frame, from 0.
    package var page: Int?
    /// Number of pages or frames, -1 for all; they come on top of each other.
    package var pages: Int?

    package init(
        access: Access = .random, failOn: FailOn = .none, shrink: Int? = nil,
        scale: Double? = nil, page: Int? = nil, pages: Int? = nil
    ) {
        self.access = access
        self.failOn = failOn
        self.shrink = shrink
        self.scale = scale
        self.page = page
        self.pages = pages
    }

    fileprivate var arguments: [(String, Argument)] {
        var list: [(String, Argument)] = [("access", .nick(access)), ("fail_on", .nick(failOn))]
        if let shrink { list.append(("shrink", .int(shrink))) }
        if let scale { list.append(("scale", .double(scale))) }
        if let page { list.append(("page", .int(page))) }
        if let pages { list.append(("n", .int(pages))) }
        return list
    }
}

extension Image {
    /// Opens an encoded image: reads its header now, its pixels when they are asked for.
    package static func load(
        _ source: Source, with loader: Loader, _ options: LoadOptions = LoadOptions()
    ) throws(VipsError) -> Image {
        var operation = try Operation(loader.rawValue)
        try operation.set("source", .source(source))
        for (name, value) in options.arguments { try operation.set(name, value) }
        try operation.run()
        let image = try operation.image()
        // Three mantissas and an exponent in four bytes are no numbers yet.
        return loader == .rad ? try Operation.image("rad2float", ["in": .image(image)]) : image
    }
}
