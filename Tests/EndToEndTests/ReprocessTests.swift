import Foundation
import MediaModel
import TestSupport
import Testing

/// Changes of a recipe redo exactly what they change, in a daemon as it is installed.
struct ReprocessTests {
    private static let film = Film {
        $0.width = 640; $0.height = 360; $0.frameCount = 60
    }
    private static let song = Song {
        $0.seconds = 3; $0.hasCover = true
    }
    private static let names = ["reel.mp4", "tune.mp3", "photo.jpg"]

    /// A site with small recipes and three works of three kinds, ready.
    private func site(_ name: String, _ recipe: String) async throws -> Site {
        let site = try Site(name, ["WORKERS_COUNT": "1"])
        try write(recipe, site)
        try await site.start()
        try site.upload(await Self.film.file(), as: "reel.mp4")
        try site.upload(await Self.song.file(), as: "tune.mp3")
        try site.upload(
            await Still {
                $0.width = 700; $0.height = 500
            }.file(), as: "photo.jpg")
        try await site.finished(Self.names)
        return site
    }

    private func write(_ recipe: String, _ site: Site) throws {
        try site.directory.write(recipe, to: "recipes/default.yaml")
    }

    private static func recipe(
        rungs: [Int] = [360, 180], webp: Int = 80, aac: Int = 96
    ) -> String {
        let ladder = rungs.map { "{ height: \($0), maximumKilobits: \($0 * 2) }" }
        return """
            name: default
            video:
              rungs: [\(ladder.joined(separator: ", "))]
              preset: ultrafast
              posterWidths: [320]
              progressiveHeight: 180
            audio: { aacKilobits: \(aac) }
            image: { widths: [320, 640], webpQuality: \(webp) }
            """
    }

    private func restart(_ site: Site, _ recipe: String) async throws {
        #expect(try await site.stop() == .exited(0))
        try write(recipe, site)
        try await site.start()
    }

    private func published(_ site: Site) async throws -> [String: Published] {
        let items = try await site.finished(Self.names)
        return try items.mapValues { try Published($0) }
    }

    /// Names of what a generation made itself.
    private func made(_ item: Published) -> Set<String> {
        Set(
            item.manifest.derivatives.filter { $0.generation == item.manifest.generation }
                .map(\.description.name))
    }

    private func expectKept(_ before: Published, _ after: Published) throws {
        for derivative in after.manifest.derivatives
        where derivative.generation < after.manifest.generation {
            #expect(derivative == (try before.derivative(named: derivative.description.name)))
        }
    }

    @Test func aChangeOfTheRecipeRedoesExactlyWhatItChanges() async throws {
        let site = try await site("incremental", Self.recipe())
        let first = try await published(site)
        #expect(first.values.allSatisfy { $0.manifest.generation == 1 })

        // One more rung and another WebP quality.
        let changed = Self.recipe(rungs: [360, 270, 180], webp: 60)
        try await restart(site, changed)
        let plan = try await site.json(
            "item", "plan", try #require(first["reel.mp4"]).manifest.item.rawValue)
        let actions = Dictionary(
            grouping: plan["outputs"]?.array ?? [], by: { $0["action"]?.string ?? "" })
        let lists: Set<String> = ["hls", "dash", "tracks"]
        #expect(
            Set((actions["make"] ?? []).compactMap { $0["name"]?.string })
                == lists.union(["video-270p", "poster-320.webp"]))
        #expect(actions["drop"] == nil)
        #expect(plan["estimate"]?["basedOnRuns"]?.int == 1)
        #expect(plan["estimate"]?["cpuSeconds"]?.double ?? 0 > 0)

        let dry = try await site.ctl("item", "reprocess", "--all", "--dry-run")
        let changes = dry.text.split(separator: "\n").map { $0.split(separator: "\t") }
        let ids = Set(first.values.map { $0.manifest.item.rawValue[...] })
        #expect(Set(changes.map { $0[0] }) == ids && changes.allSatisfy { $0[1] == "make" })
        #expect(changes.contains { $0[2] == "video-270p" } && dry.error.contains("nothing is done"))

        let result = try await site.ctl("item", "reprocess", "--all", "--wait", "--json")
        #expect(result.termination == .exited(0), "\(result.error)")
        let second = try await published(site)
        let reel = try #require(second["reel.mp4"])
        let photo = try #require(second["photo.jpg"])
        #expect(made(reel) == lists.union(["video-270p", "poster-320.webp"]))
        #expect(made(photo) == ["image-320.webp", "image-640.webp"])
        let covers = made(try #require(second["tune.mp3"]))
        #expect(!covers.isEmpty && covers.allSatisfy { $0.hasPrefix("cover-") }, "\(covers)")
        #expect(covers.allSatisfy { $0.hasSuffix(".webp") }, "\(covers)")
        for name in Self.names {
            let before = try #require(first[name])
            let after = try #require(second[name])
            #expect(after.manifest.generation == 2)
            try expectKept(before, after)
            #expect(after.manifest.placeholder == before.manifest.placeholder)
            #expect(after.manifest.loudness == before.manifest.loudness)
            #expect(after.manifest.analysis == before.manifest.analysis)
            #expect(
                FileManager.default.fileExists(
                    atPath: after.file("manifests/1.json").path), "for a rollback")
        }
        // The lists over old and new rungs, as others read them.
        let (hls, dash) = (try reel.play(\.hls), try reel.play(\.dash))
        #expect(
            try await PlaylistOracle.problems(
                in: reel.directory, hls: hls.lastPathComponent, dash: dash.lastPathComponent) == [])
        #expect(try await FFprobe(hls).streams.filter { $0.type == "video" }.count == 3)
        #expect(try await SiteChecker(site: site).problems(uploads: Self.names) == [])

