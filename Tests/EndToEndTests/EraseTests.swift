import Foundation
import TestSupport
import Testing

/// A member who asks to be forgotten is: the whole disk state is searched for what was theirs.
struct EraseTests {
    /// Names that occur nowhere by chance.
    private static let owner = "mehitabel"
    private static let words = [owner, "Zanzibar", "zanzibar", "Quixotic", "vespertine"]

    /// Below every directory that the daemon writes to, where a word occurs: in a path, or in bytes.
    private func places(of words: [String], in site: Site) throws -> [String] {
        var found: [String] = []
        for place in [site.state, site.storage, site.originals, site.quarantine] {
            for path in SiteChecker.paths(below: place, directories: true) {
                let url = place.appending(path: path)
                let bytes = (try? Data(contentsOf: url)) ?? Data()
                for word in words
                where path.contains(word) || bytes.range(of: Data(word.utf8)) != nil {
                    found.append("\(word) in \(place.lastPathComponent)/\(path)")
                }
            }
        }
        return found
    }

    private func upload(
        _ file: URL, as name: String, sidecar: String, in directory: String = "", _ site: Site
    ) throws {
        let place = site.inbox.appending(path: directory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(sidecar.utf8).write(to: place.appending(path: "\(name).json"))
        try FileManager.default.copyItem(at: file, to: place.appending(path: ".\(name)"))
        try FileManager.default.moveItem(
            at: place.appending(path: ".\(name)"), to: place.appending(path: name))
    }

    private func picture(_ width: Int) async throws -> URL {
        try await Still {
            $0.width = width; $0.height = 60; $0.format = .png
        }.file()
    }

    @Test func anErasedMemberLeavesNoTrace() async throws {
        let site = try Site("erase", ["WORKERS_COUNT": "1"])
        try await site.start()
        let mine = "\"owner\": \"\(Self.owner)\""
        // Published, with the same bytes as somebody else's.
        let shared = try await picture(90)
        try upload(
            shared, as: "Zanzibar 1.png", sidecar: "{\(mine), \"title\": \"Quixotic\"}", site)
        try upload(shared, as: "plain.png", sidecar: "{\"owner\": \"bert\"}", site)
        // Published, its answer kept for a repeated request.
        let added = try await picture(91)
        let request =
            "{\"path\": \"\(added.path)\", \"sidecar\": {\(mine), \"id\": \"zanzibar-2\"}}"
        try await Program("curl").run([
            "-sS", "--unix-socket", site.directory.file("control.sock").path, "-H",
            "Idempotency-Key: one", "-d", request, "http://vitrine/v1/items",
        ])
        // Published and removed before.
        try upload(
            await picture(92), as: "Vespertine.png", sidecar: "{\(mine)}", site)
        // Refused for what is in it, and for its sidecar.
        let unusable = try site.directory.write("no picture at all", to: "unusable")
        try upload(unusable, as: "Zanzibar 3.png", sidecar: "{\(mine)}", site)
        try upload(
            await picture(93), as: "Zanzibar 4.png", sidecar: "Quixotic { this is no JSON",
            in: Self.owner, site)
        try await site.finished([
            "Zanzibar 1.png", "plain.png", added.lastPathComponent, "Vespertine.png",
            "Zanzibar 3.png", "Zanzibar 4.png",
        ])
        let gone = try await site.items().first { $0["fileName"]?.string == "Vespertine.png" }
        #expect(
            try await site.ctl("item", "remove", "--yes", try #require(gone?["id"]?.string))
                .termination == .exited(0))
        // In the works.
        let film = try await Film {
            $0.width = 640; $0.height = 360; $0.frameCount = 1500
        }.file()
        try upload(film, as: "Zanzibar 5.mp4", sidecar: "{\(mine)}", site)
        try await Waiting.until("a running film", within: .seconds(60)) {
            try await site.status()["queue"]?["running"]?.int == 1 ? true : nil
        }
        try upload(await picture(94), as: "Zanzibar 6.png", sidecar: "{\(mine)}", site)
        try await Waiting.until("a picture behind it", within: .seconds(60)) {
            try await site.status()["queue"]?["available"]?.int == 1 ? true : nil
        }
        // And a copy of the catalogue, as an upgrade leaves it.
        let copy = site.state.appending(path: "vitrine.sqlite.before-2")
        try Data("rows of \(Self.owner)".utf8).write(to: copy)

        var words = Self.words
        for file in [added, unusable, film] {
            words.append(try await Digest.sha256(of: Data(contentsOf: file)))
        }
        let before = try places(of: words, in: site)
        for word in words {
            #expect(
                before.contains { $0.hasPrefix("\(word) in ") }, "\(word) is nowhere to be found")
        }
        for place in ["vitrine.sqlite", "storage/portfolios", "quarantine/", "originals/"] {
            #expect(before.contains { $0.contains(place) }, "nothing in \(place)")
        }

        let shown = try await site.json("owner", "show", Self.owner)
        #expect(shown["items"]?.int == 6 && shown["erasing"]?.bool == false, "\(shown)")
        let listed = try await site.json("item", "list", "--owner", Self.owner)
        #expect(listed["items"]?.array?.count == 6)
        let dry = try await site.json("owner", "erase", Self.owner)
        #expect(dry["dryRun"]?.bool == true && dry["items"]?.int == 6)
        #expect(try places(of: [Self.owner], in: site).isEmpty == false)
        let report = try await site.json("owner", "erase", "--yes", Self.owner)
        #expect(report["items"]?.int == 6 && report["cancelledJobs"]?.int == 2, "\(report)")
        #expect(report["sharedOriginals"]?.int == 1 && report["quarantined"]?.int == 2)
        #expect(report["portfolio"]?.bool == true && report["catalogueCopies"]?.int == 1)
        #expect(report["originals"]?.int ?? 0 >= 3 && report["objects"]?.int ?? 0 > 5)

        #expect(try places(of: words, in: site) == [])
        #expect(try await site.ctl("owner", "show", Self.owner).termination == .exited(3))
        // Others have everything that is theirs.
        let left = try await site.items()
        #expect(left.map { $0["fileName"]?.string } == ["plain.png"])
        #expect(try await site.json("owner", "list")["owners"]?.array?.count == 1)
        let portfolio = site.storage.appending(path: "portfolios/bert.json")
        #expect(FileManager.default.fileExists(atPath: portfolio.path))
        let reprocessed = try await site.ctl(
            "item", "reprocess", "--force", "--wait", try #require(left.first?["id"]?.string))
        #expect(reprocessed.termination == .exited(0), "its original stayed: \(reprocessed.error)")
        #expect(try await SiteChecker(site: site).problems(uploads: ["plain.png"]) == [])
        #expect(try await site.stop() == .exited(0))
        #expect(try places(of: words, in: site) == [])
    }
}
