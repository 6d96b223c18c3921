import Foundation
import TestSupport
import Testing

/// The live view, in a terminal (tmux keeps one where nobody sits).
@Suite(.serialized) struct TopTests {
    @Test func theTerminalShowsWhatRunsAndIsGivenBack() async throws {
        let daemon = try await DaemonUnderTest()
        let terminal = daemon.directory.file("terminal").path
        func tmux(_ arguments: String...) async throws -> String {
            let output = try await Program("tmux").run(
                ["-f", "/dev/null", "-S", terminal] + arguments,
                environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"])
            return String(decoding: output, as: UTF8.self)
        }
        _ = try await daemon.ctl("queue", "pause")
        let file = try daemon.directory.write("no film", to: "fake.mp4")
        _ = try await daemon.ctl("item", "add", file.path)
        let ctl = PackageLayout.product("vitrinectl").path
        _ = try await tmux("new-session", "-d", "-x", "90", "-y", "24", "sh")
        defer { Task { try? await tmux("kill-server") } }
        _ = try await tmux(
            "send-keys", "PS1='prompt> '; '\(ctl)' top --every 0.2 --socket '\(daemon.socket)'",
            "Enter")
        func screen(_ what: String, _ isThere: (String) -> Bool) async throws -> String {
            var last = ""
            do {
                return try await Waiting.until(what, within: .seconds(20)) {
                    last = try await tmux("capture-pane", "-p")
                    return isThere(last) ? last : nil
                }
            } catch {
                throw ScreenError(description: "\(error)\n\(last)")
            }
        }
        let paused = try await screen("the paused queue") { $0.contains("1 available") }
        #expect(paused.contains("paused") && paused.contains("no job runs"))
        let lines = paused.split(separator: "\n")
        #expect(lines.first?.hasPrefix("vitrined ") == true, "\(paused)")
        #expect(lines.contains { $0.contains("fake-") && $0.contains("available") }, "\(paused)")
        _ = try await daemon.ctl("queue", "resume")
        _ = try await screen("the end of the job") {
            $0.contains("discarded") && $0.contains("0 available")
        }
        _ = try await tmux("send-keys", "q")
        let after = try await screen("the prompt") { $0.contains("prompt>") }
        #expect(!after.contains("0 available"), "the screen before is back")
        // Echo is on again.
        _ = try await tmux("send-keys", "echo is back")
        _ = try await screen("an echo") { $0.contains("echo is back") }
        _ = try await tmux("kill-server")
        let refused = try await daemon.ctl("top")
        #expect(refused.termination == .exited(64))
        _ = try await daemon.stop()
    }

    private struct ScreenError: Error, CustomStringConvertible {
        var description: String
    }
}
