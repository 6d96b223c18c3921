import ControlAPI
import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

/// The real daemon with its real worker, and the real command against it.
@Suite(.serialized) struct DaemonProcessTests {
    @Test func itStartsAnswersAndStopsCleanly() async throws {
        let daemon = try await DaemonUnderTest()
        var status = stat()
        #expect(unsafe lstat(daemon.socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        let document = try await daemon.json(StatusDocument.self, "status")
        #expect(document.state == .running)
        #expect(document.pid == daemon.program.identifier)
        #expect(document.intake.state == "accepting")
        #expect(document.sandbox == "active")
        let report = try await daemon.json(DoctorReport.self, "doctor")
        for check in ["worker.starts", "worker.sandbox", "worker.encoders", "worker.groups"] {
            #expect(report.findings.contains { $0.check == check && $0.status == .ok })
        }
        #expect(try await daemon.stop() == .exited(0))
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
        let left = try FileManager.default.contentsOfDirectory(
            atPath: daemon.directory.file("d").path)
        #expect(left.sorted() == ["inbox", "originals", "quarantine", "state", "storage"])
    }

    @Test func aRefusedUploadIsListedAndTheCommandSaysSo() async throws {
        let daemon = try await DaemonUnderTest()
        let text = try daemon.directory.write(
            String(repeating: "not a film\n", count: 50), to: "fake.mp4")
        let added = try await daemon.ctl("item", "add", "--wait", text.path)
        #expect(added.termination == .exited(1))
        let page = try await daemon.json(ItemPage.self, "item", "list")
        let item = try #require(page.items.first)
        #expect(page.items.count == 1)
        #expect(item.state == .failed)
        #expect(item.fileName == "fake.mp4")
        #expect(item.reason?.uploader.isEmpty == false)
        let detail = try await daemon.json(ItemDetail.self, "item", "show", item.id.rawValue)
        #expect(detail.jobs.first?.attemptList.count == 1)
        // Added again it is the same item.
        let again = try await daemon.ctl("item", "add", text.path)
        #expect(again.termination == .exited(0))
        #expect(try await daemon.json(ItemPage.self, "item", "list").items.count == 1)
        _ = try await daemon.stop()
    }

    @Test func exitCodesSayWhatWentWrong() async throws {
        let daemon = try await DaemonUnderTest()
        func code(_ arguments: String...) async throws -> Termination {
            try await Program(PackageLayout.product("vitrinectl")).result(
                arguments + ["--socket", daemon.socket], environment: [:]
            ).termination
        }
        #expect(try await code("status") == .exited(0))
        #expect(try await code("item", "show", "nobody") == .exited(3))
        #expect(try await code("item", "show", "../escape") == .exited(3))
        #expect(try await code("job", "show", "77") == .exited(3))
        #expect(try await code("job", "show", "seven") == .exited(64))
        #expect(try await code("status", "--colour") == .exited(64))
        #expect(try await code("item", "list", "--limit", "0") == .exited(64))
        #expect(try await code("item", "list", "--cursor", "x") == .exited(65))
        #expect(try await code("item", "add", "/nowhere/at/all.jpg") == .exited(65))
        #expect(try await code("item", "add", daemon.directory.url.path) == .exited(65))
        let link = daemon.directory.file("link.jpg")
        try FileManager.default.createSymbolicLink(
            at: link, withDestinationURL: URL(filePath: "/etc/hostname"))
        #expect(try await code("item", "add", link.path) == .exited(65))
        #expect(try await daemon.stop() == .exited(0))
        let unreachable = try await daemon.ctl("status")
        #expect(unreachable.termination == .exited(69))
        #expect(unreachable.error.contains("hint:"))
        #expect(unreachable.output.isEmpty)
    }

