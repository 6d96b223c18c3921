package import Foundation

/// Digests by the machine's own programs.
package enum Digest {
    /// Lower-case hex, as `sha256sum` says it.
    package static func sha256(of data: Data) async throws -> String {
        let output = try await Program("sha256sum").run([], input: data)
        return String(decoding: output.prefix(64), as: UTF8.self)
    }

    /// Of files, by their paths; what cannot be read is absent.
    package static func sha256(of paths: [String]) async throws -> [String: String] {
        guard !paths.isEmpty else { return [:] }
        let output = try await Program("sha256sum").result(paths)
        return Dictionary(
            output.text.split(separator: "\n").compactMap { line -> (String, String)? in
                let parts = line.split(separator: " ", maxSplits: 1)
                return parts.count == 2
                    ? (parts[1].trimmingCharacters(in: .whitespaces), String(parts[0])) : nil
            }, uniquingKeysWith: { a, _ in a })
    }
}
