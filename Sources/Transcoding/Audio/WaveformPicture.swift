package import MediaModel
import Vips

/// The waveform as pictures: mirrored bars.
package enum WaveformPicture {
    /// Width of a bar and of the gap behind it, in the picture's units.
    private static let bar = 4
    private static let gap = 2
    /// Seen on light and on dark pages alike: 4.1:1 against white, 5.1:1 against black.
    private static let neutral: [UInt8] = [0x7a, 0x7d, 0x85, 0xff]

    /// An SVG in the colour of the text around it; takes any width, keeps its shape.
    package static func svg(_ waveform: Waveform, size: PixelSize) -> String {
        let middle = size.height / 2
        var path = ""
        for (index, reach) in reaches(waveform, size).enumerated() {
            path += "M\(index * (bar + gap)) \(middle - reach)h\(bar)v\(2 * reach)h-\(bar)z"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size.width) \(size.height)" \
            preserveAspectRatio="none" role="img" aria-label="Waveform">\
            <path fill="currentColor" d="\(path)"/></svg>

            """
    }

    /// The same bars as a PNG in a neutral colour, transparent between them.
    package static func png(
        _ waveform: Waveform, size: PixelSize
    ) throws(Failure) -> [UInt8] {
        var canvas = Canvas(size, background: [0, 0, 0, 0])
        for (index, reach) in reaches(waveform, size).enumerated() {
            canvas.fill(
                x: index * (bar + gap), width: bar, y: size.height / 2 - reach, height: 2 * reach,
                neutral)
        }
        do {
            let image = try Image(
                copying: canvas.pixels.span, width: size.width, height: size.height, bands: 4)
            return try image.encoded(as: .png(compression: 9))
        } catch {
            throw .internalError(code: "media", "drawing the waveform: \(error)")
        }
    }

    /// A picture of its own as packed sRGB pixels, light on dark: three bytes a pixel, rows from
    /// the top.
    package static func raster(_ waveform: Waveform, size: PixelSize) -> [UInt8] {
        // Wide bars: the picture is mostly seen small. A margin of a tenth on every side.
        let step = max(1, size.width / 100)
        let margin = size.width / 10
        let bars = max(1, (size.width - 2 * margin) / step)
        let tallest = Double(size.height) * 0.35
        var canvas = Canvas(size, background: [0x16, 0x18, 0x1d])
        for (index, peak) in waveform.peaks(count: bars).enumerated() {
            let reach = max(2, Int((peak * tallest).rounded()))
            canvas.fill(
                x: margin + index * step, width: max(1, step * 2 / 3), y: size.height / 2 - reach,
                height: 2 * reach + 1, [0xf2, 0xb8, 0x5c])
        }
        return canvas.pixels
    }

    /// Half the height of every bar; silence is a line.
    private static func reaches(_ waveform: Waveform, _ size: PixelSize) -> [Int] {
        let middle = size.height / 2
        return waveform.peaks(count: max(1, size.width / (bar + gap))).map {
            max(1, Int(($0 * Double(middle)).rounded()))
        }
    }
}

/// Packed pixels that boxes are painted on.
private struct Canvas {
    private(set) var pixels: [UInt8]
    private let size: PixelSize
    private let bands: Int

    init(_ size: PixelSize, background: [UInt8]) {
        self.size = size
        bands = background.count
        pixels = []
        pixels.reserveCapacity(size.area * bands)
        for _ in 0..<size.area { pixels += background }
    }

    /// Paints a box, as far as it lies on the canvas.
    mutating func fill(x: Int, width: Int, y: Int, height: Int, _ colour: [UInt8]) {
        let columns = max(0, x)..<max(0, x, min(size.width, x + width))
        let row = [[UInt8]](repeating: colour, count: columns.count).flatMap { $0 }
        for line in max(0, y)..<max(0, y, min(size.height, y + height)) {
            let start = (line * size.width + columns.lowerBound) * bands
            pixels.replaceSubrange(start..<(start + row.count), with: row)
        }
    }
}
