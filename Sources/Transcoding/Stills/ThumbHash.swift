import Foundation

/// ThumbHash: about 25 bytes that stand for a picture with its aspect ratio and alpha.
///
/// The bytes equal those of the reference implementation. https://evanw.github.io/thumbhash/
package enum ThumbHash {
    /// - Parameter picture: at most 100 pixels on its longest side.
    package static func encode(_ picture: SmallPicture) -> [UInt8] {
        let (width, height) = (picture.width, picture.height)
        precondition(max(width, height) <= 100, "ThumbHash is for at most 100 pixels a side")
        let average = Average(picture)
        let hasAlpha = average.alpha < Double(width * height)
        // Fewer luminance terms when alpha needs its own.
        let limit = Double(hasAlpha ? 5 : 7)
        let longest = Double(max(width, height))
        let lx = max(1, rounded(limit * Double(width) / longest))
        let ly = max(1, rounded(limit * Double(height) / longest))
        let planes = Planes(picture, over: average)

        let l = Channel(planes.luminance, width, height, max(3, lx), max(3, ly))
        let p = Channel(planes.yellowBlue, width, height, 3, 3)
        let q = Channel(planes.redGreen, width, height, 3, 3)
        let a = hasAlpha ? Channel(planes.alpha, width, height, 5, 5) : nil

        let isLandscape = width > height
        let header24 =
            rounded(63 * l.constant) | rounded(31.5 + 31.5 * p.constant) << 6
            | rounded(31.5 + 31.5 * q.constant) << 12 | rounded(31 * l.scale) << 18
            | (hasAlpha ? 1 << 23 : 0)
        let header16 =
            (isLandscape ? ly : lx) | rounded(63 * p.scale) << 3 | rounded(63 * q.scale) << 9
            | (isLandscape ? 1 << 15 : 0)
        var hash = [
            header24 & 255, header24 >> 8 & 255, header24 >> 16, header16 & 255, header16 >> 8,
        ]
        if let a { hash.append(rounded(15 * a.constant) | rounded(15 * a.scale) << 4) }

        // Four bits each, low half first.
        let terms = ([l, p, q] + (a.map { [$0] } ?? [])).flatMap(\.terms).map { rounded(15 * $0) }
        for index in stride(from: 0, to: terms.count, by: 2) {
            hash.append(terms[index] | (index + 1 < terms.count ? terms[index + 1] << 4 : 0))
        }
        return hash.map { UInt8(truncatingIfNeeded: $0) }
    }

    /// Rounds halves up, as the reference's language does.
    private static func rounded(_ value: Double) -> Int {
        Int((value + 0.5).rounded(.down))
    }
}

/// The colour under transparent pixels.
private struct Average {
    var red = 0.0
    var green = 0.0
    var blue = 0.0
    /// Sum of alpha over all pixels.
    var alpha = 0.0

    init(_ picture: SmallPicture) {
        for index in stride(from: 0, to: picture.pixels.count, by: 4) {
            let weight = Double(picture.pixels[index + 3]) / 255
            red += weight / 255 * Double(picture.pixels[index])
            green += weight / 255 * Double(picture.pixels[index + 1])
            blue += weight / 255 * Double(picture.pixels[index + 2])
            alpha += weight
        }
        guard alpha > 0 else { return }
        red /= alpha
        green /= alpha
        blue /= alpha
    }
}

/// The picture as luminance, yellow–blue, red–green and alpha, laid on its average colour.
private struct Planes {
    var luminance: [Double] = []
    var yellowBlue: [Double] = []
    var redGreen: [Double] = []
    var alpha: [Double] = []

    init(_ picture: SmallPicture, over average: Average) {
        for index in stride(from: 0, to: picture.pixels.count, by: 4) {
            let weight = Double(picture.pixels[index + 3]) / 255
            let red = average.red * (1 - weight) + weight / 255 * Double(picture.pixels[index])
            let green =
                average.green * (1 - weight) + weight / 255 * Double(picture.pixels[index + 1])
            let blue =
                average.blue * (1 - weight) + weight / 255 * Double(picture.pixels[index + 2])
            luminance.append((red + green + blue) / 3)
            yellowBlue.append((red + green) / 2 - blue)
            redGreen.append(red - green)
            alpha.append(weight)
        }
    }
}

/// One plane as cosine terms: a constant, and the others scaled to 0…1.
private struct Channel {
    var constant = 0.0
    var terms: [Double] = []
    var scale = 0.0

    init(_ plane: [Double], _ width: Int, _ height: Int, _ nx: Int, _ ny: Int) {
        for cy in 0..<ny {
            var cx = 0
            // Only the terms above the diagonal: low frequencies in both directions.
            while cx * ny < nx * (ny - cy) {
                let across = (0..<width).map {
                    cos(Double.pi / Double(width) * Double(cx) * (Double($0) + 0.5))
                }
                var sum = 0.0
                for y in 0..<height {
                    let down = cos(Double.pi / Double(height) * Double(cy) * (Double(y) + 0.5))
                    for x in 0..<width { sum += plane[x + y * width] * across[x] * down }
                }
                sum /= Double(width * height)
                if cx == 0 && cy == 0 {
                    constant = sum
                } else {
                    terms.append(sum)
                    scale = max(scale, abs(sum))
                }
                cx += 1
            }
        }
        if scale > 0 { terms = terms.map { 0.5 + 0.5 / scale * $0 } }
    }
}
