import Vips

extension FormatSniffer {
    /// What libvips must be built with for a format, and what Debian calls the packages.
    ///
    /// Debian's libvips has all of these; one that somebody built may not. HEIC and AVIF need more:
    /// libheif's decoders are packages of their own from Debian 13 on.
    private static let needs: [Loader: String] = [
        .jpeg: "libjpeg-turbo (Debian: libvips42)",
        .png: "libspng or libpng (Debian: libvips42)",
        .webp: "libwebp (Debian: libvips42)",
        .gif: "libnsgif, which comes with it (Debian: libvips42)",
        .tiff: "libtiff (Debian: libvips42)",
        .heif: "libheif, and with libheif's decoders: libde265 for HEIC, dav1d or libaom for AVIF "
            + "(Debian: libvips42 and libheif1; from Debian 13 on libheif-plugin-libde265 and "
            + "libheif-plugin-dav1d too)",
        .jxl: "libjxl (Debian: libvips42)",
        .jp2k: "OpenJPEG (Debian: libvips42)",
        .svg: "librsvg (Debian: libvips42)",
        .rad: "Radiance support, which comes with it (Debian: libvips42)",
    ]

    /// A sentence for the operator: what to install so that a loader is there.
    /// - Parameter loader: libvips' nickname of it, such as `heifload_source`.
    /// - Returns: nil for what is no loader of pictures.
    package static func remedy(for loader: String) -> String? {
        Loader(rawValue: loader).flatMap { needs[$0] }.map { "Install a libvips with \($0)." }
    }
}
