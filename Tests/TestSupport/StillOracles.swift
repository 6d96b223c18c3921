package import Foundation

/// What `vipsheader` says about a picture.
package struct VipsHeader: Sendable {
    package let width: Int
    package let height: Int
    package let bands: Int
    package let interpretation: String
    package let loader: String
    /// Every field as text, by name.
    package let fields: [String: String]

    package var hasProfile: Bool { fields["icc-profile-data"] != nil }
    package var hasEXIF: Bool { fields["exif-data"] != nil }

    package init(_ file: URL) async throws {
        let output = try await Program("vipsheader").run(["-a", file.path])
        var fields: [String: String] = [:]
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n").dropFirst() {
            guard let colon = line.range(of: ": ") else { continue }
            fields[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
        self.fields = fields
        width = fields["width"].flatMap(Int.init) ?? 0
        height = fields["height"].flatMap(Int.init) ?? 0
        bands = fields["bands"].flatMap(Int.init) ?? 0
        interpretation = fields["interpretation"] ?? ""
        loader = fields["vips-loader"] ?? ""
    }
}

/// Decoded pixels of a picture, made by the `vips` program, as they are stored: no
/// orientation applied, no colour converted. For 8-bit pictures.
package struct Pixels: Sendable {
    package let width: Int
    package let height: Int
    package let bands: Int
    /// Row by row, `bands` bytes per pixel.
    package let bytes: [UInt8]

    package init(_ file: URL) async throws {
        let directory = try TemporaryDirectory("pixels")
        let header = try await VipsHeader(file)
        let flat = directory.file("picture.raw")
        try await Program("vips").run(["rawsave", file.path, flat.path])
        width = header.width
        height = header.height
        bands = header.bands
        bytes = Array(try Data(contentsOf: flat))
    }

    /// The samples of one pixel.
    package func pixel(x: Int, y: Int) -> [UInt8] {
        let start = (y * width + x) * bands
        return Array(bytes[start..<start + bands])
    }
}

/// What ExifTool finds in a file: every tag of every block, with its group.
package struct ExifTool: Sendable {
    /// `GPS:GPSLatitude`, `EXIF:Copyright`, `XMP:Creator` … as text.
    package let tags: [String: String]

    package init(_ file: URL) async throws {
        let output = try await Program("exiftool").run(["-json", "-G", "-a", "-u", file.path])
        let object = try JSONValue(parsing: output).array?.first?.object ?? [:]
        tags = object.mapValues { value in
            value.string ?? value.double.map { "\($0)" } ?? "\(value)"
        }
    }

    /// Names of tags that say where or on which device a work was made.
    package var privateTags: [String] {
        tags.keys.filter { name in
            let lower = name.lowercased()
            return lower.contains("gps") || lower.contains("serial") || lower.contains("thumbnail")
        }.sorted()
    }
}
