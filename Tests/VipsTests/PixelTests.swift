import Testing
import Vips

@Suite struct PixelTests {
    init() throws {
        try Runtime.start()
    }

    @Test func packedMemoryIsReadAsItIs() throws {
        let image = try Image.packed(width: 2, height: 2, bands: 3) { span in
            for index in 0..<12 {
                span[index] = UInt8(index * 20)
            }
        }
        #expect(image.interpretation == .srgb)
        #expect(try image.pixels() == (0..<12).map { UInt8($0 * 20) })
        #expect(try image.values(x: 1, y: 1) == [180, 200, 220])
    }

    @Test func anErrorWhileFillingComesBack() throws {
        struct Refused: Error {}
        #expect(throws: Refused.self) {
            try Image.packed(width: 2, height: 2, bands: 3) { _ in throw Refused() }
        }
    }

    @Test func copiedMemoryOutlivesItsOwner() throws {
        var bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let image = try Image(copying: bytes.span, width: 2, height: 1, bands: 4)
        bytes = []
        #expect(image.hasAlpha)
        #expect(try image.pixels() == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func pixelsAreLentAsOneSpan() throws {
        let image = try Image.plain(width: 3, height: 2, colour: [7, 8, 9])
        let sum = try image.withPixels { span in
            var sum = 0
            for index in span.indices {
                sum += Int(span[index])
            }
            return sum
        }
        #expect(sum == 6 * (7 + 8 + 9))
    }

    @Test func colourDoesNotBleedOutOfTransparentPixels() throws {
        // Left half opaque blue, right half invisible red: scaled to one pixel it must stay blue.
        let image = try Image.packed(width: 64, height: 64, bands: 4) { span in
            for index in 0..<(64 * 64) {
                let isLeft = index % 64 < 32
                let pixel: [UInt8] = isLeft ? [0, 0, 255, 255] : [255, 0, 0, 0]
                for band in 0..<4 {
                    span[index * 4 + band] = pixel[band]
                }
            }
        }
        let pixel = try image.thumbnail(width: 1, height: 1).pixels()
        #expect(pixel[0] < 5)
        #expect(pixel[2] > 250)
        #expect((120...136).contains(pixel[3]))
    }

    @Test func flatteningUsesTheMatte() throws {
        let image = try Image(copying: [10, 20, 30, 0].span, width: 1, height: 1, bands: 4)
        #expect(try image.flattened(on: [200, 100, 50]).pixels() == [200, 100, 50])
    }

    @Test func orientationIsAppliedAndDropped() throws {
        // 2×1: red, green. Orientation 6 turns it clockwise: red above green.
        let row: [UInt8] = [255, 0, 0, 0, 255, 0]
        let image = try Image(copying: row.span, width: 2, height: 1, bands: 3)
            .editingMetadata { $0.set(Field.orientation, 6) }
        #expect(image.orientationSwapsSides)
        let turned = try image.autorotated()
        #expect((turned.width, turned.height) == (1, 2))
        #expect(turned.orientation == 1)
        #expect(try turned.pixels() == row)
    }

    @Test func aGridHoldsItsTilesInOrder() throws {
        let tiles = try (1...4).map { try Image.plain(width: 1, height: 1, colour: [Double($0)]) }
        let grid = try Image.grid(tiles, across: 2)
        #expect((grid.width, grid.height) == (2, 2))
        #expect(try grid.pixels() == [1, 2, 3, 4])
    }

    @Test func aSmartCropFindsWhatStandsOut() throws {
        let face = try Image.plain(width: 40, height: 40, colour: [240, 180, 150])
        let scene = try Image.plain(width: 400, height: 100, colour: [90, 90, 90])
            .composited(with: face, x: 340, y: 30)
        let crop = try scene.smartCropped(width: 100, height: 100)
        #expect((crop.width, crop.height) == (100, 100))
        #expect(try crop.extractingBands(from: 0, count: 3).maximum() == 240)
    }
}
