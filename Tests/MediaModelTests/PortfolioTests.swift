import Foundation
import MediaModel
import Testing

/// The portfolio's JSON is a contract, its order a promise.
struct PortfolioTests {
    static let golden = ManifestTests.golden.deletingLastPathComponent()
        .appending(path: "portfolio.json")

    private let moment = Timestamp(millisecondsSince1970: 1_795_450_490_123)

    private func entry(
        _ id: String, position: Double? = nil, after seconds: Int = 0
    ) throws -> Portfolio.Entry {
        var manifest = Manifest.film
        manifest.item = try #require(ItemID(id))
        return Portfolio.Entry(
            manifest, position: position, receivedAt: moment.advanced(by: .seconds(seconds)))
    }

    @Test func encodesExactlyAsPublished() throws {
        let anna = try #require(OwnerName("anna"))
        var song = try entry("song-1a2b3c4d", after: 60)
        song.kind = .audio
        song.poster = nil
        let portfolio = Portfolio(
            owner: anna, updatedAt: moment,
            items: [song, try entry("reel-3f9ac21b", position: 1.5)])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = try encoder.encode(portfolio)
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try document.write(to: Self.golden)
            Issue.record("recorded \(Self.golden.lastPathComponent): look at it, then run again")
        }
        let golden = try Data(contentsOf: Self.golden)
        #expect(
            String(decoding: document, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        #expect(try JSONDecoder().decode(Portfolio.self, from: document) == portfolio)
    }

    @Test func itemsStandByPositionThenNewestFirst() throws {
        let anna = try #require(OwnerName("anna"))
        let entries = try [
            entry("old", after: 1), entry("new", after: 9), entry("second", position: 2, after: 0),
            entry("first", position: -1, after: 0), entry("second-too", position: 2, after: 5),
            entry("b-same", after: 4), entry("a-same", after: 4),
        ]
        for seed in 0..<entries.count {
            let turned = Array(entries[seed...] + entries[..<seed])
            let portfolio = Portfolio(owner: anna, updatedAt: moment, items: turned)
            #expect(
                portfolio.items.map(\.id.rawValue) == [
                    "first", "second-too", "second", "new", "a-same", "b-same", "old",
                ])
            #expect(portfolio.cover?.item.rawValue == "first")
            #expect(portfolio.counts.total == 7 && portfolio.counts.kinds["video"] == 7)
        }
    }

    @Test func namesOfMembersCannotClimbOrHide() {
        for name in ["anna", "Anna.B", "0", "a-_b", String(repeating: "a", count: 96)] {
            #expect(OwnerName(name)?.rawValue == name)
        }
        for name in [
            "", ".", "..", "a..b", "a.", ".a", "-a", "_a", "a/b", "a b", "\u{e4}", "\u{212a}",
            "a\n",
            "a\0", String(repeating: "a", count: 97),
        ] {
            #expect(OwnerName(name) == nil, "\(name.debugDescription)")
        }
    }
}
