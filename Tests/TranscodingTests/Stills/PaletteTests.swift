import Foundation
import MediaModel
import Testing

@testable import Transcoding

/// Pictures of known colours.
@Suite struct PaletteTests {
    private func picture(_ parts: [(colour: [UInt8], count: Int)]) -> SmallPicture {
        let pixels = parts.flatMap { part in (0..<part.count).flatMap { _ in part.colour } }
        return SmallPicture(width: 10, height: pixels.count / 40, pixels: pixels)
    }

    @Test func flatColoursAreFoundAsTheyAreWithTheirShares() {
        let found = Palette.of(
            picture([
                ([200, 30, 40, 255], 50), ([10, 10, 250, 255], 30), ([250, 250, 250, 255], 15),
                ([20, 160, 60, 255], 5),
            ]))
        #expect(found.map(\.color) == ["#c81e28", "#0a0afa", "#fafafa", "#14a03c"])
        #expect(found.map(\.share) == [0.5, 0.3, 0.15, 0.05])
    }

    @Test func whatLooksAlikeIsOneColour() {
        let found = Palette.of(
            picture([
                ([120, 120, 120, 255], 50), ([126, 120, 118, 255], 40), ([0, 0, 0, 255], 10),
            ]))
        #expect(found.count == 2 && found.first?.share == 0.9)
    }

    /// Blue and green of one brightness are far apart, two blues are not: distances are seen ones.
    @Test func anAccentIsNotLostInAGradient() {
        var parts: [(colour: [UInt8], count: Int)] = []
        for step in 0..<96 {
            let grey = UInt8(20 + step)
            let colour: [UInt8] = [grey, grey, UInt8(40 + step * 2), 255]
            parts.append((colour, 10))
        }
        parts.append(([255, 200, 0, 255], 40))
        let found = Palette.of(picture(parts))
        #expect(found.count <= 6 && found.contains { $0.color == "#ffc800" && $0.share == 0.04 })
        #expect(abs(found.reduce(0) { $0 + $1.share } - 1) < 0.005)
        #expect(found.map(\.share) == found.map(\.share).sorted(by: >))
    }

    @Test func transparentPixelsCountByWhatIsSeenOfThem() {
        let found = Palette.of(
            picture([([255, 0, 0, 0], 60), ([0, 0, 255, 255], 10), ([0, 255, 0, 85], 30)]))
        #expect(found.map(\.color) == ["#0000ff", "#00ff00"] && found.map(\.share) == [0.5, 0.5])
        #expect(Palette.of(picture([([9, 9, 9, 0], 10)])) == [])
    }

    @Test func theOrderOfPixelsChangesNothing() {
        var parts: [(colour: [UInt8], count: Int)] = []
        for index in 0..<100 {
            let bands = [37, 91, 53].map { UInt8(index * $0 % 256) }
            parts.append((bands + [255], 10))
        }
        let found = Palette.of(picture(parts))
        parts.reverse()
        #expect(Palette.of(picture(parts)) == found && found.count == 6)
    }
}
