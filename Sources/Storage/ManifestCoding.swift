package import FoundationEssentials
package import MediaModel

/// The manifest as a document: sorted keys, so that equal values are equal bytes.
package enum ManifestCoding {
    package static func encode(_ manifest: Manifest) throws(StorageError) -> Data {
        try document(manifest, indented: false)
    }

    package static func decode(_ bytes: Data) throws(StorageError) -> Manifest {
        do {
            return try JSONDecoder().decode(Manifest.self, from: bytes)
        } catch {
            throw StorageError(
                .unreadable, operation: "decode", path: "manifest.json", detail: "\(error)")
        }
    }

    /// The generation a manifest's bytes say; reads nothing else, so that a manifest of a later
    /// version still tells it.
    package static func generation(of bytes: Data) throws(StorageError) -> Int {
        struct Head: Decodable { var generation: Int }
        do {
            return try JSONDecoder().decode(Head.self, from: bytes).generation
        } catch {
            throw StorageError(
                .unreadable, operation: "decode", path: "manifest.json", detail: "\(error)")
        }
    }

    /// JSON with sorted keys, slashes as they are, and a last newline; indented for people.
    package static func document(
        _ value: some Encodable, indented: Bool
    ) throws(StorageError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if indented { encoder.outputFormatting.insert(.prettyPrinted) }
        do {
            return try encoder.encode(value) + Data("\n".utf8)
        } catch {
            throw StorageError(
                .unreadable, operation: "encode", path: "document", detail: "\(error)")
        }
    }
}
