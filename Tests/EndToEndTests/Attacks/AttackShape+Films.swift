import Foundation

/// Films of QuickTime and MP4 that point elsewhere, or count what is not there.
extension AttackShape {
    static let films: [AttackShape] = references + counts

    private static func movie(_ entries: any ByteSource...) -> Data {
        let inner = entries.reduce(into: Data()) { $0.append($1.bytes) }
        return bytes(Box.brand, Box.make("moov", Box.make("rmra", Box.make("rmda", inner))))
    }

    private static let references: [AttackShape] = [
        AttackShape("reference-movie-address.mov", .refused) {
            let address = bytes($0.http, [0])
            return movie(Box.full("rdrf", "url ", UInt32(address.count).big, address))
        },
        AttackShape("reference-movie-alias.mov", .refused) {
            let alias = Box.alias($0.piece)
            return movie(Box.full("rdrf", "alis", UInt32(alias.count).big, alias))
        },
        AttackShape("reference-movie-real-time.mov", .refused) {
            let address = bytes("rtsp://\($0.host)/a", [0])
            return movie(
                Box.full("rdrf", "rtsp", UInt32(address.count).big, address),
                Box.full("rmdr", UInt32(9).big))
        },
        AttackShape("media-at-an-address.mp4") {
            Box.reference(Box.full("url ", $0.http, [0]), in: $0.film)
        },
        AttackShape("media-in-a-file.mp4") {
            Box.reference(Box.full("url ", "file://\($0.piece)", [0]), in: $0.film)
        },
        AttackShape("media-by-a-name.mp4") {
            Box.reference(Box.full("urn ", "urn:x", [0], $0.http, [0]), in: $0.film)
        },
        AttackShape("media-by-an-alias.mov") { Box.reference(Box.alias($0.piece), in: $0.film) },
        AttackShape("media-by-a-near-alias.mov") {
            Box.reference(Box.alias(AttackMaterial.near[2], levels: 1), in: $0.film)
        },
        AttackShape("hint-track.m4v") { material in
            let track = Box.make(
                "trak", Box.make("tref", Box.make("hint", UInt32(1).big)),
                Box.make(
                    "mdia", Box.full("hdlr", UInt32(0).big, "hint", Data(count: 13)),
                    Box.make("minf", Box.make("hmhd", Data(count: 20)))),
                Box.make("udta", Box.make("hnti", Box.make("sdp ", "a=control:\(material.http)"))))
            return Box.adding(track, to: material.film)
        },
        AttackShape("title-with-a-script.mp4") { material in
            let text = Box.make("data", UInt32(1).big, UInt32(0).big, "\"><script>x</script>")
            return Box.adding(
                Box.make(
                    "udta",
                    Box.full(
                        "meta", Box.full("hdlr", UInt32(0).big, "mdirappl", Data(count: 9)),
                        Box.make("ilst", Box.make("\u{a9}nam", text)))), to: material.film)
        },
        AttackShape("xml-that-includes.mp4") { material in
            let text =
                "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file://\(material.text)'>]>"
                + "<x>&y;</x>"
            return Box.adding(
                Box.full(
                    "meta", Box.full("hdlr", UInt32(0).big, "mp7t", Data(count: 13)),
                    Box.full("xml ", text)), to: material.film)
        },
    ]

    private static let all32 = UInt32.max.big

