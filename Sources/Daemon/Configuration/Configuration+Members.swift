import JobQueue
import MediaModel
package import Pipeline

extension Configuration {
    /// How much members may have; 0 = as much as they like.
    package struct Members: Hashable, Sendable {
        package var items = 0
        package var bytes: Int64 = 0
        package var minutes = 0.0
        package var exceptions: [Exception] = []

        /// Of one member: in place of what holds for all.
        package struct Exception: Hashable, Sendable {
            package var owner: String
            package var items: Int
            package var bytes: Int64
            package var minutes: Double
        }
    }
}

extension Configuration.Members {
    mutating func read(_ reader: inout SettingReader) {
        (items, bytes, minutes) = Self.limits(&reader, "members", (items, bytes, minutes))
        let usual = (items, bytes, minutes)
        var seen: Set<String> = []
        exceptions = reader.list("members.exceptions", exceptions, least: 0, most: 100_000) {
            reader, key in
            let owner = reader.text("\(key).owner", "")
            if OwnerName(owner) == nil {
                reader.reject("\(key).owner", "expected a member's name: \(OwnerName.rule)")
            } else if !seen.insert(owner).inserted {
                reader.reject("\(key).owner", "`\(owner)` is here twice")
            }
            let (items, bytes, minutes) = Self.limits(&reader, key, usual)
            return Exception(owner: owner, items: items, bytes: bytes, minutes: minutes)
        }
    }

    private static func limits(
        _ reader: inout SettingReader, _ section: String, _ usual: (Int, Int64, Double)
    ) -> (Int, Int64, Double) {
        (
            reader.integer("\(section).items", usual.0, in: 0...100_000_000),
            reader.size("\(section).bytes", usual.1, in: 0...(1 << 60)),
            reader.number("\(section).minutes", usual.2, in: 0...100_000_000)
        )
    }

    package var quotas: QuotaBook.Content {
        QuotaBook.Content(
            usual: Self.quota(items, bytes, minutes),
            exceptions: Dictionary(
                exceptions.map { ($0.owner, Self.quota($0.items, $0.bytes, $0.minutes)) },
                uniquingKeysWith: { first, _ in first }))
    }

    private static func quota(_ items: Int, _ bytes: Int64, _ minutes: Double) -> Quota {
        Quota(
            items: items > 0 ? items : nil, byteCount: bytes > 0 ? bytes : nil,
            minutes: minutes > 0 ? minutes : nil)
    }
}
