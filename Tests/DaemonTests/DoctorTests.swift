import ControlAPI
import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Daemon

/// A doctor who finds what was broken on purpose, and says what to do.
@Suite(.serialized) struct DoctorTests {
    private func mode(_ mode: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func everyBrokenSetUpIsFound() async throws {
        let tools = try TemporaryDirectory("tools")
        let worker = tools.file("worker").path
        let real =
            ProcessInfo.processInfo.environment["VITRINE_WORKER"]
            ?? PackageLayout.product("vitrine-worker").path
        try FileManager.default.createSymbolicLink(atPath: worker, withDestinationPath: real)
        let daemon = try await DaemonUnderTest(
            settings: ["VITRINE_WORKER": worker], file: "workers: { count: 1 }\n")
        let place = daemon.directory.file("d").path
        func finding(_ check: String) async throws -> DoctorReport.Finding? {
            let result = try await daemon.ctl("doctor", "--json")
            let report = try ControlCoding.decode(DoctorReport.self, from: result.output)
            #expect((result.termination == .exited(0)) == report.ok)
            return report.findings.first { $0.check == check }
        }
        /// As if the newest job had been made later, or the clock gone back.
        func tomorrow(_ milliseconds: Int) async throws {
            try await Program("python3").run([
                "-c",
                """
                import sqlite3, sys
                store = sqlite3.connect(sys.argv[1], timeout=20)
                with store:
                    store.execute("UPDATE job SET createdAt = createdAt + ?", [int(sys.argv[2])])
                """, "\(place)/state/vitrine.sqlite", "\(milliseconds)",
            ])
        }
        // What is broken, which check finds it, how bad it is, and how it is mended.
        typealias Break = (
            check: String, status: DoctorReport.Status, make: () async throws -> Void,
            mend: () async throws -> Void
        )
        let files = FileManager.default
        let breaks: [Break] = [
            (
                "originals.private", .warning, { try mode(0o755, "\(place)/originals") },
                { try mode(0o750, "\(place)/originals") }
            ),
            (
                "quarantine.private", .warning, { try mode(0o751, "\(place)/quarantine") },
                { try mode(0o750, "\(place)/quarantine") }
            ),
            (
                "state.private", .warning, { try mode(0o757, "\(place)/state") },
                { try mode(0o750, "\(place)/state") }
            ),
            (
                "storage.readable", .warning, { try mode(0o750, "\(place)/storage") },
                { try mode(0o755, "\(place)/storage") }
            ),
            (
                "socket.mode", .warning, { try mode(0o666, daemon.socket) },
                { try mode(0o660, daemon.socket) }
            ),
            (
                "configuration.valid", .error, { try daemon.configure("workers: { cuont: 1 }\n") },
                { try daemon.configure("workers: { count: 1 }\n") }
            ),
            (
                "configuration.inForce", .warning,
                { try daemon.configure("inbox: { settle: 9s }\n") },
                { try daemon.configure("workers: { count: 1 }\n") }
            ),
            (
                "recipes.valid", .error,
                { try daemon.directory.write("video: { crf: 99 }", to: "d/recipes/bad.yaml") },
                { try files.removeItem(atPath: "\(place)/recipes/bad.yaml") }
            ),
            (
                "queue.open", .warning, { _ = try await daemon.ctl("queue", "pause") },
                { _ = try await daemon.ctl("queue", "resume") }
            ),
            (
                "inbox.writable", .error,
                { try files.moveItem(atPath: "\(place)/inbox", toPath: "\(place)/away") },
                { try files.moveItem(atPath: "\(place)/away", toPath: "\(place)/inbox") }
            ),
            (
                "originals.writable", .error,
                { try files.moveItem(atPath: "\(place)/originals", toPath: "\(place)/away") },
                { try files.moveItem(atPath: "\(place)/away", toPath: "\(place)/originals") }
            ),
            (
                "quarantine.space", .error,
                { try files.moveItem(atPath: "\(place)/quarantine", toPath: "\(place)/away") },
                { try files.moveItem(atPath: "\(place)/away", toPath: "\(place)/quarantine") }
            ),
            (
                "storage.writable", .error,
                { try files.moveItem(atPath: "\(place)/storage", toPath: "\(place)/away") },
                { try files.moveItem(atPath: "\(place)/away", toPath: "\(place)/storage") }
            ),
            (
                "worker.starts", .error, { try files.removeItem(atPath: worker) },
                { try files.createSymbolicLink(atPath: worker, withDestinationPath: real) }
            ),
            (
                "clock", .warning, { try await tomorrow(86_400_000) },
                { try await tomorrow(-86_400_000) }
            ),
            (
                "workers.fit", .warning,
                {
                    try daemon.configure("workers: { count: 200 }\n")
                    _ = try await daemon.ctl("config", "reload")
                },
                {
                    try daemon.configure("workers: { count: 1 }\n")
                    _ = try await daemon.ctl("config", "reload")
                }
            ),
        ]
        // Something whose time can be another.
        let picture = try await Still {
            $0.width = 64; $0.height = 48; $0.format = .png
        }.file()
        let added = try await daemon.ctl("item", "add", picture.path, "--wait")
        #expect(added.termination == .exited(0), "\(added.error)")
        for broken in breaks {
            let before = try await finding(broken.check)
            #expect(before?.status == .ok, "\(broken.check): \(String(describing: before))")
            try await broken.make()
            let found = try #require(try await finding(broken.check), "\(broken.check)")
            #expect(found.status == broken.status, "\(found)")
            #expect(found.advice?.isEmpty == false, "\(found)")
            try await broken.mend()
        }
        _ = try await daemon.stop()
    }

    /// A worker that says one thing of itself and then nothing; Python's keyword arguments.
    private static func worker(
        in place: TemporaryDirectory, saying words: String, whenTrying more: String = ""
    ) throws -> URL {
        let file = try place.write(
            """
            #!/usr/bin/python3
            import json, socket, sys
            ready = dict(protocolVersion=1, versions={}, \(words))
            if "--try-encoders" in sys.argv:
                ready.update(\(more))
            control = socket.socket(fileno=3)
            control.sendall(json.dumps({"ready": {"_0": ready}}).encode() + b"\\n")
            control.recv(1)
            """, to: "worker")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return file
    }

    /// A queue in memory, a worker that is not confined, a disk without room.
    @Test func whatIsWrongFromTheStartIsFound() async throws {
        let place = try TemporaryDirectory("wrong")
        let worker = try Self.worker(
            in: place,
            saying: #"sandbox="reduced", sandboxMissing={"landlock": "Function not implemented"}"#)
        let memory = URL(filePath: "/dev/shm/vitrine-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: memory) }
        let daemon = try await DaemonUnderTest(settings: [
            "VITRINE_WORKER": worker.path, "VITRINE_SANDBOX": "reduced",
            "VITRINE_STATE_PATH": memory.path, "VITRINE_INBOX_MINIMUM_FREE": "900TiB",
            "VITRINE_INBOX_SETTLE": "0s",
        ])
        // Intake pauses when something comes that there is no room for.
        try daemon.directory.write("a film", to: "staged")
        try FileManager.default.moveItem(
            at: daemon.directory.file("staged"), to: daemon.directory.file("d/inbox/film.mp4"))
        let wrong: [String: DoctorReport.Status] = [
            "worker.sandbox": .warning, "state.fileSystem": .warning, "inbox.space": .error,
            "intake.accepting": .error,
        ]
        try await Waiting.until("the findings", within: .seconds(30)) { () -> Bool? in
            let result = try await daemon.ctl("doctor", "--json")
            let report = try ControlCoding.decode(DoctorReport.self, from: result.output)
            let found = report.findings.filter { $0.status != .ok }
            for finding in found { #expect(finding.advice?.isEmpty == false, "\(finding)") }
            return wrong.allSatisfy { check, status in
                found.contains { $0.check == check && $0.status == status }
            } ? true : nil
        }
        _ = try await daemon.stop()
    }

    /// A worker that says of itself what one without libheif's plugin says.
    @Test func aMissingEncoderIsFound() async throws {
        let place = try TemporaryDirectory("unable")
        let worker = try Self.worker(
            in: place, saying: #"sandbox="active""#,
            whenTrying: #"encodersMissing={"avif": "heifsave: Unsupported compression"}"#)
        let daemon = try await DaemonUnderTest(settings: ["VITRINE_WORKER": worker.path])
        let result = try await daemon.ctl("doctor", "--json")
        let report = try ControlCoding.decode(DoctorReport.self, from: result.output)
        let finding = try #require(report.findings.first { $0.check == "worker.encoders" })
        #expect(finding.status == .error && finding.detail.contains("Unsupported compression"))
        #expect(finding.advice?.contains("libheif-plugin-aomenc") == true)
        #expect(result.termination == .exited(1))
        _ = try await daemon.stop()
    }

    @Test func delegationIsTold() {
        let unusable = WorkerGroups.Finding.unusable("why").finding
        #expect(unusable.status == .warning && unusable.advice?.contains("Delegate=") == true)
        let none = WorkerGroups.Finding.none("why").finding
        #expect(none.status == .ok && none.detail.hasSuffix("why"))
    }

    @Test func fileSystemsAreKnownByWhatTheyDo() {
        let mounts = """
            22 1 8:1 / / rw - ext4 /dev/sda1 rw
            23 22 0:5 / /run rw - tmpfs tmpfs rw
            24 22 0:6 / /srv/in\\040box rw shared:7 - nfs4 server:/x rw
            25 23 8:2 / /run/disk rw - xfs /dev/sdb1 rw
            """
        func kind(_ path: String) -> FileSystemKind { FileSystemKind(of: path, mounts: mounts) }
        #expect(kind("/var/lib/vitrine").name == "ext4" && kind("/var/lib").survivesRestart)
        #expect(kind("/run/vitrine").name == "tmpfs" && !kind("/run/vitrine").survivesRestart)
        #expect(kind("/run/disk/x").name == "xfs")
        let inbox = kind("/srv/in box/a")
        #expect(inbox.name == "nfs4" && !inbox.notifies && !inbox.keepsDatabases)
        #expect(kind("/srv/inner").notifies)
        // The machine's own list, against the program that reads it, too.
        #expect(FileSystemKind(of: "/proc").name == "proc")
    }

    @Test func fewDescriptorsAreFound() async throws {
        let script = try TemporaryDirectory("few")
        let file = try script.write(
            "#!/bin/sh\nulimit -n 300\nexec '\(PackageLayout.product("vitrined").path)' \"$@\"\n",
            to: "vitrined")
        try mode(0o755, file.path)
        let daemon = try await DaemonUnderTest(program: file)
        let result = try await daemon.ctl("doctor", "--json")
        let report = try ControlCoding.decode(DoctorReport.self, from: result.output)
        let finding = report.findings.first { $0.check == "limits.descriptors" }
        #expect(finding?.status == .warning && finding?.detail == "300 open files")
        _ = try await daemon.stop()
    }
}
