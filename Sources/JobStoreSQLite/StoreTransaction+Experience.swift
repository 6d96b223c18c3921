import GRDB
import JobQueue
import MediaModel

extension StoreTransaction {
    func experience(of kind: MediaKind) throws -> Experience {
        let found = try row("SELECT body FROM experience WHERE kind = ?", [kind.rawValue])
        return try found?.json("body", as: Experience.self) ?? Experience.none
    }

    /// Remembers what a job took beside what it was expected to take.
    func learn(_ publication: Publication, cpuSeconds: Double?) throws {
        guard let expected = publication.expected, let cpuSeconds else { return }
        var learned = try experience(of: publication.kind)
        learned.learn(
            expected: expected,
            actual: Workload(
                cpuSeconds: cpuSeconds, byteCount: Double(publication.madeByteCount)))
        try execute(
            "INSERT OR REPLACE INTO experience VALUES (?, ?)",
            [publication.kind.rawValue, try jsonText(learned)])
    }
}
