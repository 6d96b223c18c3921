import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "The completion script of a shell.",
        discussion: """
            Items, jobs and recipes are completed, too: the daemon is asked.

              bash:  vitrinectl completions bash > /etc/bash_completion.d/vitrinectl
              zsh:   vitrinectl completions zsh > "${fpath[1]}/_vitrinectl"
              fish:  vitrinectl completions fish > /etc/fish/completions/vitrinectl.fish
            """)

    @Argument(help: "Whose script.")
    var shell: Shell

    func run() throws {
        let wanted: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Output.line(Vitrinectl.completionScript(for: wanted))
    }
}
