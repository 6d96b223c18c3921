import Foundation

/// Recordings, and films of the older containers, whose numbers lie or whose parts are addresses.
extension AttackShape {
    private static let most = UInt32.max
    private static let tone = times(8000, bytes(UInt16(0x2000).little, UInt16(0xe000).little))

    private static func wave(_ parts: any ByteSource...) -> Data {
        let format = bytes(
            "fmt ", UInt32(16).little, UInt16(1).little, UInt16(1).little, UInt32(8000).little,
            UInt32(16_000).little, UInt16(2).little, UInt16(16).little)
        let all = parts.reduce(into: Data()) { $0.append($1.bytes) }
        return bytes("RIFF", UInt32(4 + format.count + all.count).little, "WAVE", format, all)
    }

    private static func chunk(_ type: String, _ data: any ByteSource) -> Data {
        bytes(type, UInt32(data.bytes.count).little, data)
    }

    private static func id3(_ frames: any ByteSource...) -> Data {
        let all = frames.reduce(into: Data()) { $0.append($1.bytes) }
        return bytes("ID3", [3, 0, 0], syncsafe(all.count), all)
    }

    private static func syncsafe(_ count: Int) -> [UInt8] {
        [21, 14, 7, 0].map { UInt8(count >> $0 & 0x7f) }
    }

    private static func frame(_ type: String, _ data: any ByteSource) -> Data {
        bytes(type, UInt32(data.bytes.count).big, [0, 0], data)
    }

    static let recordings: [AttackShape] =
        riff + [
            AttackShape("a-tag-of-all-sizes.mp3") {
                bytes("ID3", [3, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f], $0.mp3)
            },
            AttackShape("a-cover-of-a-quarter-gigabyte.mp3") {
                bytes(
                    "ID3", [3, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f], "APIC", UInt32(1 << 28).big, [0, 0],
                    [0], "image/jpeg", [0, 3, 0], $0.jpeg, $0.mp3)
            },
            AttackShape("a-linked-frame.mp3") {
                bytes(
                    id3(
                        frame("LINK", bytes("APIC", $0.http, [0])),
                        frame("WXXX", bytes([0, 0], $0.http)),
                        frame("TIT2", "\u{0}\"><script src=//\($0.host)></script>")), $0.mp3)
            },
            AttackShape("chapters-of-chapters.mp3") {
                let table = frame("CTOC", bytes("a", [0, 3, 2], "a", [0], "a", [0]))
                let chapter = frame(
                    "CHAP", bytes("a", [0], UInt32(0).big, most.big, most.big, most.big))
                return bytes(id3(times(500, table), times(500, chapter)), $0.mp3)
            },
            AttackShape("frames-without-sound.mp3") { _ in times(20_000, [0xff, 0xfb, 0x10, 0xc4])
            },
            AttackShape("comments-without-end.flac") {
                let block = bytes(UInt32(0).little, most.little, most.little)
                return bytes(
                    $0.flac.prefix(42), [4], UInt32(block.count).big.dropFirst(), block,
                    $0.flac.dropFirst(42))
            },
            AttackShape("a-block-of-all-sizes.flac") {
                bytes($0.flac.prefix(42), [2, 0xff, 0xff, 0xff], $0.flac.dropFirst(42))
            },
            AttackShape("pages-of-nothing.ogg") {
                let page = bytes(
                    "OggS", [0, 0], UInt64(0).little, UInt32(7).little, Data(count: 9))
                return bytes(times(20_000, page), $0.ogg)
            },
            AttackShape("a-moment-far-away.ogg") {
                var copy = $0.ogg
                if let last = copy.range(of: Data("OggS".utf8), options: .backwards) {
                    copy.replaceSubrange(
                        last.lowerBound + 6..<last.lowerBound + 14,
                        with: UInt64(Int64.max).little)
                }
                return copy
            },
            AttackShape("counts-that-lie.aiff") { _ in
                let common = bytes(
                    UInt16(1).big, most.big, UInt16(16).big,
                    [0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0])
                return bytes(
                    "FORM", most.big, "AIFF", "COMM", UInt32(18).big, common, "SSND", most.big,
                    UInt64(0).big, tone)
            },
            AttackShape("counts-that-lie.au") { _ in
                bytes(
                    ".snd", UInt32(24).big, most.big, UInt32(3).big, UInt32(8000).big,
                    UInt32(1).big, tone)
            },
            AttackShape("packets-without-end.caf") { _ in
                bytes(
                    "caff", UInt32(0x10000).big, "desc", UInt64(32).big,
                    Double(8000).bitPattern.big,
                    "alac", UInt32(0).big, UInt32(0).big, UInt32(0).big, UInt32(1).big,
                    UInt32(16).big,
                    "pakt", UInt64(24).big, UInt64(Int64.max).big, UInt64(Int64.max).big,
                    UInt64(0).big)
            },
            AttackShape("sixty-four-thousand-channels.caf") { _ in
                bytes(
                    "caff", UInt32(0x10000).big, "desc", UInt64(32).big,
                    Double(8000).bitPattern.big,
                    "lpcm", UInt32(0).big, UInt32(131_072).big, UInt32(1).big, UInt32(65_536).big,
                    UInt32(16).big, "data", UInt64.max.big, UInt32(0).big, tone)
            },
        ] + others

