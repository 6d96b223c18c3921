/// Durations as configurations write them: a number and one of `ms s m h d`.
package enum DurationText {
    static let expectation = "a duration such as 500ms, 2s, 5m or 1h"

    private static let units: [(suffix: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]

    /// nil for anything else; a bare number has no unit and is refused, except 0.
    package static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        for (suffix, seconds) in units where text.hasSuffix(suffix) {
            let digits = text.dropLast(suffix.count)
            // `5m` must not match `ms`'s prefix nor `s` an `m`'s: what is left has to be a number.
            guard let number = DecimalText.parse(digits) else { continue }
            return .milliseconds(Int64((number * seconds * 1000).rounded()))
        }
        return nil
    }

    /// The shortest way to write it.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds % 1000 == 0 else { return "\(milliseconds)ms" }
        if seconds != 0, seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        if seconds != 0, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds != 0, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}

/// Sizes as configurations write them: a number of bytes, or a number and `KiB MiB GiB TiB`.
package enum ByteSizeText {
    static let expectation = "a size such as 512MiB or 4GiB"

    private static let units: [(suffix: String, shift: Int64)] = [
        ("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40),
    ]

    package static func parse(_ text: String) -> Int64? {
        if let bytes = Int64(text), bytes >= 0 { return bytes }
        for (suffix, shift) in units where text.hasSuffix(suffix) {
            guard let number = DecimalText.parse(text.dropLast(suffix.count)) else { return nil }
            let bytes = (number * Double(Int64(1) << shift)).rounded()
            return bytes < 9e18 ? Int64(bytes) : nil
        }
        return nil
    }

    package static func format(_ bytes: Int64) -> String {
        for (suffix, shift) in units.reversed()
        where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(suffix)"
        }
        return "\(bytes)"
    }
}

/// Plain decimal numbers: digits with at most one point; no sign, exponent, or blank.
enum DecimalText {
    static func parse(_ text: some StringProtocol) -> Double? {
        guard let first = text.utf8.first, (48...57).contains(first), text.utf8.count <= 18,
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text)
    }
}
