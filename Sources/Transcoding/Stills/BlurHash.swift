import Foundation

/// BlurHash: a short text that stands for a blurred picture.
///
/// The text equals that of the reference implementation.
/// https://github.com/woltapp/blurhash/blob/master/Algorithm.md
package enum BlurHash {
    private static let digits = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~")

    /// Terms across and down for a picture's shape: the documentation advises 4 × 3 for landscapes.
    package static func components(width: Int, height: Int) -> (x: Int, y: Int) {
        if width == height { return (4, 4) }
        return width > height ? (4, 3) : (3, 4)
    }

    /// - Parameters:
    ///   - picture: transparency counts as the matte already laid under it; alpha is not read.
    ///   - components: 1…9 each.
    package static func encode(
        _ picture: SmallPicture, components: (x: Int, y: Int)
    ) -> String {
        precondition((1...9).contains(components.x) && (1...9).contains(components.y))
        let (width, height) = (picture.width, picture.height)
        let linear = (0...255).map { linearised(Double($0) / 255) }
        var factors: [[Double]] = []
        for j in 0..<components.y {
            let down = (0..<height).map { cos(.pi * Double(j) * Double($0) / Double(height)) }
            for i in 0..<components.x {
                let across = (0..<width).map { cos(.pi * Double(i) * Double($0) / Double(width)) }
                var sum = [0.0, 0.0, 0.0]
                for y in 0..<height {
                    for x in 0..<width {
                        let basis = across[x] * down[y]
                        let index = (y * width + x) * 4
                        for band in 0..<3 {
                            sum[band] += basis * linear[Int(picture.pixels[index + band])]
                        }
                    }
                }
                let scale = (i == 0 && j == 0 ? 1.0 : 2.0) / Double(width * height)
                factors.append(sum.map { $0 * scale })
            }
        }

        var text = digit((components.x - 1) + (components.y - 1) * 9, 1)
        let varying = factors.dropFirst()
        var maximum = 1.0
        if varying.isEmpty {
            text += digit(0, 1)
        } else {
            let largest = varying.joined().map(abs).max() ?? 0
            let quantised = max(0, min(82, Int((largest * 166 - 0.5).rounded(.down))))
            maximum = Double(quantised + 1) / 166
            text += digit(quantised, 1)
        }
        let constant = factors[0].map(encoded)
        text += digit(constant[0] << 16 | constant[1] << 8 | constant[2], 4)
        for factor in varying {
            let levels = factor.map { value in
                let root = (abs(value) / maximum).squareRoot()
                let signed = value < 0 ? -root : root
                return max(0, min(18, Int((signed * 9 + 9.5).rounded(.down))))
            }
            text += digit(levels[0] * 19 * 19 + levels[1] * 19 + levels[2], 2)
        }
        return text
    }

    private static func digit(_ value: Int, _ length: Int) -> String {
        var rest = value
        var characters: [Character] = []
        for _ in 0..<length {
            characters.append(digits[rest % 83])
            rest /= 83
        }
        return String(characters.reversed())
    }

    /// IEC 61966-2-1.
    private static func linearised(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    private static func encoded(_ value: Double) -> Int {
        let clamped = max(0, min(1, value))
        return clamped <= 0.003_130_8
            ? Int(clamped * 12.92 * 255 + 0.5)
            : Int((1.055 * pow(clamped, 1 / 2.4) - 0.055) * 255 + 0.5)
    }
}
