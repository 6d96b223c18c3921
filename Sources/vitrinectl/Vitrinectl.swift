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
            Data goes to standard output, everything else to standard error. With --json it is the \
            daemon's own document, whose shape is a contract. The socket is found by --socket, then VITRINE_SOCKET, \
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
            let arguments = commandFirst(Array(CommandLine.arguments.dropFirst()))
            try CommandWords.check(arguments)
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

    /// `--socket` and `--json` are options of every command, so they are taken before the command as
    /// well: `vitrinectl --socket S status` is `vitrinectl status --socket S`.
    static func commandFirst(_ arguments: [String]) -> [String] {
        var (rest, options) = (arguments[...], [String]())
        while let first = rest.first {
            let count = first == "--socket" ? 2 : 1
            guard first == "--socket" || first.hasPrefix("--socket=") || first == "--json",
                rest.count > count
            else { break }
            options += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        return rest + options
    }
}
