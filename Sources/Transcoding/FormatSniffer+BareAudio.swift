extension FormatSniffer {
    /// Frames that must follow each other before bytes count as sound: FFmpeg's own probe wants
    /// a handful too; two happen by chance.
    private static let framesInARow = 4
    /// The same behind junk, where any of half a million places may look like a beginning. Tables of
    /// small negative numbers, as programs and raw pictures have them, look like dozens of tiny frames.
    private static let framesBehindJunk = 48
    private static let bytesPerFrameBehindJunk = 96

    /// How far sound may be behind junk or a tag: stations that cut recordings out of a stream leave
    /// hundreds of kilobytes.
    private static let searchLength = 524_288

    /// Sound without a container: MP3, ADTS AAC, AC-3, DTS; ID3 tags and some junk may come first.
    static func bareAudio(_ file: FileHead) -> Format? {
        var start: Int64 = 0
        var hasTag = false
        // Broken taggers write several ID3 tags in a row.
        for _ in 0..<4 {
            let header = file.bytes(at: start, count: 10)
            guard header.count == 10, header.starts(with: Array("ID3".utf8)) else { break }
            let size = header[6...9].reduce(Int64(0)) { $0 << 7 | Int64($1 & 0x7F) }
            start += 10 + size + (header[5] & 0x10 != 0 ? 10 : 0)
            hasTag = true
        }
        let body = file.bytes(at: start, count: searchLength)
        if hasTag, body.starts(with: Array("fLaC".utf8)) {
            return Format(
                name: "flac", mediaType: "audio/flac", reader: .container(demuxer: "flac"))
        }
        if body.starts(with: [0x0B, 0x77]), body.count > 5 {
            // Bit stream identification above 10 is Enhanced AC-3. ATSC A/52, annex E.
            return body[5] >> 3 > 10
                ? Format(name: "eac3", mediaType: "audio/eac3", reader: .container(demuxer: "eac3"))
                : Format(name: "ac3", mediaType: "audio/ac3", reader: .container(demuxer: "ac3"))
        }
        if body.starts(with: [0x7F, 0xFE, 0x80, 0x01]) {
            return Format(
                name: "dts", mediaType: "audio/vnd.dts", reader: .container(demuxer: "dts"))
        }
        let isWhole = start + Int64(body.count) >= file.byteCount
        if isRun(of: adtsFrame, in: body, from: 0, isWhole: isWhole) {
            return Format(name: "aac", mediaType: "audio/aac", reader: .container(demuxer: "aac"))
        }
        let mp3 = Format(
            name: "mp3", mediaType: "audio/mpeg", reader: .container(demuxer: "mp3"))
        for offset in body.indices
        where isRun(of: mpegAudioFrame, in: body, from: offset, isWhole: isWhole) {
            return mp3
        }
        return nil
    }

    /// A frame's length in bytes, and what does not change from one to the next: version, layer, rate.
    private struct Frame {
        var length: Int
        var kind: [UInt8]
    }

    /// Whether frames of one kind follow each other from `offset` long enough, or to the end.
    private static func isRun(
        of frame: ([UInt8], Int) -> Frame?, in bytes: [UInt8], from offset: Int, isWhole: Bool
    ) -> Bool {
        let isFirst = offset == 0
        var position = offset
        var kind: [UInt8]?
        for found in 0..<(isFirst ? framesInARow : framesBehindJunk) {
            guard let next = frame(bytes, position), next.kind == kind ?? next.kind else {
                // A recording of three frames is a recording.
                return found >= 2 && position >= bytes.count && isWhole
                    && isLong(position - offset, found, isFirst)
            }
            kind = next.kind
            position += next.length
        }
        return isLong(position - offset, framesBehindJunk, isFirst)
    }

    private static func isLong(_ byteCount: Int, _ frames: Int, _ isFirst: Bool) -> Bool {
        isFirst || byteCount >= frames * bytesPerFrameBehindJunk
    }

    /// The ADTS frame at an offset. ISO/IEC 13818-7, 6.2.
    private static func adtsFrame(_ bytes: [UInt8], _ offset: Int) -> Frame? {
        guard offset + 7 <= bytes.count, bytes[offset] == 0xFF, bytes[offset + 1] & 0xF6 == 0xF0
        else { return nil }
        let length =
            Int(bytes[offset + 3] & 0x03) << 11 | Int(bytes[offset + 4]) << 3
            | Int(bytes[offset + 5]) >> 5
        guard length > 7 else { return nil }
        return Frame(length: length, kind: [bytes[offset + 1] & 0xFE, bytes[offset + 2] & 0xFC])
    }

    /// Bit rates in kbit/s by header index. ISO/IEC 11172-3, 2.4.2.3, and 13818-3.
    private static let layer1: [Int] = [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ]
    private static let layer2: [Int] = [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ]
    private static let layer3: [Int] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ]
    private static let lowLayer1: [Int] = [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ]
    private static let lowLayer23: [Int] = [
        0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160,
    ]

    /// The MPEG audio frame at an offset.
    private static func mpegAudioFrame(_ bytes: [UInt8], _ offset: Int) -> Frame? {
        guard offset + 4 <= bytes.count, bytes[offset] == 0xFF, bytes[offset + 1] & 0xE0 == 0xE0
        else { return nil }
        let version = Int(bytes[offset + 1] >> 3 & 3)
        let layer = 4 - Int(bytes[offset + 1] >> 1 & 3)
        let rateIndex = Int(bytes[offset + 2] >> 4)
        let frequencyIndex = Int(bytes[offset + 2] >> 2 & 3)
        guard version != 1, layer != 4, (1...14).contains(rateIndex), frequencyIndex != 3 else {
            return nil
        }
        let isLow = version != 3
        let table =
            switch (isLow, layer) {
            case (false, 1): layer1
            case (false, 2): layer2
            case (false, _): layer3
            case (true, 1): lowLayer1
            case (true, _): lowLayer23
            }
        let frequency =
            [44_100, 48_000, 32_000][frequencyIndex] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
        let padding = Int(bytes[offset + 2] >> 1 & 1)
        let bits = table[rateIndex] * 1_000
        let length =
            layer == 1
            ? (12 * bits / frequency + padding) * 4
            : (isLow && layer == 3 ? 72 : 144) * bits / frequency + padding
        return Frame(length: length, kind: [bytes[offset + 1] & 0xFE, bytes[offset + 2] & 0x0C])
    }
}
