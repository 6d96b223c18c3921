import Foundation
import MediaModel
import TestSupport
import Testing

/// `vitrinectl` and the socket: shapes, orders, exit codes.
struct ControlTests {
    private func keys(_ value: JSONValue?) -> Set<String> {
        Set((value?.object ?? [:]).keys)
    }

    @Test func statusHasItsShape() async throws {
        let status = try await Gallery.site.json("status")
        #expect(
            keys(status).isSuperset(of: [
                "version", "state", "queue", "workers", "sandbox", "storage", "intake",
            ]))
        #expect(keys(status["queue"]).isSuperset(of: ["available", "running", "retryable"]))
        #expect(status["sandbox"]?.string == "active")
        // The same as curl gets it, but for what changes with time.
        let direct = try await Gallery.site.status()
        #expect(keys(direct) == keys(status) && direct["pid"] == status["pid"])
    }

    @Test func itemsAreListedInTheirShapeAndInPages() async throws {
        let site = try await Gallery.site
        let list = try await site.json("item", "list")
        #expect(keys(list) == ["items", "next"])
        let items = try #require(list["items"]?.array)
        #expect(items.count == Gallery.names.count)
        for item in items {
            #expect(
                keys(item) == [
                    "id", "kind", "state", "generation", "fileName", "recipe", "receivedAt",
                    "manifest", "reason",
                ])
        }
        var paged: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await site.json(
                ["item", "list", "--limit", "5"] + (cursor.map { ["--cursor", $0] } ?? []))
            paged += try #require(page["items"]?.array)
            cursor = page["next"]?.string
        } while cursor != nil
        #expect(paged == items)
        let films = try await site.json("item", "list", "--kind", "video")["items"]?.array
        #expect(films?.count == 10)
    }

    @Test func anItemIsShownWithItsJob() async throws {
        let site = try await Gallery.site
        let id = try #require(try await Gallery.item("song.mp3")["id"]?.string)
        let item = try await site.json("item", "show", id)
        #expect(item["generation"]?.int == 1 && item["state"]?.string == "ready")
        let path = try #require(item["manifestPath"]?.string)
        #expect(
            FileManager.default.fileExists(atPath: site.storage.appending(path: path).path))
        let job = try #require(item["jobs"]?.array?.first)
        let number = try #require(job["id"]?.int)
        let shown = try await site.json("job", "show", "\(number)")
        #expect(shown["attemptList"]?.array?.map { $0["outcome"]?.string } == ["completed"])
    }

    @Test func aPlanOfAReadyItemChangesNothing() async throws {
        let site = try await Gallery.site
        let id = try #require(try await Gallery.item("film.mp4")["id"]?.string)
        let plan = try await site.json("item", "plan", id)
        let outputs = try #require(plan["outputs"]?.array)
        #expect(!outputs.isEmpty)
        #expect(outputs.allSatisfy { $0["action"]?.string == "keep" }, "\(outputs)")
        #expect(plan["decisions"]?.array?.isEmpty == false)
    }

    @Test func eventsAreNumberedWithoutGaps() async throws {
        let site = try await Gallery.site
        let result = try await site.ctl("events", "--json")
        let events = try result.text.split(separator: "\n").map {
            try JSONValue(parsing: Data($0.utf8))
        }
        let numbers = events.compactMap { $0["sequence"]?.int }
        #expect(numbers.count == events.count && numbers == Array(1...max(1, numbers.count)))
        let types = Set(events.compactMap { $0["type"]?.string })
        #expect(
            types.isSuperset(of: ["item.received", "job.created", "job.started", "job.completed"]))
        let rest = try await site.ctl("events", "--json", "--since", "\(numbers.count - 1)")
        #expect(rest.text.split(separator: "\n").count == 1)
    }

    @Test func theDoctorIsContent() async throws {
        let site = try await Gallery.site
        let result = try await site.ctl("doctor", "--json")
        let report = try JSONValue(parsing: result.output)
        #expect(report["ok"]?.bool == true, "\(report)")
        #expect(report["findings"]?.array?.isEmpty == false)
        #expect(result.termination == .exited(0))
    }

    @Test func versionNamesTheLibraries() async throws {
        let version = try await Gallery.site.json("version")
        let libraries = version["daemon"]?["libraries"]
        #expect(version["vitrinectl"]?.string == version["daemon"]?["version"]?.string)
        #expect(libraries?["ffmpeg"]?.string?.isEmpty == false, "\(version)")
        #expect(libraries?["libvips"]?.string?.isEmpty == false, "\(version)")
    }

    @Test(
        arguments: [
            (["item", "show", "no-such-item"], 3), (["job", "show", "999999"], 3),
            (["item", "show", "../../etc"], 3), (["nonsense"], 64),
            (["item", "list", "--limit", "x"], 64),
            (["item", "add", "/nonexistent.jpg"], 65), (["job", "retry", "1"], 4),
        ] as [([String], Int32)])
    func exitCodesSayWhatHappened(arguments: [String], code: Int32) async throws {
        let result = try await Gallery.site.ctl(arguments)
        #expect(result.termination == .exited(code), "\(arguments): \(result.error)")
        #expect(result.output.isEmpty, "stdout is data")
        #expect(!result.error.isEmpty)
    }

    @Test func anUnreachableDaemonIsSaidWithAHint() async throws {
        let site = try Site("nobody")
        let result = try await site.ctl("status")
        #expect(result.termination == .exited(69))
        #expect(result.error.contains("hint"), "\(result.error)")
    }

    @Test func addingWaitsAndExitsByOutcome() async throws {
        let site = try Site("add")
        try await site.start()
        let good = try await Still { $0.width = 340 }.file()
        let added = try await site.ctl("item", "add", "--wait", "--json", good.path)
        #expect(added.termination == .exited(0), "\(added.error)")
        let results = try JSONValue(parsing: added.output)["results"]?.array
        #expect(results?.first?["item"]?["state"]?.string == "ready")
        #expect(FileManager.default.fileExists(atPath: good.path), "it stays where it is")
        let bad = try site.directory.write("no picture", to: "bad.jpg")
        let refused = try await site.ctl("item", "add", "--wait", bad.path)
        #expect(refused.termination == .exited(1), "\(refused.error)")
        let empty = try site.directory.write("", to: "empty.jpg")
        #expect(try await site.ctl("item", "add", empty.path).termination == .exited(65))
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aPausedQueueStartsNothingUntilItIsResumed() async throws {
        let site = try Site("pause")
        try await site.start()
        #expect(try await site.ctl("queue", "pause").termination == .exited(0))
        #expect(try await site.status()["state"]?.string == "paused")
        let name = try site.upload(await Still { $0.width = 350 }.file(), as: "waiting.jpg")
        try await Waiting.until("an available job", within: .seconds(20)) {
            try await site.jobs().first?["state"]?.string == "available" ? true : nil
        }
        // A pause outlives a restart.
        #expect(try await site.stop() == .exited(0))
        try await site.start()
        #expect(try await site.status()["queue"]?["paused"]?.bool == true)
        #expect(try await site.jobs().first?["state"]?.string == "available")
        #expect(try await site.ctl("queue", "resume").termination == .exited(0))
        let item = try #require(try await site.finished([name])[name])
        #expect(item["state"]?.string == "ready")
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aCancelledJobEndsItsWorkAndCanBeTriedAgain() async throws {
        let site = try Site("cancel")
        let daemon = try await site.start()
        let film = Film {
            $0.width = 1280; $0.height = 720; $0.frameCount = 500
        }
        let name = try site.upload(await film.file(), as: "film.mp4")
        let worker = try await Waiting.until("a job at work", within: .seconds(60)) {
            let job = try await site.jobs().first
            guard job?["progress"]?["fraction"]?.double ?? 0 > 0 else { return Int32?.none }
            return try await site.get("/jobs/1")["attemptList"]?.array?.last?["workerPID"]?.int
                .map { Int32($0) }
        }
        #expect(try await site.ctl("job", "cancel", "1").termination == .exited(0))
        let item = try #require(try await site.finished([name], within: .seconds(30))[name])
        #expect(item["state"]?.string == "cancelled", "\(item)")
        try await Waiting.until("the end of the worker", within: .seconds(10)) {
            ProcessStatus(worker).map { $0.parent == daemon.identifier } == true ? nil : true
        }
        #expect(SiteChecker.paths(below: site.state.appending(path: "scratch")).isEmpty)
        let retried = try await site.ctl("job", "retry", "1")
        #expect(retried.termination == .exited(0), "\(retried.error)")
        let again = try #require(try await site.finished([name])[name])
        #expect(again["state"]?.string == "ready", "\(again)")
        #expect(try await SiteChecker(site: site).problems(uploads: [name]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    @Test func reprocessingKeepsEveryAddress() async throws {
        let site = try Site("reprocess")
        try await site.start()
        let name = try site.upload(await Still { $0.width = 360 }.file(), as: "work.jpg")
        let first = try Published(try #require(try await site.finished([name])[name]))
        let id = first.manifest.item.rawValue
        let result = try await site.ctl("item", "reprocess", "--force", "--wait", id)
        #expect(result.termination == .exited(0), "\(result.error)")
        let item = try #require(try await site.finished([name])[name])
        #expect(item["generation"]?.int == 2, "\(item)")
        #expect(item["state"]?.string == "ready")
        for file in first.files {
            #expect(FileManager.default.fileExists(atPath: first.file(file.path).path))
        }
        #expect(
            FileManager.default.fileExists(atPath: first.file("manifests/1.json").path))
        let again = try Published(item)
        // The same bytes from the same numbers, so the same names.
        #expect(Set(again.files.map(\.path)) == Set(first.files.map(\.path)))
        #expect(try await site.stop() == .exited(0))
    }
}
