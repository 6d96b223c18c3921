import Foundation
import TestSupport

/// Files that are two things at once, for whoever reads them with the other's eyes.
extension AttackShape {
    /// One stored file. APPNOTE, 4.3.
    private static func zip(_ name: String, _ data: any ByteSource) -> Data {
        let size = UInt32(data.bytes.count)
        let common = bytes(
            UInt16(20).little, UInt64(0).little, UInt32(0).little, size.little, size.little,
            UInt16(name.utf8.count).little, UInt16(0).little)
        let local = bytes("PK", [3, 4], common, name, data)
        let central = bytes(
            "PK", [1, 2], UInt16(20).little, common, Data(count: 6), UInt32(0).little,
            UInt32(0).little, name)
        return bytes(
            local, central, "PK", [5, 6], UInt32(0).little, UInt16(1).little, UInt16(1).little,
            UInt32(central.count).little, UInt32(local.count).little, UInt16(0).little)
    }

    private static let page = "<html><script src=\"http://127.0.0.1/canary\"></script></html>"
    private static let program = "<?php system($_GET['c']); ?>"

    static let polyglots: [AttackShape] = [
        AttackShape("picture-and-archive.jpg", .published) {
            bytes($0.jpeg, zip("../../../../canary.php", program))
        },
        AttackShape("picture-and-program.gif", .published) {
            bytes($0.gif, zip("META-INF/MANIFEST.MF", "Main-Class: Canary\n"))
        },
        AttackShape("document-and-archive.pdf", .published) { _ in
            bytes(PDFFile([.quarters(64, 48)]).data, zip("a.js", "fetch('/')"))
        },
        AttackShape("archive-and-document.pdf") { _ in
            bytes(zip("a", "b"), PDFFile([.quarters(64, 48)]).data)
        },
        AttackShape("program-and-document.pdf") { _ in
            bytes([0x7f], "ELF", [2, 1, 1, 0], Data(count: 56), PDFFile([.quarters(64, 48)]).data)
        },
        AttackShape("picture-and-document.pdf") {
            bytes($0.jpeg, PDFFile([.quarters(64, 48)]).data)
        },
        AttackShape("picture-and-page.png", .published) { bytes($0.png, page) },
        AttackShape("picture-with-a-program.php.png", .published) {
            Picture.adding(Picture.chunk("tEXt", bytes("Comment", [0], program)), to: $0.png)
        },
        AttackShape("picture-with-a-page.jpg", .published) {
            Picture.adding(segment: 0xfe, page, to: $0.jpeg)
        },
        AttackShape("picture-and-script.gif") {
            // A comment for one, a size for the other.
            $0.gif.overwriting("GIF8", offset: 6, with: Data("/*".utf8))
                + Data("*/=1;alert(1)".utf8)
        },
        AttackShape("film-with-a-page.mp4", .published) { bytes($0.film, Box.make("free", page)) },
        AttackShape("page-and-film.mp4") { bytes(Box.make("free", page), $0.film) },
        AttackShape("sound-and-picture.mp3") { bytes($0.jpeg, $0.mp3) },
        AttackShape("picture-and-sound.jpg", .published) { bytes($0.jpeg, $0.mp3) },
        AttackShape("picture-and-list.jpg", .published) {
            bytes($0.jpeg, "\n#EXTM3U\n#EXTINF:1,\n\($0.http)\n")
        },
        AttackShape("list-and-film.mp4", .refused) {
            bytes("#EXTM3U\n#EXTINF:1,\n\($0.http)\n", $0.film)
        },
        AttackShape("film-and-list.mp4", .published) {
            bytes($0.film, Box.make("free", "#EXTM3U\n#EXTINF:1,\n\($0.http)\n"))
        },
        AttackShape("drawing-and-page.svg") {
            bytes(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>", page,
                $0.http)
        },
        AttackShape("archive.jpg", .refused) { _ in zip("../../../canary.txt", "x") },
        AttackShape("office.jpg", .refused) {
            zip(
                "[Content_Types].xml",
                "<Relationship TargetMode=\"External\" Target=\"\($0.http)\"/>")
        },
        AttackShape("tape.jpg", .refused) { material in
            let name = bytes("../../../canary.txt", Data(count: 81))
            return bytes(
                name, "0000777", [0], Data(count: 149), "ustar", [0], "00", Data(count: 247),
                material.text, Data(count: 1024))
        },
        AttackShape("program.mp4", .refused) {
            bytes([0x7f], "ELF", [2, 1, 1, 0], Data(count: 56), $0.http)
        },
        AttackShape("program.jpg", .refused) { _ in
            bytes("MZ", Data(count: 126), "PE", [0, 0], Data(count: 512))
        },
        AttackShape("macintosh.mov", .refused) { _ in
            bytes([0xcf, 0xfa, 0xed, 0xfe], UInt32(0x0100_0007).little, Data(count: 512))
        },
    ]
}
