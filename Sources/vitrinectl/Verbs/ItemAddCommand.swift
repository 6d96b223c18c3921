import ArgumentParser
import ControlAPI
import Foundation
import MediaModel

struct ItemAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Take in files that the daemon can read; they are copied and stay where they are."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var waiting: WaitOptions
    @Argument(help: "Regular files.", completion: .file())
    var paths: [String]
    @Option(
        help: ArgumentHelp(
            "A sidecar (JSON) for the upload; with one file only.", valueName: "file"),
        completion: .file())
    var sidecar: String?
    @Option(help: "Process with this recipe.", completion: Candidates.recipes)
    var recipe: String?

    func validate() throws {
        guard sidecar == nil || paths.count == 1 else {
            throw ValidationError("--sidecar goes with one file.")
        }
    }

    func run() async throws {
        let sidecar = try readSidecar()
        try await ControlClient.with(connection.location) { client in
            var results: [AddResult] = []
            for path in paths {
                let request = AddRequest(path: Self.absolute(path), sidecar: sidecar)
                let answer = try await client.post("/items", request)
                let result = try ControlClient.decode(AddResult.self, from: answer)
                results.append(result)
                if !connection.json, !waiting.wait {
                    Output.line("\(result.item.id)\t\(result.outcome.rawValue)")
                }
            }
            let outcome = try await waiting.follow(
                results.map { ($0.item.id, $0.job) }, with: client)
            for index in results.indices {
                results[index].item = outcome.items[results[index].item.id] ?? results[index].item
            }
            if connection.json {
                Output.data(try ControlCoding.encode(["results": results]))
            } else if waiting.wait {
                outcome.printItems()
            }
            try outcome.check()
        }
    }

    private func readSidecar() throws -> Sidecar? {
        guard sidecar != nil || recipe != nil else { return nil }
        var value = Sidecar()
        if let sidecar {
            do {
                value = try JSONDecoder().decode(
                    Sidecar.self, from: Data(contentsOf: URL(filePath: sidecar)))
            } catch {
                throw CommandFailure(.badInput, "\(sidecar) is not a sidecar: \(error)")
            }
        }
        if let recipe { value.recipe = recipe }
        return value
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