        // Nothing more to do, and that is known without a job.
        let again = try await site.json("item", "reprocess", "--all")
        #expect(
            (again["results"]?.array ?? []).map { $0["outcome"]?.string }
                == ["unchanged", "unchanged", "unchanged"])
        #expect(try await site.json("item", "reprocess", "--stale")["results"]?.array == [])
        let nothing = try await site.ctl("item", "reprocess", "--all", "--dry-run").text
            .split(separator: "\n")
        #expect(nothing.count == 3 && nothing.allSatisfy { $0.contains("\tunchanged\t") })

        // What a daemon makes that never knew the old recipe, to the byte.
        let fresh = try await self.site("from-scratch", changed)
        let scratch = try await published(fresh)
        for name in ["photo.jpg", "tune.mp3"] {
            let (a, b) = (try #require(scratch[name]), try #require(second[name]))
            #expect(Set(a.files) == Set(b.files), "\(name)")
        }
        #expect(try await fresh.stop() == .exited(0))
        #expect(try await site.stop() == .exited(0))
    }

    @Test func soundAndLostFilesAreRedoneAloneAndARungLessCostsNothing() async throws {
        let site = try await site("incremental-sound", Self.recipe(rungs: [360, 270, 180]))
        let first = try #require(try await published(site)["reel.mp4"])
        let id = first.manifest.item.rawValue

        // Another sound: its segments, and the MP4 that shares them with a rung that is kept.
        try await restart(site, Self.recipe(rungs: [360, 270, 180], aac: 64))
        #expect(try await site.ctl("item", "reprocess", "--wait", id).termination == .exited(0))
        let second = try #require(try await published(site)["reel.mp4"])
        #expect(made(second) == ["audio-aac", "mp4", "hls", "dash", "tracks"])
        try expectKept(first, second)
        let mp4 = try await FFprobe(second.play(\.mp4), countingFrames: true)
        #expect(mp4.video?.frameCount == Self.film.frameCount)
        #expect(mp4.audio?.codec == "aac")
        #expect(
            try await FrameCode.numbers(in: second.play(\.mp4))
                == Array(0..<Self.film.frameCount))

        // A lost poster: seen, named, made again; nothing else.
        let poster = try second.derivative(named: "poster-320.jpg")
        try FileManager.default.removeItem(at: second.file(poster.path))
        let seen = try await site.json("item", "reprocess", "--missing", "--dry-run")
        let plans = seen["results"]?.array ?? []
        #expect(plans.map { $0["item"]?.string } == [id])
        #expect(
            plans.first?["plan"]?["outputs"]?.array?.filter { $0["action"]?.string == "make" }
                .map { $0["name"]?.string } == ["poster-320.jpg"])
        #expect(
            try await site.ctl("item", "reprocess", "--missing", "--wait").termination
                == .exited(0))
        let third = try #require(try await published(site)["reel.mp4"])
        #expect(third.manifest.generation == 3 && made(third) == ["poster-320.jpg"])
        #expect(try third.derivative(named: "poster-320.jpg").sha256 == poster.sha256)

        // A rung less: new lists over what is there, and not a frame decoded.
        try await restart(site, Self.recipe(rungs: [360, 180], aac: 64))
        #expect(try await site.ctl("item", "reprocess", "--wait", id).termination == .exited(0))
        let fourth = try #require(try await published(site)["reel.mp4"])
        #expect(made(fourth) == ["hls", "dash", "tracks"])
        #expect(fourth.manifest.provenance.cpuSeconds < first.manifest.provenance.cpuSeconds / 2)
        #expect(
            try await FFprobe(fourth.play(\.hls)).streams.filter { $0.type == "video" }.count == 2)
        #expect(try await SiteChecker(site: site).problems(uploads: Self.names) == [])
        #expect(try await site.stop() == .exited(0))
    }

    @Test func freshUploadsGoBeforeAReprocessOfEverything() async throws {
        let site = try Site("lanes", ["WORKERS_COUNT": "1"])
        try write(Self.recipe(), site)
        try await site.start()
        let old = (1...4).map { "old-\($0).jpg" }
        for (number, name) in old.enumerated() {
            try site.upload(
                await Still {
                    $0.width = 330 + 2 * number; $0.height = 240
                }.file(), as: name)
        }
        try await site.finished(old)
        #expect(try await site.ctl("queue", "pause").termination == .exited(0))
        let queued = try await site.json("item", "reprocess", "--all", "--force")
        #expect(
            (queued["results"]?.array ?? []).map { $0["outcome"]?.string }
                == Array(repeating: "queued", count: 4))
        #expect(try await site.jobs().prefix(4).allSatisfy { $0["lane"]?.string == "reprocess" })
        let name = try site.upload(await Still { $0.width = 380 }.file(), as: "fresh.jpg")
        try await Waiting.until("the fresh job", within: .seconds(20)) {
            try await site.jobs().first?["fileName"]?.string == name ? true : nil
        }
        #expect(try await site.ctl("queue", "resume").termination == .exited(0))
        try await Waiting.until("all jobs to end", within: .seconds(120)) {
            let jobs = try await site.jobs()
            return jobs.allSatisfy { $0["state"]?.string == "completed" } ? true : nil
        }
        let events = try await site.ctl("events", "--json").text.split(separator: "\n")
            .map { try JSONValue(parsing: Data($0.utf8)) }
        let resumed = try #require(
            events.lastIndex { $0["type"]?.string == "queue.resumed" })
        let started = events[resumed...].filter { $0["type"]?.string == "job.started" }
        let fresh = try await site.jobs().first?["id"]?.int
        #expect(started.count == 5 && started.first?["job"]?.int == fresh, "\(started)")
        #expect(try await site.stop() == .exited(0))
    }
}
