import ArgumentParser
import ControlAPI
import MediaModel

struct ItemRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove items with everything made of them and their originals.",
        discussion: "There is no way back. Without --yes it only says what would be removed.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Ids of items.", completion: Candidates.items)
    var ids: [String]
    @Flag(help: "Do it.")
    var yes = false
    @Flag(help: "Only show what would be removed, also with --yes.")
    var dryRun = false

    func run() async throws {
        let isDry = dryRun || !yes
        let results = try await ControlClient.with(connection.location) { client in
            var results: [RemoveResult] = []
            for id in ids {
                let answer = try await client.delete(
                    "/items/\(PathEncoding.segment(id))"
                        + PathEncoding.query([("dryRun", isDry ? "true" : nil)]))
                results.append(try ControlClient.decode(RemoveResult.self, from: answer))
            }
            return results
        }
        if connection.json {
            Output.data(try ControlCoding.encode(["results": results]))
        } else {
            for result in results {
                Output.line(
                    "\(result.item)\t\(result.objectCount, of: "object")\t"
                        + Measures.bytes(result.byteCount)
                        + (result.originalRemoved ? "\twith its original" : ""))
            }
        }
        if isDry { Output.note("nothing is removed; --yes removes for good") }
    }
}