    private static let riff: [AttackShape] = [
        AttackShape("a-length-that-lies.wav") { _ in
            bytes(wave(), "data", (most - 1).little, tone)
        },
        AttackShape("no-bytes-in-a-sample.wav") { _ in
            var copy = wave(chunk("data", tone))
            copy.replaceSubrange(32..<36, with: Data(count: 4))
            return copy
        },
        AttackShape("sixty-five-thousand-channels.wav") { _ in
            var copy = wave(chunk("data", tone))
            copy.replaceSubrange(22..<24, with: [0xff, 0xff])
            return copy
        },
        AttackShape("four-gigahertz.wav") { _ in
            var copy = wave(chunk("data", tone))
            copy.replaceSubrange(24..<28, with: most.little)
            return copy
        },
        AttackShape("a-large-length-that-lies.wav") { _ in
            bytes(
                "RF64", most.little, "WAVE", "ds64", UInt32(28).little, UInt64.max.little,
                UInt64.max.little, UInt64.max.little, most.little,
                wave(chunk("data", tone)).dropFirst(12))
        },
        AttackShape("a-page-in-a-tail.wav") {
            bytes(
                wave(
                    chunk("data", tone),
                    chunk(
                        "LIST",
                        bytes(
                            "INFOINAM", UInt32(18).little,
                            "<script>x</script>"))),
                "<html><script src=\"\($0.http)\"></script></html>")
        },
        AttackShape("an-index-that-lies.avi") { _ in
            avi(more: chunk("idx1", times(4096, bytes("00dc", times(3, most.little)))))
        },
        // Subtitles inside of a film, which are read by whatever demuxer finds itself in them.
        AttackShape("a-list-in-the-subtitles.avi") { material in
            let list = "#EXTM3U\n#EXTINF:1,\nconcat:\(material.http)|file://\(material.text)\n"
            let text = bytes(
                "GAB2", [0], UInt16(2).little, UInt32(2).little, "a", [0], UInt16(4).little,
                UInt32(list.utf8.count).little, list)
            return avi(more: chunk("LIST", bytes("movi", chunk("00tx", text))), handler: "txts")
        },
    ]