    @Test func problemsAreDocumentsOfTheStandard() async throws {
        let daemon = try await DaemonUnderTest()
        func problem(_ path: String, _ options: String...) async throws -> Problem.Kind? {
            let bytes = try await Program("curl").run(
                ["-sS", "-D", "/dev/stderr", "--unix-socket", daemon.socket] + options
                    + ["http://vitrine\(path)"])
            return try ControlCoding.decode(Problem.self, from: bytes).kind
        }
        #expect(try await problem("/") == .notFound)
        #expect(try await problem("/v1/nothing") == .notFound)
        #expect(try await problem("/v1/items/nobody") == .notFound)
        #expect(try await problem("/v1/items/nobody/manifest") == .notFound)
        #expect(try await problem("/v1/items?limit=1001") == .badRequest)
        #expect(try await problem("/v1/items?state=redy") == .badRequest)
        #expect(try await problem("/v1/items", "-d", "{}") == .badRequest)
        #expect(try await problem("/v1/items", "-d", #"{"path":"relative"}"#) == .badRequest)
        #expect(try await problem("/v1/items", "-d", #"{"path":"/x","sidcar":{}}"#) == .badRequest)
        #expect(try await problem("/v1/queue/pause", "-d", #"{"seconds":-1}"#) == .badRequest)
        let long = try daemon.directory.write(Data(count: 70_000), to: "long")
        #expect(
            try await problem("/v1/items", "--data-binary", "@\(long.path)") == .tooLarge)
        #expect(try await daemon.curl("/v1/version").status == 200)
        _ = try await daemon.stop()
    }

    @Test func aPausedQueueStaysPausedAcrossJobsAndGoesOn() async throws {
        let daemon = try await DaemonUnderTest()
        #expect(try await daemon.json(QueueState.self, "queue", "pause").paused)
        let file = try daemon.directory.write("text", to: "a.mp4")
        _ = try await daemon.ctl("item", "add", file.path)
        let held = try await daemon.ctl("job", "hold", "1")
        #expect(held.termination == .exited(0))
        #expect(try await daemon.ctl("job", "hold", "1").termination == .exited(4))
        #expect(try await daemon.ctl("job", "release", "1").termination == .exited(0))
        let status = try await daemon.json(StatusDocument.self, "status")
        #expect(status.state == .paused)
        #expect(status.queue.available == 1)
        #expect(try await daemon.ctl("job", "cancel", "1").termination == .exited(0))
        #expect(
            try await daemon.json(JobDetail.self, "job", "show", "1").job.state == .cancelled)
        #expect(try await !daemon.json(QueueState.self, "queue", "resume").paused)
        _ = try await daemon.stop()
    }

    @Test func followersOfTheLogEndWithTheDaemon() async throws {
        let daemon = try await DaemonUnderTest()
        let follower = try RunningProgram(
            PackageLayout.product("vitrinectl"),
            ["events", "--follow", "--json", "--socket", daemon.socket])
        let file = try daemon.directory.write("text", to: "a.mp4")
        _ = try await daemon.ctl("item", "add", "--wait", file.path)
        try await Waiting.until("the event", within: .seconds(10)) { () -> Bool? in
            String(decoding: follower.output, as: UTF8.self).contains("job.discarded") ? true : nil
        }
        #expect(try await daemon.stop() == .exited(0))
        #expect(try await follower.wait(atMost: .seconds(5)) == .exited(0))
        let numbers = try follower.output.split(separator: UInt8(ascii: "\n")).map {
            try ControlCoding.decode(EventDocument.self, from: Data($0)).sequence
        }
        #expect(numbers == Array(1...Int64(numbers.count)))
    }

    @Test func aSecondDaemonIsTurnedAway() async throws {
        let daemon = try await DaemonUnderTest()
        let second = try await Program(PackageLayout.product("vitrined")).result(
            ["--embedded", daemon.directory.file("d").path], environment: daemon.environment)
        #expect(second.termination == .exited(75))
        #expect(second.error.contains("another vitrined uses"))
        // The first still answers on its socket.
        #expect(try await daemon.ctl("status").termination == .exited(0))
        _ = try await daemon.stop()
    }

    @Test func aDaemonOnTheSocketOfAnotherIsTurnedAway() async throws {
        let daemon = try await DaemonUnderTest()
        let directory = try TemporaryDirectory("daemon")
        let second = try await Program(PackageLayout.product("vitrined")).result(
            ["--embedded", directory.file("d").path],
            environment: daemon.environment.merging(["VITRINE_CONTROL_SOCKET": daemon.socket]) {
                $1
            })
        #expect(second.termination == .exited(75))
        #expect(second.error.contains("another process answers at \(daemon.socket)"))
        // Neither the socket nor what it answers is the second's.
        let document = try await daemon.json(StatusDocument.self, "status")
        #expect(document.pid == daemon.program.identifier)
        #expect(try await daemon.stop() == .exited(0))
    }

    /// Shell commands that take the socket's place away, and how the daemon ends then.
    static let obstacles: [(command: String, exitCode: Int32, message: String)] = [
        ("echo precious > control.sock", 78, "control.sock exists and is no socket"),
        ("rmdir .$PPID", 70, "control.sock: "),
    ]

    @Test(arguments: obstacles)
    func aSocketThatCannotBeOpenedEndsTheDaemonBeforeItIsReady(
        command: String, exitCode: Int32, message: String
    ) async throws {
        let directory = try TemporaryDirectory("daemon")
        let place = directory.file("d").path
        var environment = ["PATH": "/usr/bin:/bin", "VITRINE_INBOX_MINIMUM_FREE": "1MiB"]
        let named = ProcessInfo.processInfo.environment["VITRINE_WORKER"]
        let worker = named ?? PackageLayout.product("vitrine-worker").path
        // Workers start after the place was found free and before the socket is opened.
        let script = try directory.write(
            "#!/bin/sh\n(cd '\(place)' && \(command))\nexec '\(worker)' \"$@\"\n", to: "worker")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: script.path)
        environment["VITRINE_WORKER"] = script.path
        let program = try RunningProgram(
            PackageLayout.product("vitrined"), ["--embedded", place], environment: environment)
        #expect(try await program.wait(atMost: .seconds(30)) == .exited(exitCode))
        #expect(program.error.contains("vitrined: control.socket: \(place)/"))
        #expect(program.error.contains(message))
        #expect(!program.error.contains("message=ready"))
    }

    @Test func theSocketIsNamedBeforeOrAfterTheCommand() async throws {
        let daemon = try await DaemonUnderTest()
        let command = Program(PackageLayout.product("vitrinectl"))
        for arguments in [
            ["--socket", daemon.socket, "status"], ["--socket=\(daemon.socket)", "status"],
            ["status", "--socket", daemon.socket], ["status", "--socket=\(daemon.socket)"],
            ["--socket", daemon.socket, "item", "list", "--json"],
        ] {
            let result = try await command.result(arguments, environment: [:])
            #expect(result.termination == .exited(0), "\(arguments): \(result.error)")
            #expect(!result.output.isEmpty)
        }
        let alone = try await command.result(["--socket", daemon.socket], environment: [:])
        #expect(alone.termination == .exited(64))
        _ = try await daemon.stop()
    }

    @Test func aPauseWithAnEndEndsByItself() async throws {
        let daemon = try await DaemonUnderTest()
        let pause = try await daemon.json(QueueState.self, "queue", "pause", "--for", "2")
        #expect(pause.paused)
        let end = try #require(pause.pausedUntil)
        let file = try daemon.directory.write("text", to: "a.mp4")
        let added = try await daemon.ctl("item", "add", "--wait", "--timeout", "60", file.path)
        // The job ran, and failed for what it is.
        #expect(added.termination == .exited(1))
        let job = try await daemon.json(JobDetail.self, "job", "show", "1")
        let began = try #require(job.attemptList.first?.startedAt)
        #expect(end <= began)
        #expect(try await daemon.json(StatusDocument.self, "status").state == .running)
        _ = try await daemon.stop()
    }

    @Test func aWrongConfigurationEndsWith78AndEveryMessage() async throws {
        let directory = try TemporaryDirectory("daemon")
        let file = try directory.write("inbox: { setle: 2s }\nlogs: 1\n", to: "v.yaml")
        let result = try await Program(PackageLayout.product("vitrined")).result(
            ["--config", file.path], environment: [:])
        #expect(result.termination == .exited(78))
        #expect(
            result.error == """
                \(file.path):1:10: inbox.setle: unknown key; did you mean `settle`?
                \(file.path):2:1: logs: unknown key; did you mean `log`?

                """)
    }
}
