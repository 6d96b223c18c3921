import ArgumentParser
import ControlAPI
import Glibc

/// The operator's command: asks the daemon over its control socket.
@main
struct Vitrinectl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vitrinectl",
        abstract: "Steer and watch vitrined, the upload processor.",
        discussion: """
            Data goes to standard output, everything else to standard error. Every command takes \
            --json, whose shape is a contract. The socket is found by --socket, then VITRINE_SOCKET, \
            then \(SocketLocation.standard).

            EXIT CODES
              0   done                          69  the daemon cannot be reached
              1   a job failed                  70  the daemon made a mistake
              3   no such item, job or member   75  not now, or timed out: try again
              4   at odds with the state        77  not permitted
              64  wrong usage                   78  the daemon's configuration is wrong
              65  the input cannot be used
            """,
        version: VitrineVersion.current,
        subcommands: [
            StatusCommand.self, ItemCommand.self, OwnerCommand.self, JobCommand.self,
            QueueCommand.self, StorageCommand.self,
            EventsCommand.self, RecipeCommand.self, ConfigCommand.self, DoctorCommand.self,
            SnippetCommand.self, TopCommand.self, CompletionsCommand.self, VersionCommand.self,
        ])

    static func main() async {
        // A reader that went away (`| head`) ends us quietly, like any other tool.
        signal(SIGPIPE, SIG_DFL)
        do {
            let arguments = socketLast(Array(CommandLine.arguments.dropFirst()))
            var command = try await asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Output.note("vitrinectl: \(failure.message)")
            if let hint = failure.hint { Output.note("hint: \(hint)") }
            Glibc.exit(failure.code.rawValue)
        } catch {
            exit(withError: error)
        }
    }

    /// `--socket` is an option of every command, so it is taken before the command as well:
    /// `vitrinectl --socket S status` is `vitrinectl status --socket S`.
    static func socketLast(_ arguments: [String]) -> [String] {
        guard let first = arguments.first else { return arguments }
        if first == "--socket", arguments.count > 2 {
            return Array(arguments.dropFirst(2)) + Array(arguments.prefix(2))
        }
        if first.hasPrefix("--socket="), arguments.count > 1 {
            return Array(arguments.dropFirst()) + [first]
        }
        return arguments
    }
}
