import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

/// SIGTERM: running work is given time, and what is interrupted is not counted.
struct StopTests {
    private func longFilm() async throws -> URL {
        try await Film {
            $0.width = 1280; $0.height = 720; $0.frameCount = 500
        }.file()
    }

    private func running(_ site: Site) async throws {
        try await Waiting.until("a job at work", within: .seconds(60)) {
            let job = try await site.jobs().first
            return job?["progress"]?["fraction"]?.double ?? 0 > 0 ? true : nil
        }
    }

    @Test func anIdleDaemonStopsAtOnce() async throws {
        let site = try Site("idle")
        try await site.start()
        let start = ContinuousClock.now
        #expect(try await site.stop() == .exited(0))
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(!FileManager.default.fileExists(atPath: site.directory.file("control.sock").path))
    }

    @Test func aJobThatEndsInTimeIsCompletedBeforeTheStop() async throws {
        let site = try Site("drain", ["WORKERS_DRAIN": "60s"])
        try await site.start()
        let name = try site.upload(await Film { $0.frameCount = 100 }.file(), as: "film.mp4")
        try await running(site)
        #expect(try await site.stop(atMost: .seconds(90)) == .exited(0))
        try await site.start()
        let item = try #require(try await site.finished([name], within: .seconds(5))[name])
        #expect(try Published(item).manifest.provenance.attempts == 1)
        #expect(try await site.stop() == .exited(0))
    }

    @Test func anInterruptedJobBurnsNoAttempt() async throws {
        let site = try Site("interrupt", ["WORKERS_DRAIN": "1s"])
        try await site.start()
        let name = try site.upload(await longFilm(), as: "film.mp4")
        try await running(site)
        let start = ContinuousClock.now
        #expect(try await site.stop() == .exited(0))
        #expect(ContinuousClock.now - start < .seconds(15))
        try await site.start()
        let item = try #require(try await site.finished([name], within: .seconds(240))[name])
        #expect(item["state"]?.string == "ready", "\(item)")
        let job = try #require(try await site.jobs().first)
        #expect(job["attempts"]?["total"]?.int == 2 && job["attempts"]?["counted"]?.int == 0)
        let id = try #require(job["id"]?.int)
        let attempts = try await site.get("/jobs/\(id)")["attemptList"]?.array
        #expect(attempts?.map { $0["outcome"]?.string } == ["interrupted", "completed"])
        #expect(try await SiteChecker(site: site).problems(uploads: [name]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aSecondDaemonOnTheSameStateIsRefused() async throws {
        let site = try Site("second")
        let first = try await site.start()
        let second = try RunningProgram(
            PackageLayout.product("vitrined"), ["--embedded", site.directory.url.path],
            environment: site.environment)
        #expect(try await second.wait(atMost: .seconds(30)) == .exited(75))
        #expect(second.error.contains("state"), "\(second.error)")
        // The first one's socket is still its own.
        #expect(first.isRunning)
        #expect(try await site.status()["pid"]?.int == Int(first.identifier))
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aWrongConfigurationSaysWhere() async throws {
        let directory = try TemporaryDirectory("configuration")
        let file = try directory.write(
            """
            inbox:
              path: \(directory.file("inbox").path)
              setle: 3s
            """, to: "vitrine.yaml")
        let result = try await Program(PackageLayout.product("vitrined")).result(
            ["--config", file.path], environment: ["PATH": "/usr/bin:/bin"])
        #expect(result.termination == .exited(78))
        for part in ["vitrine.yaml:3:3", "inbox.setle", "settle"] {
            #expect(result.error.contains(part), "\(result.error)")
        }
    }
}
