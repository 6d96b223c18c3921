import Foundation
import Testing
import Vips

/// Pictures made by other programs, for the engine to take in.
extension StillRun {
    func fixture(_ name: String) -> URL { directory.appendingPathComponent("in-\(name)") }

    /// FFmpeg's test picture: many colours, lines and gradients.
    func testPicture(_ name: String, width: Int, height: Int, pixelFormat: String? = nil) throws
        -> URL
    {
        let file = fixture(name)
        try Oracle.run(
            "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=\(width)x\(height)"]
                + (pixelFormat.map { ["-pix_fmt", $0] } ?? [])
                + ["-frames:v", "1", "-q:v", "2", file.path])
        return file
    }

    /// Left half one colour, right half another, as a lossless PNG; colours like `red`, `#102030`.
    func halves(_ left: String, _ right: String, width: Int = 400, height: Int = 200) throws -> URL
    {
        let file = fixture("halves.png")
        let half = "\(width / 2)x\(height)"
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=\(left):size=\(half),format=rgb24",
                "-f", "lavfi", "-i", "color=\(right):size=\(half),format=rgb24",
                "-filter_complex", "hstack", "-frames:v", "1", file.path,
            ])
        return file
    }

    /// The first bytes of a file, as a file.
    func truncated(_ file: URL, to share: Double) throws -> URL {
        let bytes = try Data(contentsOf: file)
        let cut = fixture("cut.\(file.pathExtension)")
        try bytes.prefix(Int(Double(bytes.count) * share)).write(to: cut)
        return cut
    }
}

/// One value of one pixel, as 8-bit sRGB.
func pixel(_ image: Image, _ x: Double, _ y: Double) throws -> [Int] {
    try image.values(x: Int(Double(image.width - 1) * x), y: Int(Double(image.height - 1) * y))
        .map { Int($0.rounded()) }
}

/// Whether colours are the same to the eye of a lossy codec.
func isNear(_ a: [Int], _ b: [Int], within tolerance: Int = 8) -> Bool {
    zip(a, b).allSatisfy { abs($0 - $1) <= tolerance } && a.count >= 3 && b.count >= 3
}

/// A picture of another program, as it lies there.
func pngImage(_ file: URL) throws -> Image {
    try Image.load(Source(bytes: [UInt8](Data(contentsOf: file))), with: .png)
}
