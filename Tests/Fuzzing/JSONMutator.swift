import Foundation

/// Changes values in JSON and leaves it JSON: bytes changed at random rarely get past a decoder.
enum JSONMutator {
    /// What arithmetic stumbles over.
    private static let numbers: [Double] = [
        0, -1, 1, 2, 0.5, -0.0, 1e-9, 1e-300, 255, 256, 65_535, 65_536, 2_147_483_647,
        2_147_483_648, 4_294_967_296, 9_007_199_254_740_993, 9.2e18, -9.2e18, 999_999_999_999, 1e12,
        1e18, 1e19, 1e300, 1.7976931348623157e308, -1e300,
    ]
    private static let texts = ["", "a", "\u{0}", "../..", "h264", "pal8", "bt2020", "é", "🎞"]

    /// nil when it is no JSON.
    static func changed(_ bytes: [UInt8], seed: UInt32) -> [UInt8]? {
        guard let document = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
            return nil
        }
        var random = Generator(state: UInt64(seed))
        var changed = document
        for _ in 0...Int.random(in: 0...2, using: &random) {
            var place = Int.random(in: 0..<max(1, count(changed)), using: &random)
            changed = replace(changed, at: &place, using: &random)
        }
        return
            (try? JSONSerialization.data(
                withJSONObject: changed, options: [.sortedKeys, .fragmentsAllowed])).map {
                [UInt8]($0)
            }
    }

    /// Values, at every depth.
    private static func count(_ value: Any) -> Int {
        switch value {
        case let list as [Any]: 1 + list.reduce(0) { $0 + count($1) }
        case let fields as [String: Any]: 1 + fields.values.reduce(0) { $0 + count($1) }
        default: 1
        }
    }

    /// - Parameter place: counted down from value to value; the one that it is 0 at is replaced.
    private static func replace(
        _ value: Any, at place: inout Int, using random: inout Generator
    ) -> Any {
        guard place >= 0 else { return value }
        place -= 1
        if place < 0 { return other(value, using: &random) }
        switch value {
        case let list as [Any]:
            return list.map { replace($0, at: &place, using: &random) }
        case let fields as [String: Any]:
            var result: [String: Any] = [:]
            for (key, element) in fields.sorted(by: { $0.key < $1.key }) {
                result[key] = replace(element, at: &place, using: &random)
            }
            return result
        default: return value
        }
    }

    private static func other(_ value: Any, using random: inout Generator) -> Any {
        switch value {
        case let number as NSNumber:
            if number.doubleValue == 0 || number.doubleValue == 1, Bool.random(using: &random) {
                return number.doubleValue == 0
            }
            let new = numbers.randomElement(using: &random) ?? 0
            return new.rounded() == new && abs(new) < 9.3e18 && Bool.random(using: &random)
                ? NSNumber(value: Int64(exactly: new) ?? .max) : NSNumber(value: new)
        case is String: return texts.randomElement(using: &random) ?? ""
        case let list as [Any]:
            // Twice as many, or fewer.
            return Bool.random(using: &random) ? list + list : Array(list.dropLast())
        case let fields as [String: Any]:
            guard let key = fields.keys.sorted().randomElement(using: &random) else {
                return fields
            }
            return fields.filter { $0.key != key }
        default: return value
        }
    }

    /// xorshift64*.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        init(state: UInt64) { self.state = state &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }
}
