import GRDB
import JobQueue
import MediaModel

/// The rows behind `FairShare`.
extension StoreTransaction {
    /// The turn of a new job.
    func takeTurn(in lane: Lane, of owner: String?, cost: Double) throws -> Double {
        let start = FairShare.start(
            member: try share(of: owner, in: lane), lane: try turn(of: lane))
        try setShare(of: owner, in: lane, to: start + cost)
        return start + cost
    }

    /// Jobs up to this turn are begun: the lane has come so far.
    func pass(_ turn: Double, in lane: Lane) throws {
        try execute(
            """
            INSERT INTO laneTurn (lane, turn) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET turn = max(turn, ?2)
            """, [lane.rawValue, turn])
        // Whoever is not ahead of the lane starts with it: nothing to remember.
        try execute(
            "DELETE FROM share WHERE lane = ?1 AND turn <= ?2", [lane.rawValue, turn])
    }

    /// Counts what a job took, in place of what it was expected to.
    func settle(_ job: Job, cpuSeconds: Double?) throws {
        guard let cpuSeconds, let row = try row("SELECT cost FROM job WHERE id = ?", [job.id])
        else { return }
        let expected: Double = row["cost"]
        let owner = job.upload.sidecar.owner
        let now = try turn(of: job.lane)
        let share = FairShare.start(member: try share(of: owner, in: job.lane), lane: now)
        try setShare(of: owner, in: job.lane, to: max(now, share + cpuSeconds - expected))
    }

    private func turn(of lane: Lane) throws -> Double {
        try row("SELECT turn FROM laneTurn WHERE lane = ?", [lane.rawValue])?["turn"] ?? 0
    }

    /// Without a member: the empty name, which no member can have.
    private func share(of owner: String?, in lane: Lane) throws -> Double? {
        try row(
            "SELECT turn FROM share WHERE lane = ? AND owner = ?", [lane.rawValue, owner ?? ""]
        )?["turn"]
    }

    private func setShare(of owner: String?, in lane: Lane, to turn: Double) throws {
        try execute(
            "INSERT OR REPLACE INTO share (lane, owner, turn) VALUES (?, ?, ?)",
            [lane.rawValue, owner ?? "", turn])
    }
}
