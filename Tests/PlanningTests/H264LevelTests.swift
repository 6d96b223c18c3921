import MediaModel
import Planning
import Testing

struct H264LevelTests {
    /// Known from ITU-T H.264 table A-1's own examples.
    @Test(arguments: [
        (1920, 1080, 30.0, 6000, 40), (1920, 1080, 60.0, 9000, 42), (1280, 720, 30.0, 3000, 31),
        (1280, 720, 60.0, 4500, 32), (854, 480, 30.0, 1500, 31), (720, 576, 25.0, 1500, 30),
        (640, 360, 30.0, 800, 30), (352, 288, 25.0, 400, 13), (176, 144, 15.0, 64, 10),
        (3840, 2160, 30.0, 16_000, 51), (3840, 2160, 60.0, 24_000, 52),
        (7680, 4320, 30.0, 80_000, 60),
    ])
    func smallestLevelThatHolds(
        width: Int, height: Int, rate: Double, kilobits: Int, level: Int
    ) {
        #expect(
            H264Level.smallest(
                size: PixelSize(width: width, height: height), framesPerSecond: rate,
                maximum: .kilobits(kilobits)) == level)
    }

    @Test func aVeryWidePictureNeedsALevelForItsSide() {
        // 2000×16 has few macroblocks, but a side of 125 of them.
        let level = H264Level.smallest(
            size: PixelSize(width: 2000, height: 16), framesPerSecond: 1, maximum: .kilobits(10))
        // 125² ≤ 8 × 3600, the frame size of 3.1, but > 8 × 1620, that of 3.0.
        #expect(level == 31)
    }

    @Test func aHighBitRateRaisesTheLevel() {
        let size = PixelSize(width: 640, height: 360)
        let low = H264Level.smallest(size: size, framesPerSecond: 25, maximum: .kilobits(800))
        let high = H264Level.smallest(size: size, framesPerSecond: 25, maximum: .kilobits(60_000))
        #expect(low == 30 && high == 41)
    }
}
