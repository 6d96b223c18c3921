import MediaModel

/// Finds the gain map that lies behind a JPEG's picture.
///
/// https://developer.android.com/media/platform/hdr-image-format, CIPA DC-007 (multi-picture format)
enum JPEGGainMap {
    private static let isoName = Array("urn:iso:std:iso:ts:21496:-1\0".utf8)
    private static let multiPicture = Array("MPF\0".utf8)
    /// Bytes of the second picture in which its metadata is looked for.
    private static let secondHead = 65_536
    /// Most segments before the picture.
    private static let mostSegments = 1_024

    static func find(_ file: FileHead) -> GainMap? {
        var isISO = false
        var found: GainMap?
        var offset: Int64 = 2
        for _ in 0..<mostSegments {
            let head = file.bytes(at: offset, count: 4)
            guard head.count == 4, head[0] == 0xFF, head[1] != 0xDA, head[1] != 0xD9 else { break }
            let length = ISOBoxes.number(head[2..<4])
            guard length >= 2 else { break }
            if head[1] == 0xE1 || head[1] == 0xE2 {
                let payload = file.bytes(at: offset + 4, count: length - 2)
                if payload.starts(with: isoName) { isISO = true }
                if head[1] == 0xE1, contains(payload, "hdrgm:Version") { found = .ultraHDR }
                if found == nil, payload.starts(with: multiPicture),
                    let second = secondPicture(Array(payload.dropFirst(4)))
                {
                    // Places are counted from where the index itself begins.
                    let other = file.bytes(at: offset + 8 + Int64(second), count: secondHead)
                    if contains(other, "HDRGainMap") { found = .apple }
                    if contains(other, "hdrgm:Version") { found = .ultraHDR }
                }
            }
            offset += 2 + Int64(length)
        }
        return found ?? (isISO ? .iso : nil)
    }

    /// Where the second picture of an index lies.
    private static func secondPicture(_ index: [UInt8]) -> Int? {
        guard index.count >= 8 else { return nil }
        let isLittle = index[0] == 0x49
        func number(_ offset: Int, _ count: Int) -> Int {
            guard offset >= 0, offset + count <= index.count else { return 0 }
            let bytes = index[offset..<offset + count]
            return ISOBoxes.number(isLittle ? Array(bytes.reversed()) : Array(bytes))
        }
        let directory = number(4, 4)
        for entry in 0..<min(number(directory, 2), 16) {
            let place = directory + 2 + entry * 12
            // Sixteen bytes for each picture; the offset is the third number of four bytes.
            guard number(place, 2) == 0xB002, number(place + 4, 4) >= 32 else { continue }
            let offset = number(number(place + 8, 4) + 16 + 8, 4)
            return offset > 0 ? offset : nil
        }
        return nil
    }

    private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        let pattern = Array(text.utf8)
        guard bytes.count >= pattern.count else { return false }
        return (0...(bytes.count - pattern.count)).contains { start in
            bytes[start] == pattern[0]
                && bytes[start..<start + pattern.count].elementsEqual(pattern)
        }
    }
}
