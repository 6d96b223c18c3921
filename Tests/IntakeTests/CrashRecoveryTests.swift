import Foundation
import MediaModel
import Storage
import TestSupport
import Testing

@testable import Intake

/// Each test makes by hand what a crash between two steps leaves, and starts.
@Suite(.timeLimit(.minutes(5)))
struct CrashRecoveryTests {
    @Test func aClaimIsOfferedWithItsNameOwnerSidecarAndTime() async throws {
        let intake = try Intaking()
        try intake.place.write("film", to: "state/claimed/1000-abc/anna/2026/a.mov")
        try intake.place.write(
            #"{"id": "reel"}"#, to: "state/claimed/1000-abc/anna/2026/a.mov.json")
        await intake.start()
        let upload = try #require(await intake.nextUpload())
        #expect(upload.itemID.rawValue == "reel")
        #expect(upload.fileName == "a.mov")
        #expect(upload.sidecar.owner == "anna")
        #expect(upload.receivedAt == Timestamp(millisecondsSince1970: 1000))
        await intake.whenIdle()
        #expect(try intake.files(in: "state").isEmpty)
        try await intake.stop()
    }

    @Test func aSidecarThatStayedInTheInboxIsFetched() async throws {
        let intake = try Intaking()
        try intake.place.write("film", to: "state/claimed/1000-abc/anna/a.mov")
        try intake.place.write(#"{"id": "reel"}"#, to: "inbox/anna/a.mov.json")
        await intake.start()
        #expect(await intake.nextUpload()?.itemID.rawValue == "reel")
        try await intake.stop()
    }

    @Test func aLoneJSONUploadIsStillOne() async throws {
        let intake = try Intaking()
        try intake.place.write("{}", to: "state/claimed/1000-abc/a.json")
        await intake.start()
        #expect(await intake.nextUpload()?.fileName == "a.json")
        try await intake.stop()
    }

    @Test func restsOfFinishedAndUnbegunClaimsAreRemoved() async throws {
        let intake = try Intaking()
        try intake.place.write("film", to: "state/claimed/.done-1000-abc/a.mov")
        try FileManager.default.createDirectory(
            at: intake.place.file("state/claimed/1000-abd/anna"),
            withIntermediateDirectories: true)
        try intake.place.write("half a copy", to: "state/claimed/1000-abe/.tmp-1-x")
        await intake.start()
        try intake.moveIn("other", as: "b.mov")
        #expect(await intake.nextUpload()?.fileName == "b.mov")
        await intake.whenIdle()
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: intake.place.file("state/claimed").path
            ).isEmpty)
        try await intake.stop()
    }

    @Test func aRefusalThatWasInterruptedIsFinished() async throws {
        let intake = try Intaking()
        try intake.place.write("", to: "state/claimed/1000-abc/a.mov")
        await intake.start()
        let refusal = try #require(await intake.nextRefusal())
        await intake.whenIdle()
        try await intake.stop()
        // And again, as if the claim had not been forgotten in time.
        try FileManager.default.createDirectory(
            at: intake.place.file("state/claimed/1000-abc"), withIntermediateDirectories: true)
        let second = try Intaking(in: intake.place)
        await second.start()
        try second.moveIn("other", as: "b.mov")
        #expect(await second.nextUpload()?.fileName == "b.mov")
        #expect(try await second.quarantine.refusals() == [refusal])
        try await second.stop()
    }

