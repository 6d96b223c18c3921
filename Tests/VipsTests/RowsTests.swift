import Foundation
import Testing
import Vips

/// Images whose rows are made when they are asked for.
@Suite struct RowsTests {
    private struct Broken: Error {}

    init() throws {
        try Runtime.start()
    }

    @Test func rowsComeOnceEachInOrder() throws {
        var asked: [Int] = []
        let pixels = try Image.withRows(
            width: 40, height: 3_000, bands: 3,
            row: { y, row in
                asked.append(y)
                for byte in 0..<row.count { row[byte] = UInt8(truncatingIfNeeded: y) }
            },
            body: { try $0.linear([1, 1, 1], [0, 0, 0]).cast(to: .uchar).pixels() })
        #expect(asked == Array(0..<3_000))
        #expect((0..<3_000).allSatisfy { pixels[$0 * 120 + 7] == UInt8(truncatingIfNeeded: $0) })
    }

    @Test func whatARowThrowsIsThrown() throws {
        #expect(throws: Broken.self) {
            try Image.withRows(
                width: 40, height: 300, bands: 4,
                row: { y, _ in if y == 100 { throw Broken() } }, body: { try $0.average() })
        }
    }

    /// The pages, with their times and their loop, as libvips itself reads them.
    @Test func anAnimationIsWrittenPageByPage() throws {
        let delays = [40, 120, 60]
        let bytes = try Image.withRows(
            width: 32, height: 3 * 16, bands: 4,
            row: { y, row in
                for byte in 0..<row.count { row[byte] = byte % 4 == 3 ? 255 : UInt8(y / 16 * 90) }
            },
            body: { image in
                try image.editingMetadata { editor in
                    editor.set(Field.pageHeight, 16)
                    editor.set(Field.delay, numbers: delays)
                    editor.set(Field.loop, 2)
                }.encoded(as: .animatedWebP(quality: 80, lossless: true))
            })
        let back = try Image.load(Source(bytes: bytes), with: .webp, LoadOptions(pages: -1))
        #expect(back.pageHeight == 16 && back.pageCount == 3)
        #expect(back.delays == delays)
        #expect(back.loop == 2)
        #expect(try back.values(x: 3, y: 40).prefix(3) == [180, 180, 180])
    }
}
