import MediaModel
import Planning
import TestSupport
import Testing

@Suite("What of a picture stands for it") struct FramingTests {
    private let share = PixelSize(width: 1200, height: 630)

    private func inner(_ width: Int, _ height: Int) -> PixelSize? {
        Framing.fitting(share, display: PixelSize(width: width, height: height), focalPoint: nil)
            .framing.mounted
    }

    @Test func usualPicturesFillTheirCropsAsFarAsTheyReach() {
        for (display, crop) in [
            (PixelSize(width: 4000, height: 3000), share),
            (PixelSize(width: 800, height: 20_000), PixelSize(width: 800, height: 420)),
            (PixelSize(width: 100, height: 100), PixelSize(width: 100, height: 52)),
            (PixelSize(width: 1, height: 1), PixelSize(width: 1, height: 1)),
        ] {
            let (size, framing) = Framing.fitting(share, display: display, focalPoint: nil)
            #expect(size == crop && framing.mounted == nil, "\(display)")
        }
    }

    /// At their own size or reduced to 64 pixels, and no longer than what they are shown in.
    @Test func whatIsLongAndThinIsMounted() {
        #expect(inner(1, 20_000) == PixelSize(width: 1, height: 630))
        #expect(inner(20_000, 1) == PixelSize(width: 1200, height: 1))
        #expect(inner(30_000, 40) == PixelSize(width: 1200, height: 40))
        #expect(inner(40, 30_000) == PixelSize(width: 40, height: 630))
        #expect(inner(200, 3000) == PixelSize(width: 64, height: 630))
        #expect(inner(2000, 100) == PixelSize(width: 1200, height: 64))
        #expect(inner(1300, 90) == nil)
    }

    /// Every size, from one seed.
    @Test func nothingIsEnlargedAndNothingIsEmpty() {
        let seed = UInt64.random(in: 1...UInt64.max)
        print("nothingIsEnlargedAndNothingIsEmpty: seed \(seed)")
        var random = SplitMix(seed: seed)
        for _ in 0..<5_000 {
            let sides = (0..<2).map { _ in
                let most = 1 << Int.random(in: 0...17, using: &random)
                return Int.random(in: 1...most, using: &random)
            }
            let display = PixelSize(width: sides[0], height: sides[1])
            let (size, framing) = Framing.fitting(share, display: display, focalPoint: nil)
            let shown = framing.mounted ?? size
            #expect(shown.width >= 1 && shown.height >= 1, "\(display)")
            #expect(shown.width <= display.width && shown.height <= display.height, "\(display)")
            #expect(size.width <= share.width && size.height <= share.height, "\(display)")
            if framing.mounted == nil {
                #expect(
                    min(size.width, size.height) >= 200 || max(sides[0], sides[1]) < 6300
                        || min(sides[0], sides[1]) >= 200, "\(display)")
            } else {
                #expect(size == share, "\(display)")
            }
        }
    }
}
