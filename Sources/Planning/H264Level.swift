package import MediaModel

/// Smallest H.264 level that holds a picture size, rate and bit rate.
///
/// ITU-T H.264 Table A-1: macroblocks per second, macroblocks per frame, and bit rate for the High
/// profile (1.25 × the table's kbit/s).
package enum H264Level {
    private static let table: [(level: Int, perSecond: Int, perFrame: Int, kilobits: Int)] = [
        (10, 1485, 99, 80), (11, 3000, 396, 240), (12, 6000, 396, 480), (13, 11_880, 396, 960),
        (20, 11_880, 396, 2500), (21, 19_800, 792, 5000), (22, 20_250, 1620, 5000),
        (30, 40_500, 1620, 12_500), (31, 108_000, 3600, 17_500), (32, 216_000, 5120, 25_000),
        (40, 245_760, 8192, 25_000), (41, 245_760, 8192, 62_500), (42, 522_240, 8704, 62_500),
        (50, 589_824, 22_080, 168_750), (51, 983_040, 36_864, 300_000),
        (52, 2_073_600, 36_864, 300_000), (60, 4_177_920, 139_264, 300_000),
    ]

    /// Level times ten.
    package static func smallest(
        size: PixelSize, framesPerSecond: Double, maximum: Bitrate
    ) -> Int {
        let wide = (size.width + 15) / 16
        let high = (size.height + 15) / 16
        let perFrame = wide * high
        let perSecond = Int((Double(perFrame) * framesPerSecond).rounded(.up))
        for row in table
        where perFrame <= row.perFrame && perSecond <= row.perSecond
            && maximum.bitsPerSecond <= row.kilobits * 1000
            // A side may be at most the square root of 8 × the frame's macroblocks.
            && wide * wide <= 8 * row.perFrame && high * high <= 8 * row.perFrame
        {
            return row.level
        }
        return 62
    }
}
