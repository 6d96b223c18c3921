import MediaModel

/// The `clap` box of a QuickTime or MP4 track (ISO/IEC 14496-12, 12.1.4): which part of the coded
/// picture is meant to be seen. libavformat 59 passes over it.
struct CleanAperture: Equatable {
    /// In pixels of the coded picture; fractions as the box gives them.
    var width: Double
    var height: Double
    /// Distance of its middle from the picture's, in pixels.
    var horizontalOffset: Double
    var verticalOffset: Double

    /// - Parameter bytes: the box's content: eight big-endian 32-bit numbers.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 32 else { return nil }
        func number(_ index: Int) -> Int32 {
            let start = bytes.startIndex + index * 4
            return Int32(
                bitPattern: bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        func ratio(_ index: Int) -> Double? {
            let denominator = number(index + 1)
            return denominator == 0 ? nil : Double(number(index)) / Double(denominator)
        }
        guard let width = ratio(0), let height = ratio(2), let horizontal = ratio(4),
            let vertical = ratio(6)
        else { return nil }
        self.width = width
        self.height = height
        horizontalOffset = horizontal
        verticalOffset = vertical
    }

    /// Whole pixels; nil when it is the whole picture, lies outside it, or leaves less than half of
    /// a side, which no camera does.
    func rectangle(in coded: PixelSize) -> PixelRect? {
        guard width > Double(coded.width) / 2, height > Double(coded.height) / 2,
            width <= Double(coded.width), height <= Double(coded.height),
            abs(horizontalOffset) < Double(coded.width), abs(verticalOffset) < Double(coded.height)
        else { return nil }
        let size = PixelSize(width: Int(width.rounded()), height: Int(height.rounded()))
        let rectangle = PixelRect(
            x: Int(((Double(coded.width) - width) / 2 + horizontalOffset).rounded()),
            y: Int(((Double(coded.height) - height) / 2 + verticalOffset).rounded()), size: size)
        return rectangle.fits(in: coded) && size != coded ? rectangle : nil
    }
}
