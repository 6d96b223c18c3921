import ArgumentParser
import ControlAPI

/// Looks for a word that is no command before the parser does, which only counts what is left over.
enum CommandWords {
    /// - Parameter arguments: without the program's name.
    static func check(_ arguments: [String]) throws(CommandFailure) {
        var words = arguments[...]
        // `help item list` names commands, too.
        if words.first == "help" { words = words.dropFirst() }
        var path = ["vitrinectl"]
        var commands = Vitrinectl.configuration.subcommands
        while let word = words.popFirst(), !commands.isEmpty, !word.hasPrefix("-") {
            guard let command = commands.first(where: { name(of: $0) == word }) else {
                throw unknown(word, after: path, among: commands.map(name))
            }
            path.append(word)
            commands = command.configuration.subcommands
        }
    }

    private static func unknown(
        _ word: String, after path: [String], among names: [String]
    ) -> CommandFailure {
        let place = path.joined(separator: " ")
        let meant: [String]
        if let near = Suggestion.nearest(to: word, among: names) {
            meant = ["\(place) \(near)"]
        } else {
            // A verb without its noun, or with another one's.
            meant = Vitrinectl.configuration.subcommands.flatMap { noun in
                noun.configuration.subcommands.filter { name(of: $0) == word }
                    .map { "vitrinectl \(name(of: noun)) \(name(of: $0))" }
            }
        }
        let said = Output.escape(word)
        return CommandFailure(
            .usage,
            path.count == 1
                ? "there is no command `\(said)`" : "`\(path[1])` has no command `\(said)`",
            hint: meant.isEmpty
                ? "it has \(names.joined(separator: ", "))"
                : "did you mean \(meant.map { "`\($0)`" }.joined(separator: " or "))?")
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? command._commandName
    }
}
