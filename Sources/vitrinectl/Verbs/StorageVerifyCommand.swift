import ArgumentParser
import ControlAPI
import MediaModel

struct StorageVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read everything published and hold it against the manifests.",
        discussion: """
            Exits with 1 when something is lost or damaged. Interrupted, it says how to go on.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(
        help: ArgumentHelp(
            "Read no faster than so many MiB per second on average.", valueName: "MiB"))
    var rate: Double?
    @Flag(help: "Process items anew of which something visible is lost or damaged.")
    var repair = false
    @Option(
        help: ArgumentHelp(
            "Go on where an earlier run stopped: the last item it named.", valueName: "item"))
    var from: String?

    func validate() throws {
        if let rate, !(rate > 0) { throw ValidationError("--rate takes MiB per second above 0.") }
    }

    func run() async throws {
        var request = VerifyRequest()
        request.bytesPerSecond = rate.map { max(1024, $0 * 1_048_576) }
        request.repair = repair
        request.cursor = from
        let first = request
        let result = try await ControlClient.with(connection.location) { client in
            var request = first
            var sum = VerifyResult(
                items: 0, objects: 0, byteCount: 0, findings: [], repairs: [], next: nil)
            repeat {
                let answer = try await client.post(
                    "/storage/verify", request, within: ControlClient.longPatience)
                let part = try ControlClient.decode(VerifyResult.self, from: answer)
                if !connection.json { Self.show(part) }
                sum.items += part.items
                sum.objects += part.objects
                sum.byteCount += part.byteCount
                sum.findings += part.findings
                sum.repairs += part.repairs
                sum.portfolios += part.portfolios
                request.cursor = part.next
                if let next = part.next {
                    Output.note(
                        "\(sum.items, of: "item"), \(Measures.bytes(sum.byteCount)); "
                            + "to go on from here: --from \(next)")
                }
            } while request.cursor != nil
            return sum
        }
        if connection.json { Output.data(try ControlCoding.encode(result)) }
        Output.note(
            "\(result.items, of: "item"), \(result.objects, of: "object"), "
                + "\(Measures.bytes(result.byteCount)) read, "
                + "\(result.findings.count + result.portfolios.count, of: "problem")")
        if result.findings.isEmpty, !result.portfolios.isEmpty {
            throw CommandFailure(
                .jobFailed,
                "\(result.portfolios.count, of: "portfolio") not as what is published",
                hint: repair ? "written anew" : "--repair writes anew")
        }
        guard result.findings.isEmpty else {
            throw CommandFailure(
                .jobFailed, "\(result.findings.count, of: "object") lost or damaged",
                hint: repair
                    ? "processed anew: \(result.repairs.count { $0.outcome == .queued }, of: "item")"
                    : "--repair makes what visitors miss anew")
        }
    }

    private static func show(_ part: VerifyResult) {
        for finding in part.findings {
            Output.line(
                "\(finding.problem)\t\(finding.item)/\(Output.escape(finding.path))\t"
                    + "generation \(finding.generation)"
                    + (finding.visible ? "" : ", no longer shown"))
        }
        for portfolio in part.portfolios {
            Output.line("portfolio\t\(portfolio.owner)\t\(portfolio.detail)")
        }
        for repair in part.repairs {
            Output.note(
                "\(repair.item): \(repair.outcome.rawValue)"
                    + (repair.reason.map { ", \(Output.escape($0))" } ?? ""))
        }
    }
}
