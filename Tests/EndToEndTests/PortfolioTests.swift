import Foundation
import Glibc
import TestSupport
import Testing

/// `portfolios/<owner>.json`: what a member's page fetches, from the inbox to the removal.
struct PortfolioTests {
    static let schema = PackageLayout.file("config/portfolio.schema.json")

    @Test func theGoldenPortfolioIsValid() async throws {
        let golden = PackageLayout.file("fixtures/goldens/portfolio.json")
        #expect(try await JSONSchema.problems(in: [golden], schema: Self.schema) == [])
        var fields = try #require(try JSONValue(parsing: Data(contentsOf: golden)).object)
        fields["cover"] = .object(["item": .string("x")])
        fields["items"] = .array([])
        fields["owner"] = .string("../x")
        let directory = try TemporaryDirectory("portfolio")
        try directory.write(
            JSONEncoder().encode(JSONValue.object(fields)), to: "broken.json")
        let problems = try await JSONSchema.problems(
            in: [directory.file("broken.json")], schema: Self.schema)
        #expect(problems.count >= 3, "\(problems)")
        withExtendedLifetime(directory) {}
    }

    /// A site where Anna has three pictures, the third of them first, and Bert has one.
    private func site() async throws -> Site {
        let site = try Site("portfolio", ["WORKERS_COUNT": "1"])
        try await site.start()
        for (name, directory, position) in [
            ("one", "anna", nil), ("two", "anna", nil), ("three", "anna/2026", 1),
            ("four", "bert", nil),
        ] as [(String, String, Int?)] {
            let place = site.inbox.appending(path: directory)
            try FileManager.default.createDirectory(
                at: place, withIntermediateDirectories: true)
            let picture = try await Still {
                $0.width = 80 + name.utf8.count; $0.height = 60; $0.format = .png
            }.file()
            if let position {
                try Data("{\"position\": \(position), \"title\": \"\(name)\"}".utf8)
                    .write(to: place.appending(path: "\(name).png.json"))
            }
            try FileManager.default.copyItem(
                at: picture, to: place.appending(path: ".\(name).png"))
            try FileManager.default.moveItem(
                at: place.appending(path: ".\(name).png"),
                to: place.appending(path: "\(name).png"))
            try await site.finished(["\(name).png"])
        }
        return site
    }

    #if DEBUG
        private func upload(_ name: String, of owner: String, to site: Site) async throws {
            let picture = try await Still {
                $0.width = 90 + owner.utf8.count; $0.height = 60; $0.format = .png
            }.file()
            try site.upload(Data("{\"owner\": \"\(owner)\"}".utf8), as: "\(name).png.json")
            try site.upload(picture, as: "\(name).png")
        }

