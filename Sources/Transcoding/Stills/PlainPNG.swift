/// Takes a PNG apart into what its pixels need and everything else. The bytes are not trusted.
///
/// https://www.w3.org/TR/png-3/, 5 and 11
enum PlainPNG {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The upload with nothing but its pixels, and the metadata of another PNG.
    ///
    /// - Parameter own: whose Exif and texts are taken.
    /// - Parameters:
    ///   - own: whose Exif and texts are taken.
    ///   - isTransparent: whether some pixel is; a palette's transparency that says nothing is dropped.
    /// - Returns: nil when there is more to its look than the pixels, or it is not complete.
    static func stripped(
        _ upload: [UInt8], metadataOf own: [UInt8], isTransparent: Bool
    ) -> [UInt8]? {
        guard let source = chunks(of: upload), let others = chunks(of: own) else { return nil }
        let metadata = others.filter { ["eXIf", "iTXt", "zTXt"].contains($0.type) }
        var result = signature
        for chunk in source {
            switch chunk.type {
            // Colour types 4 and 6 have alpha in every pixel.
            case "IHDR"
            where !isTransparent && chunk.bytes.dropFirst(17).first.map { $0 & 4 != 0 } ?? true:
                return nil
            case "tRNS" where !isTransparent: break
            case "IHDR": result += chunk.bytes + metadata.flatMap(\.bytes)
            case "PLTE", "tRNS", "IDAT", "IEND": result += chunk.bytes
            // Another gamma than sRGB's is a look that the pixels alone do not have.
            case "gAMA" where !isUsualGamma(chunk): return nil
            // Critical and unknown.
            case let type where type.utf8.first.map { $0 & 0x20 == 0 } ?? true: return nil
            default: break
            }
        }
        return result
    }

    private struct Chunk {
        let type: String
        /// With length, type and check sum.
        let bytes: ArraySlice<UInt8>
    }

    /// 1 / 2.2, as sRGB is said in this field.
    private static func isUsualGamma(_ chunk: Chunk) -> Bool {
        Array(chunk.bytes.dropFirst(8).prefix(4)) == [0, 0, 0xB1, 0x8F]
    }

    /// - Returns: nil unless they follow each other from the header to the end.
    private static func chunks(of bytes: [UInt8]) -> [Chunk]? {
        guard bytes.starts(with: signature) else { return nil }
        var found: [Chunk] = []
        var position = signature.count
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - position - 12 else { return nil }
            let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            let end = position + 12 + length
            found.append(Chunk(type: type, bytes: bytes[position..<end]))
            if type == "IEND" { return found.first?.type == "IHDR" ? found : nil }
            position = end
        }
        return nil
    }
}
