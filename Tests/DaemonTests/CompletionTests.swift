import ControlAPI
import Foundation
import TestSupport
import Testing

/// What the shells themselves offer, with scripts that ask a daemon.
@Suite(.serialized) struct CompletionTests {
    private func daemon() async throws -> DaemonUnderTest {
        let daemon = try await DaemonUnderTest()
        for name in ["sunset-over-sea", "sunrise"] {
            let file = try daemon.directory.write("\(name): no picture", to: "\(name).jpg")
            let sidecar = try daemon.directory.write(#"{"id": "\#(name)"}"#, to: "\(name).json")
            _ = try await daemon.ctl("item", "add", "--sidecar", sidecar.path, file.path)
        }
        return daemon
    }

    private func run(
        _ shell: String, _ arguments: [String], _ script: String, against daemon: DaemonUnderTest
    ) async throws -> String {
        let file = try daemon.directory.write(script, to: "script.\(shell)")
        let output = try await Program(shell).run(
            arguments + [file.path],
            environment: [
                "PATH": "\(PackageLayout.products.path):/usr/bin:/bin",
                "HOME": daemon.directory.url.path,
                "VITRINE_SOCKET": daemon.socket, "TERM": "dumb",
            ], atMost: .seconds(60))
        return String(decoding: output, as: UTF8.self)
    }

    @Test func bashCompletesCommandsAndItems() async throws {
        let daemon = try await daemon()
        let said = try await run(
            "bash", ["--norc"],
            """
            source <(vitrinectl completions bash)
            try() {
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
                COMP_POINT=${#COMP_LINE} COMPREPLY=()
                _vitrinectl "$1" "${@: -1}" "${@: -2:1}"
                printf '%s\\n' "${COMPREPLY[@]}" | sort | tr '\\n' ' '
                echo
            }
            try vitrinectl item sho
            try vitrinectl item show sun
            try vitrinectl item show sunr
            try vitrinectl job retry ''
            try vitrinectl recipe show d
            """, against: daemon)
        let lines = said.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(
            lines == ["show", "sunrise sunset-over-sea", "sunrise", "1 2", "default"], "\(said)")
        // Nobody there is no reason to wait or to complain.
        _ = try await daemon.stop()
        let nothing = try await run(
            "bash", ["--norc"],
            "vitrinectl ---completion item show -- positional@0 3 0 sun 2>&1; echo done",
            against: daemon)
        #expect(nothing.split(whereSeparator: \.isWhitespace) == ["done"], "\(nothing)")
    }

    /// In a terminal: without one fish has no command line to complete.
    @Test func fishCompletesCommandsAndItems() async throws {
        let daemon = try await daemon()
        let terminal = daemon.directory.file("terminal").path
        func tmux(_ arguments: String...) async throws -> String {
            let output = try await Program("tmux").run(
                ["-f", "/dev/null", "-S", terminal] + arguments,
                environment: [
                    "PATH": "\(PackageLayout.products.path):/usr/bin:/bin", "LANG": "C.UTF-8",
                    "TERM": "xterm", "HOME": daemon.directory.url.path,
                    "VITRINE_SOCKET": daemon.socket,
                ])
            return String(decoding: output, as: UTF8.self)
        }
        _ = try await tmux("new-session", "-d", "-x", "100", "-y", "24", "fish --no-config")
        defer { Task { try? await tmux("kill-server") } }
        _ = try await tmux(
            "send-keys", "vitrinectl completions fish | source; clear; echo REA\"\"DY", "Enter")
        func seen(_ text: String) async throws {
            try await Waiting.until("`\(text)` in fish", within: .seconds(30)) {
                try await tmux("capture-pane", "-p").contains(text) ? true : nil
            }
        }
        try await seen("READY")
        _ = try await tmux("send-keys", "vitrinectl item sho", "Tab")
        try await seen("vitrinectl item show")
        _ = try await tmux("send-keys", "sunr", "Tab")
        try await seen("vitrinectl item show sunrise")
        _ = try await tmux("kill-server")
        _ = try await daemon.stop()
    }

    /// In a terminal of its own, as nothing else makes zsh complete.
    @Test func zshCompletesCommandsAndItems() async throws {
        let daemon = try await daemon()
        let said = try await run(
            "zsh", ["-f"],
            """
            zmodload zsh/zpty
            zpty -b shell 'zsh -f -i'
            zpty -w shell 'PS1=; bindkey -e; autoload -Uz compinit; compinit -u -D'
            zpty -w shell 'source <(vitrinectl completions zsh); print "RE"ADY'
            while zpty -r shell line; do [[ $line == *READY* ]] && break; done
            zpty -w -n shell $'print vitrinectl; vitrinectl item sho\\tsunr\\t--json | cat; print EN""D\\n'
            said=
            for turn in {1..200}; do
                zpty -r -t shell line && said+=$line
                [[ $said == *END* ]] && break
                sleep 0.1
            done
            print -r -- $said
            zpty -d shell
            """, against: daemon)
        // What was typed shows the words, and the answer that they were the right ones.
        #expect(said.contains(#""id":"sunrise""#), "\(said)")
        _ = try await daemon.stop()
    }
}
