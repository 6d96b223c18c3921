import Foundation
import TestSupport

/// Pictures whose tables lie or run in circles, and whose descriptions refer to elsewhere.
extension AttackShape {
    static let pictures: [AttackShape] = tables + descriptions

    private static let most = UInt32.max

    /// A grey picture of 8 × 8 pixels with some entries changed.
    private static func tiff(
        _ more: [UInt16: TIFFFile.Value], next: UInt32? = nil
    ) -> Data {
        let plain: [UInt16: TIFFFile.Value] = [
            256: .long(8), 257: .long(8), 258: .short(8), 259: .short(1), 262: .short(1),
            273: .place(of: Array(repeating: 90, count: 64)), 277: .short(1), 278: .long(8),
            279: .long(64),
        ]
        return TIFFFile([TIFFFile.Directory(plain + more, next: next)]).data
    }

    private static let tables: [AttackShape] = [
        AttackShape("a-directory-that-is-its-own.tif") { _ in
            // Pixels come first, the directory right behind them.
            tiff([:], next: 72)
        },
        AttackShape("a-directory-behind-the-end.tif") { _ in tiff([:], next: most) },
        AttackShape("directories-in-a-circle.tif") { _ in
            tiff([330: .lie(type: 4, count: 1, value: 72)])
        },
        AttackShape("a-tag-of-four-gigabytes.tif") { _ in
            tiff([270: .lie(type: 2, count: most, value: 8)])
        },
        AttackShape("a-profile-of-four-gigabytes.tif") { _ in
            tiff([34_675: .lie(type: 7, count: most, value: 8)])
        },
        AttackShape("strips-without-end.tif") { _ in
            tiff([
                273: .lie(type: 4, count: most, value: 8),
                279: .lie(type: 4, count: most, value: 8),
            ])
        },
        AttackShape("a-million-samples.tif") { _ in
            tiff([277: .short(.max), 258: .lie(type: 3, count: 65_535, value: 8)])
        },
        AttackShape("rows-that-lie.tif") { _ in tiff([278: .long(most), 279: .long(most)]) },
        AttackShape("tiles-of-nothing.tif") { _ in
            tiff([322: .long(0), 323: .long(0), 324: .long(8), 325: .long(64)])
        },
        AttackShape("strips-that-unpack.tif") { _ in
            tiff([259: .short(8), 273: .place(of: Array(Deflate.zlib(0, count: 64 << 20)))])
        },
        AttackShape("sixty-five-thousand-entries.tif") { _ in
            bytes(
                "II", UInt16(42).little, UInt32(8).little, UInt16.max.little,
                times(2000, UInt64.max.little))
        },
        AttackShape("a-preview-that-is-a-list.dng") { material in
            let list = Array("#EXTM3U\n\(material.http)".utf8)
            return tiff([
                50_706: .bytes([1, 4, 0, 0]), 271: .text("Canary"),
                330: .directories([
                    TIFFFile.Directory([UInt16: TIFFFile.Value].jpeg(list))
                ]),
            ])
        },
        AttackShape("a-million-chunks.png") {
            Picture.adding(times(100_000, Picture.chunk("tEXt", "a\u{0}b")), to: $0.png)
        },
        AttackShape("texts-that-unpack.png") {
            let packed = bytes("Comment", [0, 0], Deflate.zlib(65, count: 64 << 20))
            return Picture.adding(times(4, Picture.chunk("zTXt", packed)), to: $0.png)
        },
        AttackShape("a-profile-that-unpacks.png") {
            let packed = bytes("icc", [0, 0], Deflate.zlib(65, count: 64 << 20))
            return Picture.adding(Picture.chunk("iCCP", packed), to: $0.png)
        },
        AttackShape("frames-without-end.png") {
            Picture.adding(
                bytes(
                    Picture.chunk("acTL", bytes(most.big, most.big)),
                    Picture.chunk(
                        "fcTL",
                        bytes(UInt32(0).big, most.big, most.big, most.big, most.big, Data(count: 6))
                    )),
                to: $0.png)
        },
        AttackShape("a-hundred-thousand-frames.gif", .refused) { _ in
            bytes(
                "GIF89a", [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
                times(
                    100_000,
                    bytes(
                        [
                            0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2,
                            0x44, 1, 0,
                        ])),
                [0x3b])
        },
        AttackShape("a-frame-outside.gif") {
            $0.gif.overwriting("GIF8", offset: 6, with: bytes(UInt16(1).little, UInt16(1).little))
        },
        AttackShape("a-chunk-that-lies.webp") {
            $0.webp.overwriting("RIFF", offset: 16, with: most.little)
        },
        AttackShape("a-thousand-scans.jpg") {
            // A progressive picture whose last scan comes again and again.
            let scan = bytes([0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0], times(8, [0]))
            let jpeg = $0.jpeg.dropLast(2)
            return bytes(
                Data(jpeg).replacingBytes([0xff, 0xc0], with: [0xff, 0xc2]), times(1000, scan),
                [0xff, 0xd9])
        },
        AttackShape("a-directory-that-is-its-own.jpg") {
            let exif = bytes(
                "Exif", [0, 0], "II", UInt16(42).little, UInt32(8).little, UInt16(1).little,
                UInt16(0x8769).little, UInt16(4).little, UInt32(1).little, UInt32(8).little,
                UInt32(8).little)
            return Picture.adding(segment: 0xe1, exif, to: $0.jpeg)
        },
    ]

    private static func packet(_ content: String) -> Data {
        bytes(
            "http://ns.adobe.com/xap/1.0/", [0],
            "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>" + content + "<?xpacket end='w'?>")
    }

    private static let descriptions: [AttackShape] = [
        AttackShape("description-elsewhere.jpg") {
            let text =
                "<!DOCTYPE x [<!ENTITY y SYSTEM 'file://\($0.text)'>]><x:xmpmeta "
                + "xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                + "<rdf:Description rdf:about='\($0.http)' rdf:resource='\($0.http)' "
                + "xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:rights>&y;</dc:rights>"
                + "</rdf:Description></rdf:RDF></x:xmpmeta>"
            return Picture.adding(segment: 0xe1, packet(text), to: $0.jpeg)
        },
        AttackShape("profile-that-lies.jpg") {
            let profile = bytes(
                most.big, "lcms", Data(count: 28), "acsp", Data(count: 88), most.big,
                times(40, bytes("desc", most.big, most.big)))
            return Picture.adding(
                segment: 0xe2, bytes("ICC_PROFILE", [0, 1, 1], profile), to: $0.jpeg)
        },
        AttackShape("profile-in-255-parts.jpg") {
            Picture.adding(
                segment: 0xe2, bytes("ICC_PROFILE", [0, 200, 255], times(64, [0])), to: $0.jpeg)
        },
        AttackShape("credit-with-a-script.jpg") {
            let text =
                "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
                + "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
                + "xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:rights><rdf:Alt><rdf:li "
                + "xml:lang='x-default'>&lt;script src='\($0.http)'&gt;&quot;</rdf:li></rdf:Alt>"
                + "</dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>"
            return Picture.adding(segment: 0xe1, packet(text), to: $0.jpeg)
        },
        AttackShape("many-pictures-elsewhere.jpg") {
            let index = bytes(
                "MPF", [0], "II", UInt16(42).little, UInt32(8).little, UInt16(2).little,
                UInt16(0xb001).little, UInt16(4).little, UInt32(1).little, most.little,
                UInt16(0xb002).little, UInt16(7).little, most.little, UInt32(8).little,
                UInt32(0).little)
            return Picture.adding(segment: 0xe2, index, to: $0.jpeg)
        },
        AttackShape("linked-smart-object.psd") { material in
            var document = PhotoshopDocument(
                width: 8, height: 8, mode: 1, channels: [Array(repeating: 90, count: 64)])
            document.resources = [
                (1060, Array("<x href='\(material.http)'/>".utf8)),
                (1035, Array(material.http.utf8)), (1036, Array(repeating: 255, count: 64)),
                (1022, Array(material.picture.utf8)),
            ]
            return Data(document.bytes)
        },
    ]
}

extension Data {
    /// With the first of these two bytes exchanged.
    fileprivate func replacingBytes(_ old: [UInt8], with new: [UInt8]) -> Data {
        guard let place = range(of: Data(old)) else { return self }
        var copy = self
        copy.replaceSubrange(place, with: new)
        return copy
    }
}
