import MediaModel
import Testing

struct GeometryTests {
    private func stream(
        _ width: Int, _ height: Int, aspect: Ratio = .one, rotation: Int = 0
    ) -> VideoStreamInfo {
        VideoStreamInfo(
            index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
            codedSize: PixelSize(width: width, height: height), sampleAspectRatio: aspect,
            rotation: rotation, endSeconds: 1)
    }

    @Test func wideSamplesStretchTheWidth() {
        #expect(
            stream(720, 576, aspect: Ratio(64, 45)).displaySize
                == PixelSize(width: 1024, height: 576))
    }

    @Test func narrowSamplesStretchTheHeight() {
        #expect(
            stream(1440, 1080, aspect: Ratio(3, 4)).displaySize
                == PixelSize(width: 1440, height: 1440))
    }

    @Test(arguments: [90, 270])
    func aQuarterTurnSwapsTheSides(rotation: Int) {
        let size = stream(1920, 1080, rotation: rotation).displaySize
        #expect(size == PixelSize(width: 1080, height: 1920))
    }

    @Test func aspectIsAppliedBeforeTheTurn() {
        let size = stream(720, 576, aspect: Ratio(64, 45), rotation: 90).displaySize
        #expect(size == PixelSize(width: 576, height: 1024))
    }

    @Test(arguments: 1...8)
    func orientationsFromFiveUpwardsSwapTheSides(orientation: Int) {
        let image = ImageInfo(
            loader: "jpegload", codedSize: PixelSize(width: 4, height: 3), orientation: orientation,
            bands: 3)
        #expect(image.displaySize.width == (orientation >= 5 ? 3 : 4))
    }

    @Test func anAreaThatDoesNotFitSaturates() {
        #expect(PixelSize(width: .max, height: 2).area == .max)
    }

    @Test func ratiosReduce() {
        #expect(Ratio(60_000, 2002).reduced == Ratio(30_000, 1001))
        #expect(Ratio(0, 5).reduced == Ratio(0, 1))
        #expect(Ratio(7, 5).reduced == Ratio(7, 5))
    }

    @Test func secondsBecomeTimesWithinReason() {
        #expect(MediaTime(seconds: 1.5).seconds == 1.5)
        #expect(MediaTime(seconds: 1e300).value > 0)
    }
}
