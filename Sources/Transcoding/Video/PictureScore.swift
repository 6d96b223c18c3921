import FFmpeg

/// How telling a picture is: not black, not flat, not blurred. Deterministic.
///
/// Keeps its scaler: to be used by one thread at a time, for frames of one size.
final class PictureScore {
    private let width: Int
    private var scaler: Scaler

    /// Pictures are compared at this width; details of noise and grain are gone.
    private static let width = 320
    /// Below this mean, on limited range as converted to full, a picture is night or a fade.
    private static let darkMean = 40.0
    /// Above it, a picture is a flash or a fade to white.
    private static let brightMean = 225.0
    /// A well-exposed picture's standard deviation of luma; more is not better.
    private static let richDeviation = 60.0
    /// Mean step between neighbours of a sharp picture at the compared width; more is not better.
    private static let sharpGradient = 12.0

    /// - Parameter frame: any of those to come.
    init(like frame: Frame) {
        width = min(Self.width, frame.width)
        scaler = Scaler(
            width: width, height: max(1, frame.height * width / frame.width), pixelFormat: .gray8,
            algorithm: .area)
    }

    /// 0 (useless) … 1.
    func of(_ frame: Frame) throws(FFmpegError) -> Double {
        Self.of(luma: try scaler.packedPixels(of: frame), width: width)
    }

    /// - Parameter luma: rows of `width` bytes, 0…255.
    static func of(luma: [UInt8], width: Int) -> Double {
        guard !luma.isEmpty else { return 0 }
        var sum = 0
        var squares = 0
        var gradient = 0
        for (index, value) in luma.enumerated() {
            let value = Int(value)
            sum += value
            squares += value * value
            if index % width != 0 { gradient += abs(value - Int(luma[index - 1])) }
            if index >= width { gradient += abs(value - Int(luma[index - width])) }
        }
        let count = Double(luma.count)
        let mean = Double(sum) / count
        let deviation = max(0, Double(squares) / count - mean * mean).squareRoot()
        let exposure =
            mean < darkMean
            ? mean / darkMean : mean > brightMean ? max(0, (255 - mean) / (255 - brightMean)) : 1
        let richness = min(1, deviation / richDeviation)
        let sharpness = min(1, Double(gradient) / (2 * count) / sharpGradient)
        return exposure * (0.5 * richness + 0.5 * sharpness)
    }
}
