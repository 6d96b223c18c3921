import ArgumentParser
import ControlAPI
import MediaModel

struct JobShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One job with its attempts.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The job's number.", completion: Candidates.jobs)
    var id: Int64
    @Flag(help: "What happened when: waiting, attempts, the parts of the work.")
    var timeline = false

    func run() async throws {
        guard !timeline else {
            return try await connection.present(JobTimeline.self) {
                try await $0.get("/jobs/\(id)/timeline")
            } show: {
                Self.show($0)
            }
        }
        try await connection.present(JobDetail.self) {
            try await $0.get("/jobs/\(id)")
        } show: {
            var sheet = Sheet()
            Self.add($0, to: &sheet)
            sheet.print()
        }
    }

    private static func show(_ timeline: JobTimeline) {
        var table = Table("AT", "WHAT", "TOOK", "")
        for entry in timeline.entries {
            table.add(
                Cell(entry.at.description), Cell(entry.kind),
                Cell(entry.seconds.map(Measures.seconds)), Cell(entry.text))
        }
        table.print()
    }

    static func add(_ detail: JobDetail, to sheet: inout Sheet) {
        let job = detail.job
        sheet.add("job", Cell("\(job.id)"))
        sheet.add("  item", Cell(job.item.rawValue))
        sheet.add("  state", Output.state(job.state.rawValue))
        sheet.add("  recipe", Cell(job.recipe))
        sheet.add("  lane", Cell("\(job.lane), priority \(job.priority)"))
        sheet.add("  created", Cell(job.createdAt.description))
        if job.state == .retryable {
            sheet.add("  again after", Cell(job.runAfter.description))
        }
        if let progress = job.progress {
            sheet.add(
                "  progress",
                Cell(
                    "\(Measures.stage(progress)) \(Measures.percent(progress.fraction))"
                        + (progress.remainingSeconds.map { ", about \(Measures.seconds($0)) left" }
                            ?? "")))
        }
        if let reason = job.reason { sheet.add("  reason", Cell(reason.operator)) }
        for attempt in detail.attemptList {
            var text = "\(attempt.outcome ?? "running") since \(attempt.startedAt)"
            if let end = attempt.endedAt {
                let wall = end.duration(since: attempt.startedAt) / .seconds(1)
                text = "\(attempt.outcome ?? "ended") after \(Measures.seconds(wall))"
            }
            if let cpu = attempt.cpuSeconds { text += ", CPU \(Measures.seconds(cpu))" }
            if let reason = attempt.reason { text += ": \(reason.code)" }
            sheet.add("  attempt \(attempt.number)", Cell(text))
        }
    }
}
