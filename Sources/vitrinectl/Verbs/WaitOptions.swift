import ArgumentParser
import ControlAPI
import Foundation
import MediaModel

/// Waiting until jobs have ended, with their progress on standard error.
struct WaitOptions: ParsableArguments {
    @Flag(help: "Wait until everything has ended; exit by outcome.")
    var wait = false

    @Option(
        help: ArgumentHelp(
            "Give up waiting after so many seconds (exit code 75); the jobs go on.",
            valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if let timeout, !(timeout > 0) { throw ValidationError("--timeout takes seconds above 0.") }
    }

    /// Returns at once without `--wait`.
    func follow(
        _ work: [(item: ItemID, job: Int64?)], with client: ControlClient
    ) async throws -> WaitOutcome {
        var outcome = WaitOutcome()
        guard wait else { return outcome }
        let deadline = timeout.map { ContinuousClock.now.advanced(by: .seconds($0)) }
        var progress = ProgressDisplay(total: work.count)
        for (item, jobID) in work {
            if let jobID {
                let job = try await Self.end(
                    of: jobID, deadline: deadline, with: client, progress: &progress)
                outcome.jobs.append(job)
            }
            let detail = try await client.get(
                "/items/\(PathEncoding.segment(item.rawValue))", as: ItemDetail.self)
            outcome.items[item] = detail.item
            progress.ended(detail.item)
        }
        return outcome
    }

    private static func end(
        of jobID: Int64, deadline: ContinuousClock.Instant?, with client: ControlClient,
        progress: inout ProgressDisplay
    ) async throws -> JobDocument {
        while true {
            let job = try await client.get("/jobs/\(jobID)", as: JobDetail.self).job
            progress.update(job)
            if job.state.isFinal { return job }
            if let deadline, ContinuousClock.now >= deadline {
                progress.clear()
                throw CommandFailure(
                    .temporary, "gave up waiting for job \(jobID), which is \(job.state.rawValue)",
                    hint: "it goes on; vitrinectl job show \(jobID)")
            }
            // Progress is not in the event log: ten looks in a second make a smooth bar and cost
            // the daemon nothing.
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

/// How the awaited jobs ended.
struct WaitOutcome {
    var jobs: [JobDocument] = []
    var items: [ItemID: Item] = [:]

    func printItems() {
        var table = Table("ID", "STATE", "GEN", "MANIFEST", "REASON")
        for item in items.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
            table.add(
                Cell(item.id.rawValue), Output.state(item.state.rawValue),
                Cell("\(item.generation)"), Cell(item.manifest), Cell(item.reason?.operator))
        }
        table.print()
    }

    /// Throws when a job did not complete.
    func check() throws {
        let failed = jobs.filter { $0.state != .completed }
        guard !failed.isEmpty else { return }
        throw CommandFailure(
            .jobFailed, failed.map { "\($0.item) \($0.state.rawValue)" }.joined(separator: ", "),
            hint: "vitrinectl item show tells why")
    }
}
