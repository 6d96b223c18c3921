import Vips

/// Whether pictures can be written here: what libvips has is no promise, as libheif finds its encoders
/// when it is used, in packages that need not be installed.
package enum EncoderTrial {
    private static let formats: [(name: String, encoding: Encoding)] = [
        ("avif", .avif(quality: 50, effort: 0)), ("webp", .webp(quality: 50, effort: 0)),
        ("jpeg", .jpeg(quality: 50)), ("png", .png()),
    ]

    /// Writes a small picture in each format. Makes threads.
    /// - Returns: the formats that failed, by their names in recipes, with the library's words.
    package static func missing() -> [String: String] {
        var missing: [String: String] = [:]
        for format in formats {
            do throws(VipsError) {
                let picture = try Image.blank(width: 64, height: 64, bands: 3, format: .uchar)
                _ = try picture.encoded(as: format.encoding)
            } catch {
                missing[format.name] = "\(error)"
            }
        }
        return missing
    }
}
