import Testing

@testable import MediaModel

struct BoundedTextTests {
    @Test(arguments: [
        ("short", 5, "short"), ("longer", 5, "longe"), ("", 0, ""), ("a", 0, ""),
        // Two, three and four bytes: what does not fit as a whole is not begun.
        ("aé", 2, "a"), ("a€", 3, "a"), ("a😀", 4, "a"), ("a😀", 5, "a😀"),
    ])
    func aTextIsCutBetweenScalars(text: String, limit: Int, expected: String) {
        #expect(text.bounded(toBytes: limit) == expected)
    }

    /// To Swift, all of it is one character.
    @Test func accentsAreCounted() {
        let pile = "e" + String(repeating: "\u{301}", count: 1_000_000)
        #expect(pile.count == 1)
        #expect(pile.bounded(toBytes: 41).utf8.count == 41)
    }
}
