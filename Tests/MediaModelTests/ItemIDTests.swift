import Foundation
import MediaModel
import TestSupport
import Testing

struct ItemIDTests {
    private let digest = "3f9ac21b" + String(repeating: "0", count: 56)

    @Test(arguments: [
        ("Showreel 2026.mov", "showreel-2026-3f9ac21b"),
        ("clip.tar.gz", "clip-tar-3f9ac21b"),
        ("../../etc/passwd", "passwd-3f9ac21b"),
        ("..", "item-3f9ac21b"),
        (".hidden", "hidden-3f9ac21b"),
        ("写真.jpg", "item-3f9ac21b"),
        ("Über — 100 %.png", "ber-100-3f9ac21b"),
        ("", "item-3f9ac21b"),
        ("---.jpg", "item-3f9ac21b"),
        ("<script>alert(1)</script>.svg", "script-3f9ac21b"),
        ("a\nb\u{0}c.mp4", "a-b-c-3f9ac21b"),
    ])
    func aFileNameBecomesASafeSlugWithDigest(fileName: String, expected: String) {
        #expect(ItemID(fileName: fileName, sha256: digest).rawValue == expected)
    }

    @Test func everySlugIsAValidID() {
        var random = SplitMix(seed: 20_261_123)
        for _ in 0..<5000 {
            let length = Int.random(in: 0...120, using: &random)
            let name = String(
                String.UnicodeScalarView(
                    (0..<length).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0...0x2fff, using: &random))
                    }))
            let id = ItemID(fileName: name, sha256: digest)
            #expect(ItemID(id.rawValue) == id, "seed 20261123, name \(name.debugDescription)")
        }
    }

    @Test(arguments: [
        "", "-a", ".a", "_a", "a/b", "a b", "A", "a..b", "a.", "ä", "a\n", "a\u{0}",
        String(repeating: "a", count: 97),
    ])
    func whatCouldMisleadIsNoID(text: String) {
        #expect(ItemID(text) == nil)
    }

    @Test(arguments: ["a", "0", "a-b_c.d", String(repeating: "a", count: 96)])
    func plainNamesAreIDs(text: String) {
        #expect(ItemID(text)?.rawValue == text)
    }

    @Test func anInvalidIDInJSONIsAnError() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ItemID].self, from: Data(#"["../x"]"#.utf8))
        }
    }
}
