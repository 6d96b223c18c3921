/// What an embedded ICC profile says about itself. Read from its bytes, which are not trusted.
///
/// https://www.color.org/specification/ICC.1-2022-05.pdf, 7.2 (header), 10.15 and 10.19 (texts)
struct ICCProfile {
    /// `RGB `, `GRAY`, `CMYK` …: what the pixels must be for it to apply.
    let colourSpace: String
    /// The profile's name, at most 100 characters.
    let description: String?
    /// Whether it may have colours that sRGB has not.
    let isWide: Bool

    /// Whether its colours can only be had as photographs are shown: by its one table.
    let isPerceptualOnly: Bool

    /// - Returns: nil when the bytes are no profile, or one that ends before what it needs.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 132, Self.text(bytes, 36, 4) == "acsp",
            Self.number(bytes, 0) <= bytes.count
        else { return nil }
        colourSpace = Self.text(bytes, 16, 4)
        let parts = Self.parts(bytes)
        let curves = ["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]
        let isPlain = parts.isSuperset(of: colourSpace == "GRAY" ? ["kTRC"] : curves)
        guard isPlain || !parts.isDisjoint(with: ["A2B0", "A2B1", "A2B2"]) else { return nil }
        isPerceptualOnly = !isPlain && parts.contains("A2B0") && !parts.contains("A2B1")
        description = Self.readDescription(bytes)
        isWide = colourSpace == "RGB " && Self.readsWide(bytes)
    }

    /// Whether pixels of that many colour channels can be meant by it.
    func fits(colourChannels: Int) -> Bool {
        switch colourSpace {
        case "RGB ", "Lab ", "XYZ ", "YCbr": colourChannels == 3
        case "GRAY": colourChannels == 1
        case "CMYK": colourChannels == 4
        default: false
        }
    }

    /// Names of what lies in it as a whole.
    private static func parts(_ bytes: [UInt8]) -> Set<String> {
        let places = (0..<min(number(bytes, 128), 100)).map { 132 + $0 * 12 }
        return Set(
            places.filter { number(bytes, $0 + 4) + number(bytes, $0 + 8) <= bytes.count }
                .map { text(bytes, $0, 4) })
    }

    /// The triangle of the primaries against that of sRGB; profiles without primaries (tables) may
    /// have any colour.
    private static func readsWide(_ bytes: [UInt8]) -> Bool {
        let primaries = ["rXYZ", "gXYZ", "bXYZ"].compactMap { chromaticity($0, bytes) }
        guard primaries.count == 3 else { return true }
        let (red, green, blue) = (primaries[0], primaries[1], primaries[2])
        let area =
            abs(
                (green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y)) / 2
        // sRGB's is 0.1149, adapted to D50 as profiles are; Display P3's 0.1561, AdobeRGB's 0.1520.
        return area > 0.1149 * 1.1
    }

    /// Of one primary. 10.31: s15Fixed16 numbers.
    private static func chromaticity(_ tag: String, _ bytes: [UInt8]) -> (x: Double, y: Double)? {
        let count = min(number(bytes, 128), 100)
        for index in 0..<count where text(bytes, 132 + index * 12, 4) == tag {
            let offset = number(bytes, 136 + index * 12)
            guard text(bytes, offset, 4) == "XYZ " else { return nil }
            let values = (0..<3).map {
                Double(Int32(truncatingIfNeeded: number(bytes, offset + 8 + $0 * 4))) / 65_536
            }
            let sum = values.reduce(0, +)
            guard sum > 0 else { return nil }
            return (values[0] / sum, values[1] / sum)
        }
        return nil
    }

    private static func readDescription(_ bytes: [UInt8]) -> String? {
        let count = min(number(bytes, 128), 100)
        for index in 0..<count where text(bytes, 132 + index * 12, 4) == "desc" {
            let offset = number(bytes, 136 + index * 12)
            switch text(bytes, offset, 4) {
            case "desc":
                let length = min(number(bytes, offset + 8), 100)
                return printable(text(bytes, offset + 12, length))
            case "mluc":
                // The first translation: UTF-16, big endian.
                let length = min(number(bytes, offset + 20), 200)
                let start = offset + number(bytes, offset + 24)
                guard start >= 0, start + length <= bytes.count else { return nil }
                let units = stride(from: start, to: start + length - 1, by: 2).map {
                    UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
                }
                return printable(String(decoding: units, as: UTF16.self))
            default: return nil
            }
        }
        return nil
    }

    private static func printable(_ text: String) -> String? {
        let kept = text.unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value)
        }
        let trimmed = String(String.UnicodeScalarView(kept))
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Thirty-two bits, or 0 outside the profile.
    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        guard offset >= 0, offset + 4 <= bytes.count else { return 0 }
        return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func text(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> String {
        guard offset >= 0, length >= 0, offset + length <= bytes.count else { return "" }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }
}