    private static func avi(more: Data, handler: String = "vids") -> Data {
        let header = bytes(
            UInt32(40_000).little, times(3, UInt32(0).little), most.little, UInt32(0).little,
            UInt32(1).little, UInt32(0).little, UInt32(64).little, UInt32(48).little,
            Data(count: 16))
        let stream = bytes(
            handler, "MJPG", Data(count: 12), UInt32(1).little, UInt32(25).little, UInt32(0).little,
            most.little, Data(count: 20))
        let format = bytes(
            UInt32(40).little, UInt32(64).little, UInt32(48).little, UInt16(1).little,
            UInt16(24).little, "MJPG", Data(count: 20))
        let list = bytes(
            "hdrl", chunk("avih", header),
            chunk("LIST", bytes("strl", chunk("strh", stream), chunk("strf", format))))
        return bytes("RIFF", most.little, "AVI ", chunk("LIST", list), more)
    }

    private static let others: [AttackShape] = [
        AttackShape("scripts-in-scripts.flv") { _ in
            // An array of 2^32 - 1, in each of its values another.
            let nested = times(2000, bytes([8], most.big, [0, 1], "a"))
            let data = bytes([2, 0, 10], "onMetaData", nested)
            return bytes(
                "FLV", [1, 5], UInt32(9).big, UInt32(0).big, [18],
                UInt32(data.count).big.dropFirst(), Data(count: 7), data,
                UInt32(data.count + 11).big)
        },
        AttackShape("an-address-to-open.asf", .refused) { material in
            let command = material.http.utf16.reduce(into: Data()) { $0.append($1.little) }
            let script = object(
                [
                    0x30, 0x1a, 0xfb, 0x1e, 0x62, 0x0b, 0xd0, 0x11, 0xa3, 0x9b, 0, 0xa0, 0xc9, 3,
                    0x48, 0xf6,
                ],
                bytes(
                    Data(count: 16), UInt16(1).little, UInt16(1).little, UInt16(3).little,
                    "U\u{0}R\u{0}L\u{0}", UInt32(0).little, UInt16(0).little,
                    UInt16(command.count / 2).little, command))
            let license = object(
                [
                    0xfb, 0xb3, 0x11, 0x22, 0x23, 0xbd, 0xd2, 0x11, 0xb4, 0xb7, 0, 0xa0, 0xc9, 0x55,
                    0xfc, 0x6e,
                ],
                bytes(
                    UInt32(0).little, UInt32(4).little, "DRM", [0], UInt32(2).little, "a", [0],
                    UInt32(material.http.utf8.count).little, material.http))
            let body = bytes(UInt32(2).little, [1, 2], script, license)
            return object(
                [
                    0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0, 0xaa, 0, 0x62,
                    0xce, 0x6c,
                ],
                body)
        },
        AttackShape("a-partition-of-all-sizes.mxf", .refused) {
            bytes(
                [6, 0x0e, 0x2b, 0x34, 2, 5, 1, 1, 0x0d, 1, 2, 1, 1, 2, 4, 0, 0x88], UInt64.max.big,
                times(64, bytes(UInt64.max.big, $0.http)))
        },
        AttackShape("programs-that-are-their-own.ts") { _ in
            // A table of programs that names itself as each of them.
            let table = bytes([0, 0, 0xb0, 0x0d, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0, 0], UInt32(0).big)
            let packet = bytes([0x47, 0x40, 0, 0x10], table, times(188 - 4 - table.count, [0xff]))
            return times(2000, packet)
        },
        AttackShape("frames-larger-than-all.ivf") { _ in
            bytes(
                "DKIF", UInt16(0).little, UInt16(32).little, "VP80", [0xff, 0xff, 0xff, 0xff],
                UInt32(1).little, UInt32(1).little, most.little, UInt32(0).little,
                most.little, UInt64.max.little, Data(count: 64))
        },
        AttackShape("packets-of-padding.mpg") { _ in
            bytes(
                [0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8],
                times(10_000, bytes([0, 0, 1, 0xbe], UInt16(4).big, Data(count: 4))))
        },
    ]

    private static func object(_ identifier: [UInt8], _ data: Data) -> Data {
        bytes(identifier, UInt64(24 + data.count).little, data)
    }
}