    @Test func aSidecarThatARefusalLeftBehindIsNoUpload() async throws {
        let intake = try Intaking()
        await intake.start()
        try intake.moveIn(#"{"priority": 900}"#, as: "a.mov.json")
        try intake.moveIn("film", as: "a.mov")
        let refusal = try #require(await intake.nextRefusal())
        await intake.whenIdle()
        try await intake.stop()
        // Before the upload was moved: it is refused again, for the same reason.
        try intake.place.write("film", to: "state/claimed/1000-abc/a.mov")
        try intake.place.write(#"{"priority": 900}"#, to: "state/claimed/1000-abc/.sidecar")
        // After: the rest of the claim is forgotten.
        try intake.place.write(#"{"priority": 900}"#, to: "state/claimed/1000-abd/.sidecar")
        // The sidecar of another upload that is on its way.
        try intake.place.write(#"{"id": "other"}"#, to: "inbox/a.mov.json")
        let second = try Intaking(in: intake.place)
        await second.start()
        #expect(await second.nextRefusal()?.item == refusal.item)
        try second.moveIn("other", as: "a.mov")
        #expect(await second.nextUpload()?.itemID.rawValue == "other")
        await second.whenIdle()
        #expect(try second.files(in: "state").isEmpty)
        #expect(try await second.quarantine.refusals().count == 1)
        try await second.stop()
    }

    @Test func aRefusedUploadsSidecarIsHiddenBeforeItLeaves() async throws {
        // Its place in quarantine is taken by a directory, so it cannot leave.
        let intake = try Intaking()
        let digest = ContentDigest(of: Array("film".utf8)).sha256
        try intake.place.write("x", to: "quarantine/a-\(digest.prefix(8)).reason.json/x")
        await intake.start()
        try intake.moveIn(#"{"priority": 900}"#, as: "a.mov.json")
        try intake.moveIn("film", as: "a.mov")
        _ = await intake.nextRefusal()
        _ = await intake.nextRefusal()
        try await intake.stop()
        let names = try intake.files(in: "state").map { URL(filePath: $0).lastPathComponent }
        #expect(names == [".sidecar", "a.mov"])
    }

    @Test func stoppingInTheMiddleLosesNothing() async throws {
        let first = try Intaking()
        // Never taken while this one runs.
        first.setAnswers(Array(repeating: .unavailable("down"), count: 1000))
        await first.start()
        for index in 0..<8 { try first.moveIn("film \(index)", as: "\(index).mov") }
        for _ in 0..<4 { #expect(await first.nextUpload() != nil) }
        try await first.stop()
        let second = try Intaking(in: first.place)
        await second.start()
        var seen: Set<String> = []
        for _ in 0..<8 {
            if let upload = await second.nextUpload() { seen.insert(upload.fileName) }
        }
        #expect(seen.count == 8)
        try await second.stop()
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func aFullDiskLosesNothingAndIsGotOver() async throws {
        let disk = try await SmallFileSystem(kilobytes: 512)
        // Made while there is room.
        _ = try OriginalStore(path: disk.path + "/originals")
        let root = try Directory(path: disk.path)
        try AtomicFile.write(Data(count: 400_000), as: "ballast", in: root)
        let intake = try Intaking(originals: disk.path + "/originals")
        await intake.start()
        try intake.moveIn(String(repeating: "x", count: 200_000), as: "a.mov")
        while await intake.service.status.state != .retrying { await Task.yield() }
        #expect(await intake.service.status.reason?.contains("noSpace") == true)
        #expect(try await intake.originals.list().isEmpty)
        try root.removeFile("ballast")
        let upload = try #require(await intake.nextUpload())
        #expect(upload.byteCount == 200_000)
        #expect(try await intake.originals.verify(upload.sha256))
        await intake.whenIdle()
        #expect(await intake.service.status.state == .watching)
        try await intake.stop()
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func anInboxOnAnotherFileSystemIsCopiedFrom() async throws {
        let disk = try await SmallFileSystem(kilobytes: 512)
        let intake = try Intaking(inbox: disk.path)
        await intake.start()
        try Data(#"{"id": "reel"}"#.utf8).write(to: URL(filePath: disk.path + "/.s"))
        try Data("film".utf8).write(to: URL(filePath: disk.path + "/.a"))
        try FileManager.default.moveItem(
            atPath: disk.path + "/.s", toPath: disk.path + "/a.mov.json")
        try FileManager.default.moveItem(atPath: disk.path + "/.a", toPath: disk.path + "/a.mov")
        #expect(await intake.nextUpload()?.itemID.rawValue == "reel")
        await intake.whenIdle()
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
        try await intake.stop()
    }
}
