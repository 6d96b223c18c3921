import ArgumentParser
import ControlAPI

struct OwnerEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Remove a member with every trace, and report what was removed.",
        discussion: """
            Jobs that run are cancelled. Removed are items with originals, derivatives and manifests, \
            refused uploads, the portfolio, and copies of the catalogue from before upgrades; entries of \
            the event log keep their numbers and nothing else. The catalogue's file is written anew, \
            during which nothing else is written to it. There is no way back. Without --yes it only \
            says what would be removed.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The member's name.", completion: Candidates.owners)
    var owner: String
    @Flag(help: "Do it.")
    var yes = false
    @Flag(help: "Only show what would be removed, also with --yes.")
    var dryRun = false

    func run() async throws {
        let isDry = dryRun || !yes
        try await connection.present(EraseReport.self) {
            try await $0.delete(
                "/owners/\(PathEncoding.segment(owner))"
                    + PathEncoding.query([("dryRun", isDry ? "true" : nil)]),
                within: ControlClient.longPatience)
        } show: { report in
            var sheet = Sheet()
            sheet.add("owner", Cell(report.owner))
            sheet.add("items", Cell("\(report.items)"))
            sheet.add(
                "jobs",
                Cell(
                    "\(report.jobs)"
                        + (report.cancelledJobs > 0 ? ", \(report.cancelledJobs) not ended" : "")))
            sheet.add(
                "objects", Cell("\(report.objects), \(Measures.bytes(report.objectBytes))"))
            sheet.add("manifests", Cell("\(report.manifests)"))
            sheet.add(
                "originals",
                Cell(
                    "\(report.originals), \(Measures.bytes(report.originalBytes))"
                        + (report.sharedOriginals > 0
                            ? "; \(report.sharedOriginals) stay, as others have them" : "")))
            sheet.add("quarantined", Cell("\(report.quarantined)"))
            sheet.add("portfolio", Cell(report.portfolio ? "1" : "0"))
            sheet.add("events", Cell("\(report.events)"))
            sheet.add("catalogue copies", Cell("\(report.catalogueCopies)"))
            sheet.print()
        }
        if isDry { Output.note("nothing is removed; --yes removes for good") }
    }
}
