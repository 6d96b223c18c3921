import Foundation
import Glibc
import MediaModel
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite(.timeLimit(.minutes(15)))
struct HostileInboxTests {
    @Test func specialFilesAndLinksAreNeitherFollowedNorMovedAndReportedOnce() async throws {
        let intake = try Intaking()
        let secret = try intake.place.write("secret", to: "secret")
        let inbox = intake.inbox
        try FileManager.default.createSymbolicLink(
            at: inbox.appending(path: "link.mov"), withDestinationURL: secret)
        try FileManager.default.createSymbolicLink(
            at: inbox.appending(path: "directory"), withDestinationURL: intake.place.url)
        try #require(unsafe mkfifo(inbox.appending(path: "fifo.mov").path, 0o666) == 0)
        try FileManager.default.linkItem(at: secret, to: inbox.appending(path: "hard.mov"))
        var expected: Set<LeftEntry> = [
            LeftEntry(path: "link.mov", reason: .symlink),
            LeftEntry(path: "directory", reason: .symlink),
            LeftEntry(path: "fifo.mov", reason: .fifo),
            LeftEntry(path: "hard.mov", reason: .hardLink),
        ]
        if geteuid() == 0 {
            // /dev/zero: a reader would never come to an end.
            try await Program("mknod").run(
                [inbox.appending(path: "zero.mov").path, "c", "1", "5"])
            expected.insert(LeftEntry(path: "zero.mov", reason: .device))
        }
        await intake.start()
        var left: Set<LeftEntry> = []
        for _ in expected {
            if case .left(let entry) = await intake.next() { left.insert(entry) }
        }
        #expect(left == expected)
        // Scanning again says nothing new; the next thing that happens is a real upload.
        await intake.service.rescanNow()
        try intake.moveIn("film", as: "a.mov")
        #expect(await intake.nextUpload()?.fileName == "a.mov")
        try await intake.stop()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: inbox.path).count == expected.count)
        #expect(try Data(contentsOf: secret) == Data("secret".utf8))
    }

    @Test func aSymlinkAsSidecarIsNotRead() async throws {
        let intake = try Intaking()
        let secret = try intake.place.write(#"{"title": "secret"}"#, to: "secret.json")
        try FileManager.default.createSymbolicLink(
            at: intake.inbox.appending(path: "a.mov.json"), withDestinationURL: secret)
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        while true {
            guard case .offered(let upload) = await intake.next() else { continue }
            #expect(upload.sidecar.title == nil)
            break
        }
        try await intake.stop()
    }

    @Test func namesAreBytesAndNeverBecomePaths() async throws {
        let intake = try Intaking()
        await intake.start()
        let names: [[UInt8]] = [
            Array("new\nline.mov".utf8), [0xff, 0xfe] + Array(".mov".utf8),
            Array("-rf.mov".utf8), Array("$(touch x).mov".utf8), Array("%n%s.mov".utf8),
            Array(repeating: UInt8(ascii: "x"), count: 250),
            // So long that no sidecar's name would fit.
            Array(repeating: UInt8(ascii: "y"), count: 255),
        ]
        let staged = try Directory(path: intake.place.url.path)
        let inbox = try Directory(path: intake.inbox.path)
        var offered: Set<String> = []
        for (index, bytes) in names.enumerated() {
            try intake.place.write("film \(index)", to: "staged")
            try staged.rename(
                "staged", to: try #require(FileName(bytes: bytes)), in: inbox, replacing: false)
            let upload = try #require(await intake.nextUpload())
            offered.insert(upload.fileName)
            #expect(!upload.fileName.unicodeScalars.contains { $0.value < 0x20 })
        }
        #expect(offered.contains("new\\x0aline.mov"))
        #expect(offered.contains("\\xff\\xfe.mov"))
        await intake.whenIdle()
        #expect(try intake.files(in: "state").isEmpty)
        try await intake.stop()
    }

    /// `TEST_BURST` files (default 300): beyond 16,384 the kernel tells of no more.
    @Test func aBurstIsTakenWithoutLoss() async throws {
        let intake = try Intaking()
        await intake.start()
        let count =
            ProcessInfo.processInfo.environment["TEST_BURST"].flatMap { Int($0) } ?? 300
        for index in 0..<count { try intake.moveIn("still \(index)", as: "\(index).jpg") }
        var seen: Set<String> = []
        for _ in 0..<count {
            if let upload = await intake.nextUpload() { seen.insert(upload.fileName) }
        }
        #expect(seen.count == count)
        await intake.whenIdle()
        #expect(try await intake.originals.list().count == count)
        #expect(try intake.files(in: "state").isEmpty)
        try await intake.stop()
    }

    @Test func theSameNameAgainAndAgainIsEachTimeAnUpload() async throws {
        let intake = try Intaking()
        await intake.start()
        var digests: Set<String> = []
        for index in 0..<20 {
            try intake.moveIn("film \(index)", as: "a.mov")
            digests.insert(try #require(await intake.nextUpload()).sha256)
        }
        #expect(digests.count == 20)
        try await intake.stop()
    }
}
