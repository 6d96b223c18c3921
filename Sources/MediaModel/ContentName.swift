/// Names that carry a digest of the content, so that a URL never changes its meaning.
package enum ContentName {
    /// Hex digits of the SHA-256 in a name. 8 digits name one of 4·10⁹ contents within one item
    /// and one role; the full digest stands in the manifest.
    package static let digestLength = 8

    /// `poster-1280` + digest + `avif` → `poster-1280.4be1c9d2.avif`.
    package static func file(_ stem: String, sha256: String, fileExtension: String) -> String {
        "\(stem).\(sha256.prefix(digestLength)).\(fileExtension)"
    }

    /// `video-720p` + digest → `video-720p.91c2d0aa`.
    ///
    /// The digest of a directory is the SHA-256 of `directoryListing` of its files. One of them that
    /// has to say the directory's name counts as it would be without it.
    package static func directory(_ stem: String, sha256: String) -> String {
        "\(stem).\(sha256.prefix(digestLength))"
    }

    /// The text whose SHA-256 names a directory: a line `sha256  name` per file, sorted by name.
    package static func directoryListing(_ files: [(name: String, sha256: String)]) -> String {
        files.sorted { $0.name < $1.name }.map { "\($0.sha256)  \($0.name)\n" }.joined()
    }

    /// Most components of a path: an IIIF viewer asks for `region/size/rotation/default.jpg` in the
    /// derivative's directory.
    package static let mostComponents = 5

    /// Whether a relative path may be published: one to ``mostComponents`` components of
    /// `A-Z a-z 0-9 - _ . ,`, none hidden, none climbing, none that begins with a comma, each at most
    /// 120 bytes.
    package static func isValidPath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...mostComponents).contains(parts.count) else { return false }
        return parts.allSatisfy { part in
            guard let first = part.utf8.first, first != UInt8(ascii: "."),
                first != UInt8(ascii: ","), part.utf8.count <= 120
            else { return false }
            return part.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
            }
        }
    }
}
