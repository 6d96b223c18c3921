import Foundation
import TestSupport
import Testing

/// What hostile code could do inside a worker's sandbox, tried by a program of its own. Every probe is a
/// process that is confined as a worker is.
struct EnclosureTests {
    /// Refusals of ours. Another error would say that the kernel got as far as looking at it.
    private static let refusals: Set<String> = ["EPERM", "EACCES", "ENOSYS", "ENOTTY"]

    private struct Outcome {
        var name, wanted, found: String
    }

    /// Who can be tried as here: this user, and where that is root nobody too.
    private static let users: [[String]] =
        getuid() == 0
        ? [[], ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]] : [[]]

    private static func probe(
        _ arguments: [String], as user: [String], atMost limit: Duration = .seconds(120)
    ) async throws -> ProgramResult {
        // A copy in a place that everybody may enter: a checkout may lie in somebody's home.
        let directory = try TemporaryDirectory("sandbox-probe")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o777], ofItemAtPath: directory.url.path)
        let program = directory.file("sandbox-probe")
        // By another process: a descriptor of ours that is open for writing would be inherited by
        // whatever a test beside this one starts, and the copy could not be executed.
        try await Program("install").run(
            ["-m", "755", PackageLayout.product("sandbox-probe").path, program.path])
        let call = user + [program.path] + arguments
        let executable =
            user.isEmpty ? Program(program) : try Program(call[0])
        return try await executable.result(
            Array(call.dropFirst()),
            environment: ["PATH": "/usr/bin:/bin", "TMPDIR": directory.url.path],
            atMost: limit)
    }

    private static func attempts(_ arguments: [String], as user: [String]) async throws -> [Outcome]
    {
        let result = try await probe(["attempts"] + arguments, as: user)
        #expect(result.termination == .exited(0), "\(result.error)")
        return result.text.split(separator: "\n").map { line in
            let words = line.split(separator: "\t").map(String.init)
            return Outcome(name: words[0], wanted: words[2], found: words[3])
        }
    }

    @Test(arguments: users) func everyAttemptIsRefused(user: [String]) async throws {
        let outcomes = try await Self.attempts([], as: user)
        #expect(outcomes.count >= 120)
        for outcome in outcomes {
            let isRight =
                outcome.wanted == "refused"
                ? Self.refusals.contains(outcome.found) : outcome.found == outcome.wanted
            #expect(isRight, "\(outcome.name): \(outcome.found) instead of \(outcome.wanted)")
        }
    }

    /// The probes themselves: what anybody may do outside is done there, so a refusal inside is the
    /// sandbox's and no mistake of the probe.
    @Test(arguments: users) func outsideTheSameAttemptsSucceed(user: [String]) async throws {
        let outcomes = try await Self.attempts(["--open"], as: user)
        #expect(outcomes.count >= 60)
        for outcome in outcomes {
            #expect(outcome.found == "done", "\(outcome.name): \(outcome.found)")
        }
    }

    @Test(arguments: users) func whatDecodersNeedWorks(user: [String]) async throws {
        let result = try await Self.probe(["features"], as: user)
        let lines = result.text.split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        let found = Dictionary(
            lines.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { a, _ in a })
        for feature in [
            "rehearsal", "confinement", "files", "threads", "fonts", "text", "svg", "svg picture",
            "pdf",
            "vector code", "temporary file",
        ] {
            #expect(found[feature] == "ok", "\(feature): \(found[feature] ?? "-") \(result.error)")
        }
        // abort() is told as what it is, not as a forbidden call.
        #expect(lines.last == ["abort"])
        #expect(result.termination == .signalled(SIGABRT))
    }

    /// A kernel or container without a layer, and one that says yes and does nothing: only the proof
    /// finds the latter.
    @Test(arguments: ["landlock", "seccomp", "landlock-lie", "seccomp-lie"])
    func aBrokenLayerIsSeen(layer: String) async throws {
        let directory = try TemporaryDirectory("sandbox-probe")
        let probe = PackageLayout.product("sandbox-probe").path
        let result = try await Program(PackageLayout.product("sandbox-probe")).result(
            ["broken", layer, probe, "features"], environment: ["TMPDIR": directory.url.path])
        #expect(result.text.contains("rehearsal\tno\n"))
        #expect(result.text.contains("confinement\tno\n"))
    }
}
