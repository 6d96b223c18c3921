package import Foundation

/// HLS and DASH as read by parsers of other hands (Debian's `m3u8` and `mpegdash` for Python), and
/// followed down to the first sample of every segment.
package enum PlaylistOracle {
    /// The report of `fixtures/playlist-check.py`: `problems`, `tracks` by playlist, `sets` of codecs.
    ///
    /// - Parameters:
    ///   - hls: the multivariant playlist, relative to the item's directory.
    ///   - dash: the manifest, likewise.
    package static func report(
        on directory: URL, hls: String, dash: String
    ) async throws -> JSONValue {
        // Debian's packages belong to Debian's interpreter, whatever else is in PATH.
        let output = try await Program(URL(filePath: "/usr/bin/python3")).run([
            PackageLayout.file("fixtures/playlist-check.py").path, directory.path, hls, dash,
        ])
        return try JSONValue(parsing: output)
    }

    /// What is wrong; empty when nothing is.
    package static func problems(
        in directory: URL, hls: String, dash: String
    ) async throws -> [String] {
        let report = try await report(on: directory, hls: hls, dash: dash)
        return (report["problems"]?.array ?? [.string("no report")]).compactMap(\.string)
    }
}
