import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

/// Jobs that would not fit beside each other, in a daemon as it is installed.
struct ResourceTests {
    private static func film(_ frames: Int) -> Film {
        Film {
            $0.width = 640; $0.height = 360; $0.frameCount = frames
        }
    }

    /// Uploads films that come together: making one takes longer than processing another.
    private static func upload(_ frameCounts: [Int], to site: Site) async throws {
        var files: [URL] = []
        for count in frameCounts { files.append(try await film(count).file()) }
        for (index, file) in files.enumerated() {
            try site.upload(file, as: "film\(index).mp4")
        }
    }

    /// From the end of the wait to the end of the work, as the manifest says.
    private static func work(_ published: Published) throws -> ClosedRange<Double> {
        let provenance = published.manifest.provenance
        let stages = provenance.stages
        guard let wait = stages.first(where: { $0.name == "wait" }) else {
            throw SiteError("no wait among \(stages.map(\.name))")
        }
        let start = wait.startedAt.secondsSince1970 + wait.seconds
        return start...max(start, provenance.finishedAt.secondsSince1970)
    }

    @Test func twoFilmsTakeTurnsWhereMemoryIsForOne() async throws {
        // Less than the libraries alone need: nothing fits beside anything, and each runs alone.
        let site = try Site("memory", ["WORKERS_COUNT": "2", "WORKERS_MEMORY": "64MiB"])
        try await site.start()
        try await Self.upload([250, 251], to: site)
        let waiting = try await Waiting.until("a job that waits", within: .seconds(120)) {
            try await site.jobs().first { $0["progress"]?["waitingFor"]?.string != nil }
        }
        #expect(waiting["progress"]?["stage"]?.string == "wait")
        let what = try #require(waiting["progress"]?["waitingFor"]?.string)
        #expect(what.hasSuffix(" MiB of memory"), "\(what)")
        // An operator sees it without looking for it.
        let status = try await site.status()
        #expect(status["workers"]?["memoryBytes"]?.int == 64 << 20)
        let shown = try await site.ctl("job", "show", "\(waiting["id"]?.int ?? 0)")
        if try await site.status()["workers"]?["waiting"]?.int == 1 {
            #expect(shown.text.contains("waiting for \(what)"), "\(shown.text)")
        }

        let items = try await site.finished(["film0.mp4", "film1.mp4"])
        let works = try items.values.map { item in
            #expect(item["state"]?.string == "ready")
            return try Self.work(Published(item))
        }
        #expect(works.count == 2 && !works[0].overlaps(works[1]), "\(works)")
        let after = try await site.status()
        #expect(after["workers"]?["heldMemoryBytes"]?.int == 0)
        #expect(after["workers"]?["waiting"]?.int == 0)
        #expect(try await site.stop() == .exited(0))
    }

    /// Cancelling does not wait for memory, and a stop costs the one that waits no attempt.
    @Test func oneThatWaitsCanBeCancelledAndInterrupted() async throws {
        let site = try Site(
            "memory", ["WORKERS_COUNT": "3", "WORKERS_MEMORY": "64MiB", "WORKERS_DRAIN": "0s"])
        try await site.start()
        try await Self.upload([500, 501, 502], to: site)
        let waiting = try await Waiting.until("two jobs that wait", within: .seconds(120)) {
            let jobs = try await site.jobs().filter {
                $0["progress"]?["waitingFor"]?.string != nil
            }
            return jobs.count == 2 ? jobs.compactMap { $0["id"]?.int } : nil
        }
        // The one that works stands still, or a fast machine is done before the looks are.
        let working = try #require(
            try await site.jobs().first {
                $0["state"]?.string == "running" && !waiting.contains($0["id"]?.int ?? 0)
            })
        let detail = try await site.get("/jobs/\(working["id"]?.int ?? 0)")
        let worker = try #require(detail["attemptList"]?.array?.last?["workerPID"]?.int)
        kill(Int32(worker), SIGSTOP)
        let cancelled = try await site.ctl("job", "cancel", "\(waiting[0])")
        #expect(cancelled.termination == .exited(0))
        try await Waiting.until("the end of job \(waiting[0])", within: .seconds(30)) {
            try await site.get("/jobs/\(waiting[0])")["state"]?.string == "cancelled" ? true : nil
        }
        let status = try await site.status()
        #expect(status["workers"]?["waiting"]?.int == 1, "\(status)")
        #expect(try await site.stop() == .exited(0))

        try await site.start()
        let job = try await site.get("/jobs/\(waiting[1])")
        #expect(job["attempts"]?["counted"]?.int == 0)
        #expect(["available", "running"].contains(job["state"]?.string ?? ""))
        #expect(try await site.stop() == .exited(0))
    }
}
