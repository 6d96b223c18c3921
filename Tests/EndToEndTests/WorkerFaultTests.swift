import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

/// Whatever happens inside a worker is an attempt that ended, never a daemon that stopped.
struct WorkerFaultTests {
    /// Every way to go wrong in its own upload, good uploads in between.
    @Test func theDaemonSurvivesEveryMisbehaviour() async throws {
        let ways = [
            "segfault", "abort", "leave", "fail", "exhaust", "garbage", "flood", "lie", "orphan",
        ]
        let site = try await Site.misbehaving(["WORKERS_COUNT": "2"])
        let daemon = try await site.start()
        let picture = try await Still {
            $0.width = 64; $0.height = 48; $0.format = .png
        }.file()
        var names: [String] = []
        for (index, way) in ways.enumerated() {
            // Bytes of its own, so that each is an upload of its own.
            for name in ["\(way)-\(index).png", "good-\(index).png"] {
                names.append(
                    try site.upload(
                        Data(contentsOf: picture) + Data("\(name)".utf8), as: name))
            }
        }
        let items = try await site.finished(names, within: .seconds(240))
        #expect(daemon.isRunning)
        #expect(try await site.status()["pid"]?.int == Int(daemon.identifier))
        for name in names {
            let item = try #require(items[name])
            let expected = name.hasPrefix("good") ? "ready" : "failed"
            #expect(item["state"]?.string == expected, "\(name): \(item)")
        }
        // A crash is tried once more, then it is the upload's.
        for job in try await site.jobs()
        where job["fileName"]?.string?.hasPrefix("segfault") == true {
            #expect(job["attempts"]?["counted"]?.int == 2, "\(job)")
        }
        #expect(try await SiteChecker(site: site).problems(uploads: names) == [])
        // A worker that flooded or hoarded has left nothing in the daemon.
        let memory = try #require(ProcessStatus(daemon.identifier)).residentBytes
        #expect(memory < 400 << 20, "\(memory >> 20) MiB")
        try await noOrphans(of: daemon)
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aWorkerThatHangsIsEnded() async throws {
        let site = try await Site.misbehaving(["LIMITS_PROBE_SECONDS": "2", "WORKERS_COUNT": "1"])
        let daemon = try await site.start()
        let picture = try await Still {
            $0.width = 64; $0.height = 48; $0.format = .png
        }.file()
        for way in ["hang", "spin", "chatter"] {
            try site.upload(Data(contentsOf: picture) + Data(way.utf8), as: "\(way).png")
        }
        try site.upload(picture, as: "good.png")
        // The hanging ones are ended after their deadline and wait for another attempt; the good
        // one gets its turn.
        let items = try await site.finished(["good.png"], within: .seconds(90))
        #expect(items["good.png"]?["state"]?.string == "ready")
        #expect(daemon.isRunning)
        let reasons = try await Waiting.until("the end of a hanging attempt", within: .seconds(60))
        {
            let failed = try await site.jobs().filter {
                ["hang.png", "spin.png", "chatter.png"].contains($0["fileName"]?.string ?? "")
                    && $0["reason"]?.object != nil
            }
            return failed.count == 3 ? failed.map { $0["reason"]?["code"]?.string ?? "" } : nil
        }
        #expect(reasons.count == 3)
        #expect(try await site.stop() == .exited(0))
        try await noOrphans(of: daemon)
    }

    @Test func aKilledWorkersJobIsTriedAgainAndCompleted() async throws {
        let site = try Site("killed-worker", ["WORKERS_COUNT": "1"])
        let daemon = try await site.start()
        let name = try site.upload(
            await Film {
                $0.width = 960; $0.height = 540; $0.frameCount = 240
            }.file(), as: "film.mp4")
        let first = try #require(zygote(of: daemon))
        let killed = try await worker(of: daemon, at: site)
        kill(killed, SIGKILL)
        let crashed = try await worker(of: daemon, at: site, after: killed)
        // No evidence against anybody.
        #expect(zygote(of: daemon) == first)
        kill(crashed, SIGSEGV)
        let last = try await worker(of: daemon, at: site, after: crashed)
        // Its address layout may have been found out.
        let next = try #require(zygote(of: daemon))
        #expect(next != first)
        // Those that were forked from it do not need it any more.
        kill(next, SIGKILL)
        let item = try #require(try await site.finished([name], within: .seconds(180))[name])
        #expect(item["state"]?.string == "ready", "\(item)")
        let published = try Published(item)
        #expect(published.manifest.provenance.attempts == 3)
        let attempts = try await site.get("/jobs/1")["attemptList"]?.array ?? []
        #expect(
            attempts.compactMap { $0["workerPID"]?.int } == [killed, crashed, last].map(Int.init))
        let photograph = try site.upload(try await Still().file(), as: "after.jpg")
        let after = try await site.finished([photograph], within: .seconds(60))
        #expect(after[photograph]?["state"]?.string == "ready")
        #expect(zygote(of: daemon).map { $0 != next } == true)
        #expect(try await SiteChecker(site: site).problems(uploads: [name, photograph]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    /// The zygote has made a worker and is killed before it says so.
    @Test func aWorkerThatNobodyWasToldOfIsWaitedFor() async throws {
        let site = try await Site.misbehaving(["WORKERS_COUNT": "1"])
        let order = site.directory.file("worker.untold")
        try Data().write(to: order)
        let daemon = try await site.start()
        let name = try site.upload(try await Still().file(), as: "good.jpg")
        let item = try await site.finished([name], within: .seconds(60))[name]
        #expect(item?["state"]?.string == "ready", "\(item as Any)")
        #expect(!FileManager.default.fileExists(atPath: order.path))
        #expect(try await site.jobs().first?["attempts"]?["counted"]?.int == 0)
        try await noOrphans(of: daemon)
        #expect(try await site.stop() == .exited(0))
    }

    /// The worker of the only running job, once it has shown progress.
    private func worker(
        of daemon: RunningProgram, at site: Site, after last: Int32? = nil
    ) async throws -> Int32 {
        let worker = try await Waiting.until("a worker at work", within: .seconds(60)) {
            let job = try await site.get("/jobs?limit=1")["jobs"]?.array?.first
            guard job?["progress"]?["fraction"]?.double ?? 0 > 0, let id = job?["id"]?.int else {
                return Int32?.none
            }
            let found = try await site.get("/jobs/\(id)")["attemptList"]?.array?.last?["workerPID"]?
                .int.map { Int32($0) }
            return found == last ? nil : found
        }
        #expect(ProcessStatus(worker)?.parent == daemon.identifier)
        return worker
    }

    private func zygote(of daemon: RunningProgram) -> Int32? {
        ProcessStatus.children(of: daemon.identifier)
            .first { $0.name == "vitrine-zygote" && $0.state != "Z" }?.identifier
    }

    /// What ended two workers ends a third of the same parts.
    @Test func aPoisonUploadIsTriedAgainOnlyByOtherParts() async throws {
        let site = try await Site.misbehaving(["WORKERS_COUNT": "1"])
        try await site.start()
        let picture = try await Still {
            $0.width = 64; $0.height = 48; $0.format = .png
        }.file()
        try site.upload(Data(contentsOf: picture) + Data("poison".utf8), as: "segfault.png")
        try await site.finished(["segfault.png"], within: .seconds(90))

        let same = try #require(try await site.json("item", "reprocess", "--failed")["results"])
        let left = try #require(same.array?.first)
        #expect(left["outcome"]?.string == "skipped", "\(same)")
        #expect(left["reason"]?.string?.contains("has not changed since") == true, "\(left)")
        #expect(left["reason"]?.string?.contains("libvips 8.") == true, "\(left)")
        #expect(try await site.jobs().count == 1)
        #expect(try await site.stop() == .exited(0))

        // As if they had been another libvips's.
        try await Program("python3").run([
            "-c",
            """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            with store:
                changed = store.execute(
                    "UPDATE attempt SET tools = json_set(tools, '$.libvips', '8.0.1')").rowcount
            assert changed == 2, changed
            """, site.state.appending(path: "vitrine.sqlite").path,
        ])
        try await site.start()
        let other = try #require(try await site.json("item", "reprocess", "--failed")["results"])
        #expect(other.array?.first?["outcome"]?.string == "queued", "\(other)")
        #expect(try await site.jobs().count == 2)
        #expect(try await site.stop() == .exited(0))
    }

    /// No process of the site is left but the daemon and its spare.
    private func noOrphans(of daemon: RunningProgram) async throws {
        try await Waiting.until("the end of all workers", within: .seconds(30)) {
            let left = ProcessStatus.children(of: daemon.identifier).filter { $0.state == "Z" }
            return left.isEmpty ? true : nil
        }
    }
}
