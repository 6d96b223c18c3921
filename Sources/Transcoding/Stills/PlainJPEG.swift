/// Takes a JPEG apart into what its pixels need and everything else. The bytes are not trusted.
///
/// https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B
enum PlainJPEG {
    /// The upload with nothing but tables, frame and scans, and the Exif, XMP and IPTC of another
    /// JPEG.
    ///
    /// - Parameter own: whose Exif, XMP and IPTC are taken.
    /// - Returns: nil when it is not one baseline or progressive frame of 8 bits, grey or three
    ///   colours, that is complete.
    static func stripped(_ upload: [UInt8], metadataOf own: [UInt8]) -> [UInt8]? {
        guard let parts = Parts(upload), let source = Parts(own) else { return nil }
        var result: [UInt8] = [0xFF, 0xD8]
        if parts.isJFIF {
            // Without its thumbnail.
            result += segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        }
        for block in source.metadata { result += segment(block.marker, block.payload) }
        if let adobe = parts.adobe { result += segment(0xEE, adobe) }
        return result + parts.coded + [0xFF, 0xD9]
    }

    private static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + payload
    }

    private struct Parts {
        /// Says how colours are coded, as Adobe's segment does: what is taken from the one must not
        /// be put beside the other.
        var isJFIF = false
        var adobe: [UInt8]?
        /// Exif, XMP and IPTC.
        var metadata: [(marker: UInt8, payload: [UInt8])] = []
        /// Tables, the frame and its scans, from the first to the last.
        var coded: [UInt8] = []
        private var frames = 0

        init?(_ bytes: [UInt8]) {
            guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
            var position = 2
            while position + 1 < bytes.count {
                guard bytes[position] == 0xFF else { return nil }
                let marker = bytes[position + 1]
                if marker == 0xFF {
                    position += 1
                    continue
                }
                if marker == 0xD9 {
                    if frames == 1 { return }
                    return nil
                }
                guard position + 4 <= bytes.count else { return nil }
                let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
                let end = position + 2 + length
                guard length >= 2, end <= bytes.count else { return nil }
                let segment = bytes[position..<end]
                position = end
                guard take(marker, segment, Array(segment.dropFirst(4))) else { return nil }
                guard marker == 0xDA else { continue }
                // Coded data ends at a marker that is neither an escape nor a restart.
                while position + 1 < bytes.count,
                    bytes[position] != 0xFF || bytes[position + 1] == 0
                        || (0xD0...0xD7).contains(bytes[position + 1])
                {
                    position += 1
                }
                coded += bytes[end..<position]
            }
            // It ends early.
            return nil
        }

        /// - Returns: whether the picture is still one of those that are understood.
        private mutating func take(
            _ marker: UInt8, _ segment: ArraySlice<UInt8>, _ payload: [UInt8]
        ) -> Bool {
            switch marker {
            case 0xE0: isJFIF = isJFIF || payload.starts(with: Array("JFIF\0".utf8))
            case 0xE1 where payload.starts(with: Array("Exif\0".utf8)),
                0xE1 where payload.starts(with: Array("http://ns.adobe.com/xap/1.0/\0".utf8)),
                0xED where payload.starts(with: Array("Photoshop 3.0\0".utf8)):
                metadata.append((marker, payload))
            case 0xEE where payload.starts(with: Array("Adobe".utf8)) && payload.count >= 12:
                adobe = Array(payload.prefix(12))
            case 0xE0...0xEF, 0xFE: break
            case 0xC0, 0xC2:
                frames += 1
                let isKnown = payload.count >= 6 && payload[0] == 8 && [1, 3].contains(payload[5])
                coded += segment
                return isKnown && frames == 1
            case 0xC4, 0xDA, 0xDB, 0xDD: coded += segment
            default: return false
            }
            return true
        }
    }
}
