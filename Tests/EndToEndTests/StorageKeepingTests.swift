import Foundation
import MediaModel
import TestSupport
import Testing

/// What an operator does with things that are published: go back, tidy up, check, explain, remove.
struct StorageKeepingTests {
    private func site(_ name: String) async throws -> (Site, id: String) {
        let site = try Site(name, ["WORKERS_COUNT": "1"])
        try write(webp: 80, site)
        try await site.start()
        let file = try site.upload(
            await Still {
                $0.width = 420; $0.height = 300
            }.file(), as: "work.jpg")
        let item = try #require(try await site.finished([file])[file])
        return (site, try #require(item["id"]?.string))
    }

    private func write(webp: Int, _ site: Site) throws {
        try site.directory.write(
            "name: default\nimage: { widths: [320], webpQuality: \(webp) }\n",
            to: "recipes/default.yaml")
    }

    private func published(_ site: Site) async throws -> Published {
        try Published(try #require(try await site.items().first))
    }

    private func change(webp: Int, _ site: Site, _ id: String) async throws {
        #expect(try await site.stop() == .exited(0))
        try write(webp: webp, site)
        try await site.start()
        let result = try await site.ctl("item", "reprocess", "--wait", id)
        #expect(result.termination == .exited(0), "\(result.error)")
    }

    /// Paths of everything that any kept manifest names.
    private func named(_ item: Published) throws -> Set<String> {
        let directory = item.file("manifests")
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        return try files.reduce(into: Set<String>()) { all, file in
            let manifest = try JSONDecoder().decode(
                Manifest.self, from: Data(contentsOf: directory.appending(path: file)))
            all.formUnion(manifest.derivatives.flatMap(\.allFiles).map(\.path))
        }
    }

    @Test func anOperatorGoesBackAndCollectsWithoutLosingWhatIsNamed() async throws {
        let (site, id) = try await site("rollback")
        let first = try await published(site)
        try await change(webp: 60, site, id)
        let second = try await published(site)
        #expect(second.manifest.generation == 2)

        let back = try await site.json("item", "rollback", id)
        #expect(back["generation"]?.int == 3 && back["restored"]?.int == 1)
        let third = try await published(site)
        #expect(third.manifest.generation == 3)
        #expect(third.manifest.provenance.restoredFrom == 1)
        #expect(third.manifest.derivatives == first.manifest.derivatives)
        #expect(try await site.items().first?["generation"]?.int == 3)
        let gone = try await site.ctl("item", "rollback", "--generation", "9", id)
        #expect(
            gone.termination == .exited(4) && gone.error.contains("kept: 1, 2"), "\(gone.error)")

        // The recipe still says otherwise, and a job finds out what that changes.
        #expect(try await site.ctl("item", "reprocess", "--wait", id).termination == .exited(0))
        let fourth = try await published(site)
        #expect(fourth.manifest.generation == 4)
        #expect(
            fourth.manifest.derivatives.map(\.path) == second.manifest.derivatives.map(\.path))

        // Nothing that a kept manifest names goes, even without any grace.
        try Data("stray".utf8).write(to: fourth.file("stray.12345678.bin"))
        let usage = try await site.json("storage", "usage")
        #expect(usage["items"]?.array?.first?["unnamedByteCount"]?.int == 5)
        let dry = try await site.json(
            "storage", "gc", "--grace-hours", "0", "--generations", "4", "--dry-run")
        #expect(
            dry["items"]?.array?.first?["paths"]?.array?.compactMap(\.string) == [
                "stray.12345678.bin"
            ])
        #expect(FileManager.default.fileExists(atPath: fourth.file("stray.12345678.bin").path))
        // A second old: the grace period counts whole milliseconds.
        #expect(
            try await site.json("storage", "gc", "--generations", "4")["byteCount"]?.int == 0)
        #expect(
            try await site.json("storage", "gc", "--grace-hours", "0", "--generations", "4")[
                "byteCount"]?.int == 5)
        for path in try named(fourth) {
            #expect(FileManager.default.fileExists(atPath: fourth.file(path).path), "\(path)")
        }
        // Fewer generations: what only the dropped ones named goes, the rest stays.
        let collected = try await site.json(
            "storage", "gc", "--grace-hours", "0", "--generations", "1")
        #expect(
            collected["items"]?.array?.first?["generations"]?.array?.compactMap(\.int) == [1, 2, 3])
        let left = SiteChecker.paths(below: fourth.directory)
            .filter { $0 != "manifest.json" && !$0.hasPrefix("manifests/") }
        #expect(Set(left) == Set(fourth.files.map(\.path)))
        #expect(try await site.ctl("item", "rollback", id).termination == .exited(4))
        #expect(try await SiteChecker(site: site).problems(uploads: ["work.jpg"]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    @Test func theDaemonTidiesUpByItself() async throws {
        let site = try Site(
            "collector", ["STORAGE_COLLECT": "500ms", "STORAGE_GRACE": "0s"])
        try await site.start()
        let file = try site.upload(
            await Still {
                $0.width = 420; $0.height = 300
            }.file(), as: "work.jpg")
        try await site.finished([file])
        let item = try await published(site)
        let stray = item.file("stray.12345678.bin")
        try Data("stray".utf8).write(to: stray)
        try await Waiting.until("the stray to go", within: .seconds(20)) {
            FileManager.default.fileExists(atPath: stray.path) ? nil : true
        }
        #expect(try await SiteChecker(site: site).problems(uploads: [file]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    @Test func damageIsFoundAndRepaired() async throws {
        let (site, id) = try await site("verify")
        let whole = try await published(site)
        let healthy = try await site.ctl("storage", "verify", "--json")
        #expect(healthy.termination == .exited(0), "\(healthy.error)")
        #expect(
            try JSONValue(parsing: healthy.output)["objects"]?.int == whole.files.count)

        // One bit of one picture, and another picture altogether.
        let flipped = try whole.derivative(named: "image-320.webp")
        var bytes = try Data(contentsOf: whole.file(flipped.path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: whole.file(flipped.path))
        let lost = try whole.derivative(named: "share")
        try FileManager.default.removeItem(at: whole.file(lost.path))
        let result = try await site.ctl("storage", "verify", "--json")
        #expect(result.termination == .exited(1))
        let findings = try JSONValue(parsing: result.output)["findings"]?.array ?? []
        #expect(
            Set(findings.map { "\($0["problem"]?.string ?? "") \($0["path"]?.string ?? "")" })
                == ["differs \(flipped.path)", "missing \(lost.path)"])

        let repair = try await site.ctl("storage", "verify", "--repair")
        #expect(repair.termination == .exited(1), "something was lost: \(repair.error)")
        try await Waiting.until("the repair", within: .seconds(60)) {
            let jobs = try await site.jobs()
            return jobs.count == 2 && jobs.allSatisfy { $0["state"]?.string == "completed" }
                ? true : nil
        }
        let repaired = try await published(site)
        #expect(repaired.manifest.generation == 2)
        #expect(Set(repaired.files) == Set(whole.files), "the same bytes under the same names")
        #expect(try await site.ctl("storage", "verify").termination == .exited(0))
        #expect(try await SiteChecker(site: site).problems(uploads: ["work.jpg"]) == [])

        // The story of it all.
        let story = try await site.json("item", "explain", id)
        let entries = story["derivatives"]?.array ?? []
        let webp = entries.first { $0["name"]?.string == "image-320.webp" }
        #expect(webp?["generation"]?.int == 2)
        #expect(webp?["settings"]?.string?.contains("q=80") == true, "\(story)")
        #expect(entries.first { $0["name"]?.string == "card-1x1" }?["generation"]?.int == 1)
        #expect(story["decisions"]?.array?.isEmpty == false)
        #expect(story["made"]?["encoders"]?["webp"]?.string?.isEmpty == false, "\(story)")
        #expect(story["made"]?["stages"]?.array?.first?["name"]?.string == "start")
        let text = try await site.ctl("item", "explain", id)
        #expect(text.termination == .exited(0) && text.text.contains("libvips"), "\(text.error)")
        let timeline = try await site.json("job", "show", "--timeline", "2")
        let kinds = (timeline["entries"]?.array ?? []).compactMap { $0["kind"]?.string }
        #expect(kinds.prefix(3) == ["created", "waits", "started"])
        #expect(kinds.contains("stage") && kinds.last == "ended")
        let times = (timeline["entries"]?.array ?? []).compactMap { $0["at"]?.string }
        #expect(times == times.sorted())
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aRemovedItemLeavesNothingBehind() async throws {
        let (site, id) = try await site("remove")
        let item = try await published(site)
        let dry = try await site.ctl("item", "remove", id)
        #expect(dry.termination == .exited(0) && dry.error.contains("--yes"))
        #expect(FileManager.default.fileExists(atPath: item.file("manifest.json").path))
        let removed = try await site.json("item", "remove", "--yes", id)
        #expect(removed["results"]?.array?.first?["originalRemoved"]?.bool == true)
        #expect(!FileManager.default.fileExists(atPath: item.directory.path))
        #expect(SiteChecker.paths(below: site.originals) == [])
        #expect(try await site.items().isEmpty)
        #expect(try await site.status()["items"]?["ready"]?.int == 0)
        #expect(try await site.ctl("item", "show", id).termination == .exited(3))
        // The same upload may come again.
        let file = try site.upload(
            await Still {
                $0.width = 420; $0.height = 300
            }.file(), as: "work.jpg")
        let again = try #require(try await site.finished([file])[file])
        #expect(again["id"]?.string == id && again["generation"]?.int == 1)
        #expect(try await SiteChecker(site: site).problems(uploads: ["work.jpg"]) == [])
        #expect(try await site.stop() == .exited(0))
    }
}