    private static let counts: [AttackShape] = [
        AttackShape("times-without-end.mp4") {
            Box.table("stts", in: $0.film, Box.full("stts", all32, all32, all32))
        },
        AttackShape("sizes-without-end.mp4") {
            Box.table("stsz", in: $0.film, Box.full("stsz", UInt32(0).big, all32))
        },
        AttackShape("samples-of-four-gigabytes.mp4") {
            Box.table("stsz", in: $0.film, Box.full("stsz", all32, all32))
        },
        AttackShape("samples-of-one-byte.mp4") {
            Box.table("stsz", in: $0.film, Box.full("stsz", UInt32(1).big, all32))
        },
        AttackShape("places-without-end.mp4") {
            Box.table("stco", in: $0.film, Box.full("stco", all32, all32))
        },
        AttackShape("chunks-without-end.mp4") {
            Box.table("stsc", in: $0.film, Box.full("stsc", all32, UInt32(1).big, all32, all32))
        },
        AttackShape("edits-without-end.mp4") {
            Box.replacing(["moov", "trak", "edts", "elst"], in: $0.film) { _ in
                Box.full(
                    "elst", all32, times(64, bytes(UInt32(1).big, UInt32(0).big, UInt32(0).big)))
            }
        },
        AttackShape("ten-thousand-indexes-in-each-other.mp4") { _ in
            var inner = Data()
            for _ in 0..<10_000 { inner = Box.make("moov", inner) }
            return bytes(Box.brand, inner)
        },
        AttackShape("five-thousand-tracks.mp4") { material in
            let track = Box.make("trak", Box.make("mdia", Box.full("hdlr", Data(count: 20))))
            return Box.adding(times(5000, track), to: material.film)
        },
        AttackShape("a-box-larger-than-all-disks.mp4") {
            bytes(Box.brand, UInt32(1).big, "moov", UInt64.max.big, $0.film)
        },
        AttackShape("a-packed-index.mov") { _ in
            let packed = Deflate.zlib(0, count: 64 << 20)
            let index = Box.make(
                "cmov", Box.make("dcom", "zlib"),
                Box.make("cmvd", UInt32.max.big, packed))
            return bytes(Box.brand, Box.make("moov", index))
        },
        AttackShape("a-fragment-without-end.mp4") { material in
            let run = Box.full("trun", all32, UInt32(0).big, flags: 0xf01)
            let header = Box.full("tfhd", UInt32(1).big, flags: 0x20000)
            return bytes(
                Box.adding(
                    Box.make("mvex", Box.full("trex", UInt32(1).big, Data(count: 16))),
                    to: material.film),
                Box.make("moof", Box.full("mfhd", UInt32(1).big), Box.make("traf", header, run)))
        },
        AttackShape("an-index-of-indexes.mp4") { material in
            // Each entry is the next index, at no distance: it is its own.
            let index = Box.full(
                "sidx", UInt32(1).big, UInt32(1000).big, UInt32(0).big, UInt32(0).big,
                UInt32(0x0000_ffff).big, times(4096, bytes(UInt32(1 << 31).big, Data(count: 8))))
            return bytes(index.isEmpty ? Data() : Box.brand, index, material.film)
        },
        AttackShape("chapters-that-are-their-own.mp4") { material in
            Box.replacing(["moov", "trak"], in: material.film) {
                Box.make("trak", $0.dropFirst(8), Box.make("tref", Box.make("chap", UInt32(1).big)))
            }
        },
        AttackShape("a-picture-in-another-file.avif") {
            // The items' places refer to another file by the index of a reference that is external.
            Box.replacing(["meta", "iloc"], in: $0.avif) { box in
                box.count > 24 ? box.prefix(20) + UInt16(1).big + box.dropFirst(22) : box
            }
        },
        AttackShape("a-picture-of-everything.avif", .refused) {
            $0.avif.overwriting(
                "ispe", offset: 8, with: bytes(UInt32(60_000).big, UInt32(60_000).big))
        },
        AttackShape("a-cover-that-is-a-list.m4a") { material in
            let list = "#EXTM3U\n#EXTINF:1,\n\(material.http)"
            let cover = Box.make("data", UInt32(13).big, UInt32(0).big, list)
            return Box.adding(
                Box.make(
                    "udta",
                    Box.full(
                        "meta",
                        Box.full("hdlr", UInt32(0).big, "mdirappl", Data(count: 9)),
                        Box.make("ilst", Box.make("covr", cover)))), to: material.film)
        },
    ]
}
