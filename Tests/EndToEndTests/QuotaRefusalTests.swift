import Foundation
import TestSupport
import Testing

/// Quotas as an artist and an operator meet them.
struct QuotaRefusalTests {
    @Test func whatIsMoreThanAMemberMayHaveIsRefusedInWords() async throws {
        let site = try Site(
            "quota", ["WORKERS_COUNT": "1", "MEMBERS_ITEMS": "2", "MEMBERS_MINUTES": "0.1"])
        try await site.start()
        func upload(_ file: URL, as name: String) async throws -> JSONValue {
            try site.upload(Data("{\"owner\": \"anna\"}".utf8), as: "\(name).json")
            return try await site.process(file, as: name)
        }
        func picture(_ width: Int) async throws -> URL {
            try await Still {
                $0.width = width; $0.height = 60; $0.format = .png
            }.file()
        }
        // Six seconds are allowed; this is refused by its length, and so takes no place.
        let song = try await upload(
            Song {
                $0.seconds = 8
            }.file(), as: "song.mp3")
        #expect(song["reason"]?["code"]?.string == "quotaMinutes", "\(song)")
        #expect(song["reason"]?["operator"]?.string?.contains("members.minutes allows 0.1") == true)
        for number in 0..<2 {
            let item = try await upload(picture(80 + number), as: "\(number).png")
            #expect(item["state"]?.string == "ready")
        }
        let third = try await upload(picture(90), as: "third.png")
        #expect(third["state"]?.string == "failed")
        #expect(third["reason"]?["code"]?.string == "quotaItems")
        #expect(third["reason"]?["uploader"]?.string?.contains("it can hold 2 works") == true)
        let sidecar = try site.directory.write("{\"owner\": \"anna\"}", to: "anna.json")
        let added = try await site.ctl(
            "item", "add", "--sidecar", sidecar.path, try await picture(91).path)
        #expect(added.termination == .exited(65), "\(added.error)")
        #expect(added.error.contains("members.items allows 2"), "\(added.error)")
        // Removing makes room.
        let first = try await site.items().first { $0["fileName"]?.string == "0.png" }
        let id = try #require(first?["id"]?.string)
        #expect(try await site.ctl("item", "remove", "--yes", id).termination == .exited(0))
        #expect(try await upload(picture(92), as: "fourth.png")["state"]?.string == "ready")
        #expect(
            try await SiteChecker(site: site).problems(uploads: ["third.png", "fourth.png"]) == [])
        #expect(try await site.stop() == .exited(0))
    }
}
