import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

/// What is taken from the inbox, and what is not.
struct InboxTests {
    @Test func namesInTheMakingAndThingsThatAreNoFilesAreLeftAlone() async throws {
        let site = try Site("inbox")
        try await site.start()
        let files = FileManager.default
        let still = try await Still().file()
        for name in [".hidden.jpg", "a.jpg.part", "a.jpg.partial", "a.jpg.tmp", "a.crdownload"] {
            try files.copyItem(at: still, to: site.inbox.appending(path: name))
        }
        let outside = try site.directory.write(Data(contentsOf: still), to: "outside.jpg")
        try files.createSymbolicLink(
            at: site.inbox.appending(path: "link.jpg"), withDestinationURL: outside)
        unsafe mkfifo(site.inbox.appending(path: "fifo.jpg").path, 0o600)
        let name = try await site.upload(Still { $0.width = 300 }.file(), as: "picture.jpg")
        let items = try await site.finished([name])
        #expect(items.count == 1)
        #expect(try await site.items().count == 1)
        #expect(files.fileExists(atPath: outside.path))
        #expect(files.fileExists(atPath: site.inbox.appending(path: "a.jpg.part").path))
        #expect(try await site.stop() == .exited(0))
    }

    @Test func whatWasThereBeforeTheStartIsTaken() async throws {
        let site = try Site("early")
        let name = try site.upload(await Still { $0.width = 310 }.file(), as: "early.jpg")
        try await site.start()
        let item = try #require(try await site.finished([name])[name])
        #expect(item["state"]?.string == "ready")
        #expect(try await site.stop() == .exited(0))
    }

    @Test func aSidecarNamesAndDescribes() async throws {
        let site = try Site("sidecar", ["INBOX_SIDECAR_WAIT": "10s"])
        try await site.start()
        let sidecar = """
            {"id": "my-work", "title": "A & B", "alt": "Two <letters>", "owner": "anna",
             "credit": {"creator": "Anna", "copyright": "© Anna", "license": "CC-BY-4.0"}}
            """
        try site.upload(Data(sidecar.utf8), as: "work.jpg.json")
        let name = try site.upload(await Still { $0.width = 320 }.file(), as: "work.jpg")
        let item = try #require(try await site.finished([name])[name])
        let manifest = try Published(item).manifest
        #expect(manifest.item.rawValue == "my-work" && manifest.title == "A & B")
        #expect(manifest.credit?.license == "CC-BY-4.0" && manifest.owner == "anna")
        #expect(manifest.html.contains("Two &lt;letters&gt;"))
        #expect(try await SiteChecker(site: site).problems(uploads: [name]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    @Test func offeringTheSameThingTwiceChangesNothing() async throws {
        let site = try Site("twice")
        try await site.start()
        let still = try await Still { $0.width = 330 }.file()
        let name = try site.upload(still, as: "same.jpg")
        let first = try #require(try await site.finished([name])[name])
        try site.upload(still, as: name)
        // The second offer is through when the inbox is empty again.
        try await Waiting.until("an empty inbox", within: .seconds(20)) {
            SiteChecker.paths(below: site.inbox).isEmpty ? true : nil
        }
        let added = try await site.json("item", "add", still.path)
        #expect(added["results"]?.array?.count == 1)
        let items = try await site.items().filter { $0["fileName"]?.string == name }
        #expect(items.count == 1 && items[0]["generation"] == first["generation"])
        #expect(try await site.jobs().filter { $0["fileName"]?.string == name }.count == 1)
        #expect(try await site.stop() == .exited(0))
    }
}
