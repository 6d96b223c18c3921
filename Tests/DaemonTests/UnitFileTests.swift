import Foundation
import TestSupport
import Testing

private let isUnitJudgeable = (try? Program("systemd-analyze")) != nil

/// The unit as it is shipped, judged by systemd's own programs. What it does is shown by
/// `make test-systemd`.
@Suite(.enabled(if: isUnitJudgeable, "systemd-analyze is not installed here"))
struct UnitFileTests {
    /// What each kind of machine may add to the unit; the limits are on a scale of 0 to 100.
    private static let dropIns = [
        (names: [], limit: 6), (names: ["directories", "credentials", "memory"], limit: 6),
        (names: ["groups"], limit: 7), (names: ["network"], limit: 15),
        (names: ["network", "systemd-254"], limit: 15),
    ]

    /// The unit with drop-ins in a directory of its own; with programs that exist here.
    private func unit(_ names: [String], in directory: TemporaryDirectory) throws -> String {
        let text = try String(
            contentsOf: PackageLayout.file("systemd/vitrined.service"), encoding: .utf8)
        let file = directory.file("vitrined.service")
        try text.replacing(
            "/usr/bin/", with: PackageLayout.products.path + "/"
        ).write(to: file, atomically: true, encoding: .utf8)
        let place = directory.file("vitrined.service.d")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for name in names {
            try FileManager.default.copyItem(
                at: PackageLayout.file("systemd/examples/\(name).conf"),
                to: place.appending(path: "\(name).conf"))
        }
        return file.path
    }

    @Test(arguments: dropIns)
    func systemdFindsNothingToSay(names: [String], limit: Int) async throws {
        let directory = try TemporaryDirectory("unit")
        let result = try await Program("systemd-analyze").result([
            "verify", "--recursive-errors=no", try unit(names, in: directory),
        ])
        // Its exit code alone says little: 252 passes over what it does not know. And it does not know
        // what the drop-in for 254 is about.
        let newer = result.error.split(separator: "\n").filter { $0.contains("systemd-254.conf:") }
        #expect(result.error.split(separator: "\n").count == newer.count, "\(result.error)")
        if newer.isEmpty { #expect(result.termination == .exited(0)) }
    }

    @Test(arguments: dropIns)
    func theUnitIsHardened(names: [String], limit: Int) async throws {
        let directory = try TemporaryDirectory("unit")
        let result = try await Program("systemd-analyze").result([
            "security", "--offline=yes", "--no-pager", "--threshold=\(limit)",
            try unit(names, in: directory),
        ])
        #expect(
            result.termination == .exited(0),
            "\(result.text.split(separator: "\n").filter { $0.hasPrefix("✗") || $0.hasPrefix("→") })"
        )
    }

    /// Files for users and directories that systemd would refuse only on the machine itself.
    @Test func usersAndDirectoriesAreMade() async throws {
        let root = try TemporaryDirectory("root")
        try FileManager.default.createDirectory(
            at: root.file("etc"), withIntermediateDirectories: false)
        let sysusers = PackageLayout.file("systemd/vitrine.sysusers").path
        try await Program("systemd-sysusers").run(["--root=\(root.url.path)", sysusers])
        let users = try String(contentsOf: root.file("etc/passwd"), encoding: .utf8)
        #expect(users.contains("vitrine:x:"))
        #expect(users.contains(":/var/lib/vitrine:/usr/sbin/nologin"))
        let groups = try String(contentsOf: root.file("etc/group"), encoding: .utf8)
            .split(separator: "\n")
        #expect(groups.contains { $0.hasPrefix("vitrine-upload:x:") && $0.hasSuffix(":vitrine") })
        let made = try await Program("systemd-tmpfiles").result([
            "--create", "--root=\(root.url.path)",
            PackageLayout.file("systemd/vitrine.tmpfiles").path,
        ])
        #expect(made.error == "")
        #expect(made.termination == .exited(0))
        let inbox = root.file("var/lib/vitrine/inbox").path
        let mode = try FileManager.default.attributesOfItem(atPath: inbox)[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o2770)
    }
}
