import Foundation

/// Boxes of ISO/IEC 14496-12: making them, and exchanging one deep inside a film.
enum Box {
    static func make(_ type: String, _ contents: any ByteSource...) -> Data {
        let body = contents.reduce(into: Data()) { $0.append($1.bytes) }
        return bytes(UInt32(8 + body.count).big, type, body)
    }

    /// One with a version and flags.
    static func full(_ type: String, _ contents: any ByteSource..., flags: UInt32 = 0) -> Data {
        make(type, flags.big, contents.reduce(into: Data()) { $0.append($1.bytes) })
    }

    static let brand = make("ftyp", "qt  ", UInt32(512).big, "qt  ")

    /// The film with another box in place of the first of that path; sizes of what is around it are
    /// made right. The index has to lie behind the media, as it does unless asked for otherwise.
    static func replacing(
        _ path: ArraySlice<String>, in film: Data, with change: (Data) -> Data
    ) -> Data {
        var (result, offset, isDone) = (Data(), film.startIndex, false)
        while offset + 8 <= film.endIndex {
            let size = film[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = size < 8 ? film.endIndex : min(offset + size, film.endIndex)
            let type = String(decoding: film[offset + 4..<offset + 8], as: UTF8.self)
            let box = Data(film[offset..<end])
            if type == path.first, !isDone {
                isDone = true
                let inner = box.dropFirst(8)
                let changed =
                    path.count == 1
                    ? change(box)
                    : make(type, replacing(path.dropFirst(), in: Data(inner), with: change))
                result.append(changed)
            } else {
                result.append(box)
            }
            offset = end
        }
        return result
    }

    /// In the sample table of the first track.
    static func table(_ type: String, in film: Data, _ new: Data) -> Data {
        replacing(["moov", "trak", "mdia", "minf", "stbl", type], in: film) { _ in new }
    }

    /// Where the first track says its media lie.
    static func reference(_ entry: Data, in film: Data) -> Data {
        replacing(["moov", "trak", "mdia", "minf", "dinf", "dref"], in: film) { _ in
            full("dref", UInt32(1).big, entry)
        }
    }

    /// With more at the end of its index.
    static func adding(_ box: Data, to film: Data) -> Data {
        replacing(["moov"], in: film) { make("moov", $0.dropFirst(8), box) }
    }

    /// A Macintosh alias record with an absolute path, as libavformat reads it.
    /// - Parameter levels: directories from the film to it and back; 0 = by the whole path.
    static func alias(_ path: String, levels: UInt16 = 0) -> Data {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        func pascal(_ text: String, _ width: Int) -> Data {
            let part = Data(text.utf8.prefix(width))
            return bytes([UInt8(part.count)], part, Data(count: width - part.count))
        }
        let absolute = bytes(path, path.utf8.count % 2 == 1 ? [UInt8(0)] : [])
        return full(
            "alis", UInt32(0).big, "alis", UInt16(0).big, pascal("", 27), Data(count: 12),
            pascal(name, 63), Data(count: 16), levels.big, levels.big, Data(count: 16),
            UInt16(2).big, UInt16(path.utf8.count).big, absolute, UInt16(18).big,
            UInt16(path.utf8.count).big, absolute, UInt16.max.big, UInt16(0).big)
    }
}

/// Elements of Matroska, RFC 8794.
enum Element {
    static func make(_ id: [UInt8], _ contents: any ByteSource...) -> Data {
        let body = contents.reduce(into: Data()) { $0.append($1.bytes) }
        return bytes(id, (UInt64(body.count) | 1 << 56).big, body)
    }

    static let header = make(
        [0x1a, 0x45, 0xdf, 0xa3], make([0x42, 0x86], [1]), make([0x42, 0xf7], [1]),
        make([0x42, 0xf2], [4]), make([0x42, 0xf3], [8]), make([0x42, 0x82], "matroska"),
        make([0x42, 0x87], [4]), make([0x42, 0x85], [2]))

    /// A second of sound, with whatever stands beside it.
    /// - Parameters:
    ///   - information: more of the segment's own description.
    ///   - more: more elements of the segment.
    static func recording(information: Data = Data(), more: Data = Data()) -> Data {
        let track = make(
            [0xae], make([0xd7], [1]), make([0x73, 0xc5], [1]), make([0x83], [2]),
            make([0x86], "A_PCM/INT/LIT"),
            make(
                [0xe1], make([0xb5], Double(8000).bitPattern.big), make([0x9f], [1]),
                make([0x62, 0x64], [16])))
        let wave = (0..<8000).map { Int16(8000 * (($0 / 20) % 2) - 4000) }
        let samples = wave.reduce(into: Data()) { $0.append($1.little) }
        let blocks = (0..<10).map { index -> Data in
            let part = samples.dropFirst(index * 1600).prefix(1600)
            return make([0xa3], [0x81], UInt16(index * 100).big, [0x80], Data(part))
        }
        let cluster = make(
            [0x1f, 0x43, 0xb6, 0x75], make([0xe7], [0]),
            blocks.reduce(into: Data()) { $0.append($1) })
        let info = make(
            [0x15, 0x49, 0xa9, 0x66], make([0x2a, 0xd7, 0xb1], UInt32(1_000_000).big),
            make([0x4d, 0x80], "canary"), make([0x57, 0x41], "canary"), information)
        return bytes(
            header,
            make(
                [0x18, 0x53, 0x80, 0x67], info, make([0x16, 0x54, 0xae, 0x6b], track),
                more, cluster))
    }
}
