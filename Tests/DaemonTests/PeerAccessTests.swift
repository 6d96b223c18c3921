import ControlAPI
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Daemon

@Suite(.serialized) struct PeerAccessTests {
    private func access(readers: [String], operators: [String]) -> PeerAccess {
        var control = Configuration.Control()
        control.readers = readers
        control.operators = operators
        return PeerAccess(control, ownUserID: 900) { user, group in
            PeerNames(
                user: user == 1000 ? "alice" : nil,
                groups: user == 1000 ? [group: nil, 50: "editors"] : [group: nil])
        }
    }

    private func right(_ access: PeerAccess, user: UInt32, group: UInt32 = 7) async
        -> PeerAccess.Right
    {
        await access.right(of: PeerCredentials(processID: 1, userID: user, groupID: group))
    }

    @Test func everybodyMayDoEverythingByDefault() async {
        let open = access(readers: ["all"], operators: ["all"])
        #expect(await right(open, user: 1234) == .operate)
        #expect(await open.right(of: nil) == .operate)
    }

    @Test(arguments: ["alice", "1000", "@editors", "@50", "@7"])
    func anOperatorIsNamedByUserOrGroup(word: String) async {
        let some = access(readers: ["all"], operators: ["nobody-else", word])
        #expect(await right(some, user: 1000) == .operate)
        #expect(await right(some, user: 1001, group: 8) == .read)
        #expect(await some.right(of: nil) == .read)
    }

    @Test func readersAreNamedToo() async {
        let some = access(readers: ["@editors"], operators: ["bob"])
        #expect(await right(some, user: 1000) == .read)
        #expect(await right(some, user: 1001) == .none)
        #expect(await some.right(of: nil) == .none)
    }

    @Test func rootAndTheDaemonItselfAreNeverLockedOut() async {
        let nobody = access(readers: ["bob"], operators: ["bob"])
        #expect(await right(nobody, user: 0) == .operate)
        #expect(await right(nobody, user: 900) == .operate)
    }

    @Test func theSystemKnowsWhoWeAre() async throws {
        let names = PeerNames.lookUp(user: getuid(), group: getgid())
        let user = try await Program("id").run(["-un"])
        #expect(names.user.map { $0 + "\n" } == String(decoding: user, as: UTF8.self))
        let groups = String(decoding: try await Program("id").run(["-G"]), as: UTF8.self)
        for number in groups.split(whereSeparator: \.isWhitespace) {
            #expect(names.groups[UInt32(number) ?? 0] != nil, "\(number)")
        }
    }

    /// The kernel says who it is, through the real socket. Needs another user, so root.
    @Test(.enabled(if: geteuid() == 0))
    func theSocketTellsWhoMayDoWhat() async throws {
        let daemon = try await DaemonUnderTest(
            file: "control: { readers: [all], operators: [\"4242\"] }\n")
        // So that strangers reach the socket at all.
        let directory = daemon.directory
        for (path, mode) in [
            (daemon.socket, 0o666), (directory.url.path, 0o755), (directory.file("d").path, 0o755),
        ] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: path)
        }
        func status(_ user: Int, _ arguments: String...) async throws -> String {
            let output = try await Program("setpriv").run(
                [
                    "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "curl", "-sS",
                    "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", daemon.socket,
                ]
                    + arguments)
            return String(decoding: output, as: UTF8.self)
        }
        let (read, change) = ("http://v/v1/status", "http://v/v1/queue/resume")
        #expect(try await status(4242, "-d", "", change) == "200")
        #expect(try await status(4243, read) == "200")
        #expect(try await status(4243, "-d", "", change) == "403")
        #expect(try await status(4243, "-X", "DELETE", read) == "403", "before anything else")
        try daemon.configure("control: { readers: [\"4242\"], operators: [\"4242\"] }\n")
        #expect(try await status(4243, "-d", "", "http://v/v1/config/reload") == "403")
        #expect(try await daemon.ctl("config", "reload").termination == .exited(0))
        #expect(try await status(4243, read) == "403")
        #expect(try await status(4242, read) == "200")
        let refused = try await Program("setpriv").result([
            "--reuid", "4243", "--regid", "4243", "--clear-groups",
            PackageLayout.product("vitrinectl").path, "status", "--socket", daemon.socket,
        ])
        #expect(refused.termination == .exited(77), "\(refused.error)")
        #expect(refused.error.contains("control.readers"))
        _ = try await daemon.stop()
    }
}