        /// A picture stands in the portfolio before the catalogue has the end of its job. Whoever writes
        /// the portfolio meanwhile (here the look at all of them after a start) must not take it out.
        @Test func whatIsAboutToEndStaysInThePortfolio() async throws {
            let site = try Site("portfolio-end", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
            try await site.start()
            try await upload("last", of: "zoe", to: site)
            try await site.finished(["last.png"])
            #expect(try await site.stop() == .exited(0))

            let ending = try site.launch(["VITRINE_FAILPOINT": "attempt.settle=kill"])
            try await upload("one", of: "anna", to: site)
            #expect(try await ending.wait(atMost: .seconds(60)) == .signalled(SIGKILL))
            #expect(try names("anna", site).count == 1)

            // Members are looked at in the order of their names; the job does not begin again.
            let file = site.storage.appending(path: "portfolios/zoe.json")
            try FileManager.default.removeItem(at: file)
            _ = try site.launch(["VITRINE_FAILPOINT": "attempt.start=stall"])
            try await Waiting.until("the last member's portfolio", within: .seconds(60)) {
                FileManager.default.fileExists(atPath: file.path) ? true : nil
            }
            #expect(try names("anna", site).count == 1)
            await site.kill()
        }
    #endif

    private func bytes(_ owner: String, _ site: Site) -> Data? {
        try? Data(contentsOf: site.storage.appending(path: "portfolios/\(owner).json"))
    }

    private func names(_ owner: String, _ site: Site) throws -> [String] {
        guard let bytes = bytes(owner, site) else { return [] }
        let items = try JSONValue(parsing: bytes)["items"]?.array ?? []
        // `anna-one-1a2b3c4d`: what the file was called.
        return items.compactMap {
            $0["id"]?.string.map { String($0.split(separator: "-").dropFirst().first ?? "") }
        }
    }

    @Test func aPortfolioFollowsWhatIsPublished() async throws {
        let site = try await site()
        #expect(try names("anna", site) == ["three", "two", "one"])
        #expect(try names("bert", site) == ["four"])
        let directory = site.storage.appending(path: "portfolios")
        let files = ["anna", "bert"].map { directory.appending(path: "\($0).json") }
        #expect(try await JSONSchema.problems(in: files, schema: Self.schema) == [])
        // Everything it names is there, seen from where it lies.
        let first = try #require(bytes("anna", site))
        let document = try JSONValue(parsing: first)
        for item in document["items"]?.array ?? [] {
            let paths =
                [item["manifest"], item["share"], item["poster"]?["path"]].compactMap { $0?.string }
                + (item["poster"]?["sources"]?.array ?? []).compactMap { $0["path"]?.string }
            #expect(paths.count >= 3, "\(item)")
            for path in paths {
                let file = directory.appending(path: path).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: file), "\(path)")
            }
        }
        #expect(document["counts"]?["kinds"]?["image"]?.int == 3)
        #expect(document["cover"]?["item"] == document["items"]?.array?.first?["id"])

        // Nothing changed, nothing is written, not even the time; a new generation is.
        let one = try #require(
            document["items"]?.array?.last?["id"]?.string)
        #expect(try await site.ctl("storage", "gc", "--grace-hours", "0").termination == .exited(0))
        #expect(try await site.ctl("item", "reprocess", "--wait", one).termination == .exited(0))
        #expect(bytes("anna", site) == first)
        let again = try await site.ctl("item", "reprocess", "--force", "--wait", one)
        #expect(again.termination == .exited(0), "\(again.error)")
        func generation() throws -> Int? {
            try JSONValue(parsing: #require(bytes("anna", site)))["items"]?.array?.last?[
                "generation"]?
                .int
        }
        #expect(try generation() == 2)
        #expect(try await site.ctl("item", "rollback", one).termination == .exited(0))
        #expect(try generation() == 3)

        // What is wrong in it is found and mended; what is lost is made good by the next start.
        try Data("{}".utf8).write(to: files[0])
        let found = try await site.ctl("storage", "verify", "--json")
        #expect(found.termination == .exited(1))
        let findings = try JSONValue(parsing: found.output)["portfolios"]?.array ?? []
        #expect(findings.map { $0["owner"]?.string } == ["anna"], "\(found.text)")
        _ = try await site.ctl("storage", "verify", "--repair")
        #expect(try names("anna", site) == ["three", "two", "one"])
        #expect(try await site.ctl("storage", "verify").termination == .exited(0))
        let usage = try await site.json("storage", "usage")
        #expect(usage["portfolioCount"]?.int == 2)
        #expect(usage["portfolioBytes"]?.int ?? 0 > 1000)
        #expect(try await site.stop() == .exited(0))
        try FileManager.default.removeItem(at: files[0])
        try Data("{}".utf8).write(to: directory.appending(path: "nobody.json"))
        try await site.start()
        try await Waiting.until("the portfolio", within: .seconds(10)) {
            try names("anna", site) == ["three", "two", "one"] && bytes("nobody", site) == nil
                ? true : nil
        }

        // The last item takes the portfolio along.
        for (owner, left) in [("anna", ["three", "two"]), ("bert", [])] {
            let last = try await site.items().last {
                $0["id"]?.string?.hasPrefix(owner) == true
            }
            let id = try #require(last?["id"]?.string)
            #expect(try await site.ctl("item", "remove", "--yes", id).termination == .exited(0))
            #expect(try names(owner, site) == left)
        }
        #expect(bytes("bert", site) == nil)
        #expect(try await site.stop() == .exited(0))
    }
}
