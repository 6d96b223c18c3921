package import MediaModel

/// The waveform as pictures: mirrored bars.
package enum WaveformPicture {
    /// Width of a bar and of the gap behind it, in the picture's units.
    private static let bar = 4
    private static let gap = 2

    /// An SVG in the colour of the text around it; takes any width, keeps its shape.
    package static func svg(_ waveform: Waveform, size: PixelSize) -> String {
        let bars = max(1, size.width / (bar + gap))
        let middle = size.height / 2
        var path = ""
        for (index, peak) in waveform.peaks(count: bars).enumerated() {
            let reach = max(1, Int((peak * Double(middle)).rounded()))
            path += "M\(index * (bar + gap)) \(middle - reach)h\(bar)v\(2 * reach)h-\(bar)z"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size.width) \(size.height)" \
            preserveAspectRatio="none" role="img" aria-label="Waveform">\
            <path fill="currentColor" d="\(path)"/></svg>

            """
    }

    /// The same as packed sRGB pixels, light on dark: three bytes a pixel, rows from the top.
    package static func raster(_ waveform: Waveform, size: PixelSize) -> [UInt8] {
        let background: [UInt8] = [0x16, 0x18, 0x1d]
        let foreground: [UInt8] = [0xf2, 0xb8, 0x5c]
        // Wide bars: the picture is mostly seen small. A margin of a tenth on every side.
        let step = max(1, size.width / 100)
        let margin = size.width / 10
        let bars = max(1, (size.width - 2 * margin) / step)
        let middle = size.height / 2
        let tallest = Double(size.height) * 0.35
        let reach = waveform.peaks(count: bars).map { max(2, Int(($0 * tallest).rounded())) }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(size.width * size.height * 3)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let inside = x - margin
                let index = inside / step
                let isBar =
                    inside >= 0 && index < bars && inside % step < step * 2 / 3
                    && abs(y - middle) <= reach[index]
                pixels += isBar ? foreground : background
            }
        }
        return pixels
    }
}
