import GRDB
import JobQueue
import MediaModel

extension StoreTransaction {
    func experience(of kind: MediaKind) throws -> Experience {
        let row = try row("SELECT body FROM experience WHERE kind = ?", [kind.rawValue])
        return try row?.json("body", as: Experience.self) ?? .none
    }

    /// Remembers what a job took beside what it was expected to take.
    func learn(_ publication: Publication, cpuSeconds: Double?) throws {
        guard let expected = publication.expected, let cpuSeconds else { return }
        var experience = try experience(of: publication.kind)
        experience.learn(
            expected: expected,
            actual: Workload(
                cpuSeconds: cpuSeconds, byteCount: Double(publication.madeByteCount)))
        try execute(
            "INSERT OR REPLACE INTO experience VALUES (?, ?)",
            [publication.kind.rawValue, try jsonText(experience)])
    }
}
