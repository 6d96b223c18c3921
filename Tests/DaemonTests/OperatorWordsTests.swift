import Foundation
import TestSupport
import Testing

/// What an operator reads who mistypes, or asks for what is not there.
@Suite struct OperatorWordsTests {
    private func ctl(_ line: String) async throws -> ProgramResult {
        try await Program(PackageLayout.product("vitrinectl")).result(
            line.split(separator: " ").map(String.init), environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test(arguments: [
        (
            "item reproces x", "vitrinectl: `item` has no command `reproces`",
            "`vitrinectl item reprocess`?"
        ),
        ("itm list", "there is no command `itm`", "`vitrinectl item`?"),
        ("help itm", "there is no command `itm`", "`vitrinectl item`?"),
        (
            "--socket /s --json item shwo x", "`item` has no command `shwo`",
            "`vitrinectl item show`?"
        ),
        ("reprocess x", "there is no command `reprocess`", "`vitrinectl item reprocess`?"),
        ("usage", "there is no command `usage`", "`vitrinectl storage usage`?"),
        (
            "show x", "there is no command `show`",
            "`vitrinectl item show` or `vitrinectl owner show` or `vitrinectl job show`"
        ),
        ("queue xyzzy", "`queue` has no command `xyzzy`", "it has pause, resume"),
    ])
    func aWordThatIsNoCommandIsNamed(line: String, said: String, hint: String) async throws {
        let result = try await ctl(line)
        #expect(result.termination == .exited(64))
        #expect(result.error.contains(said), "\(result.error)")
        #expect(result.error.contains("hint: ") && result.error.contains(hint), "\(result.error)")
        #expect(result.output.isEmpty)
    }

    @Test(arguments: ["item", "help item reprocess", "item --help", "job list --help", "--version"])
    func commandsAreStillFound(line: String) async throws {
        let result = try await ctl(line)
        #expect(result.termination == .exited(0) && !result.output.isEmpty, "\(result.error)")
    }

    /// An option's value is called what it is, and a list of values stands once.
    @Test func helpNamesValues() async throws {
        let reprocess = try await ctl("item reprocess --help").text
        #expect(reprocess.contains("--with <recipe>") && reprocess.contains("--timeout <seconds>"))
        let list = try await ctl("item list --help").text
        #expect(list.ranges(of: "processing").count == 1, "\(list)")
        for program in ["vitrinectl", "vitrined"] {
            let help = try await Program(PackageLayout.product(program)).result(["--help"]).text
            // The table of exit codes keeps its columns.
            let rows = help.split(separator: "\n").drop { $0 != "EXIT CODES" }.dropFirst()
                .prefix { $0.hasPrefix(" ") || $0.first?.isNumber == true || $0 == "socket" }
            #expect(rows.count >= 4 && rows.allSatisfy { $0.hasPrefix("  ") }, "\(help)")
        }
    }

    @Test func whatIsEmptyIsSaid() async throws {
        let daemon = try await DaemonUnderTest()
        for (words, said) in [
            (["item", "list"], "no items"), (["job", "list"], "no jobs"),
            (["owner", "list"], "no members"),
            (["item", "reprocess", "--all"], "no item is selected"),
        ] {
            let result = try await Program(PackageLayout.product("vitrinectl")).result(
                words + ["--socket", daemon.socket])
            #expect(result.termination == .exited(0) && result.output.isEmpty)
            #expect(result.error.contains(said), "\(result.error)")
        }
        for (words, hint) in [
            (["item", "show", "nothere"], "item list"), (["job", "show", "7"], "job list"),
            (["recipe", "check", "nothere"], "recipe list"),
        ] {
            let result = try await Program(PackageLayout.product("vitrinectl")).result(
                words + ["--socket", daemon.socket])
            #expect(result.termination == .exited(3), "\(words): \(result.error)")
            #expect(result.error.contains("hint: vitrinectl \(hint)"), "\(result.error)")
        }
        let doctor = try await daemon.ctl("doctor").text.split(separator: "\n")
        #expect(doctor.contains { $0.contains("store.answers\tanswers in") })
        #expect(doctor.allSatisfy { !$0.contains("1 jobs") && $0.count < 200 }, "\(doctor)")
        _ = try await daemon.stop()
    }
}
