import ArgumentParser
import ControlAPI
import MediaModel

struct JobListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Jobs, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only jobs in this state.")
    var state: JobDocument.State?
    @Option(help: "Only jobs of this item.", completion: Candidates.items)
    var item: String?
    @Option(help: ArgumentHelp("How many, 1 to 1000.", valueName: "count"))
    var limit = 100
    @Option(help: "Where the previous page ended: its `next`.")
    var cursor: String?

    func validate() throws {
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit takes 1 to 1000.")
        }
    }

    func run() async throws {
        let query = PathEncoding.query([
            ("state", state?.rawValue), ("item", item), ("limit", "\(limit)"), ("cursor", cursor),
        ])
        try await connection.present(JobPage.self) {
            try await $0.get("/jobs\(query)")
        } show: {
            page in
            var table = Table("JOB", "ITEM", "STATE", "LANE", "ATTEMPTS", "PROGRESS", "REASON")
            for job in page.jobs {
                table.add(
                    Cell("\(job.id)"), Cell(job.item.rawValue), Output.state(job.state.rawValue),
                    Cell(job.lane), Cell("\(job.attempts.total)"),
                    Cell(
                        job.progress.map {
                            "\(Measures.stage($0)) \(Measures.percent($0.fraction))"
                        }),
                    Cell(job.reason?.code))
            }
            table.print(orSay: "no jobs")
            if let next = page.next { Output.note("more: --cursor \(next)") }
        }
    }
}

extension JobDocument.State: ExpressibleByArgument {}
