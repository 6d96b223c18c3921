import Foundation
import Glibc
import MediaModel
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite(.timeLimit(.minutes(5)))
struct IntakeServiceTests {
    @Test func aRenamedInUploadIsKeptAndOffered() async throws {
        // A settle time beyond the test: a rename must not need it.
        let intake = try Intaking { $0.settle = .seconds(3600) }
        await intake.start()
        try intake.moveIn("film", as: "My Film.mov")
        let upload = try #require(await intake.nextUpload())
        let digest = ContentDigest(of: Array("film".utf8))
        #expect(upload.itemID.rawValue == "my-film-\(digest.sha256.prefix(8))")
        #expect(upload.fileName == "My Film.mov")
        #expect(upload.sha256 == digest.sha256)
        #expect(upload.byteCount == 4)
        #expect(upload.sidecar == Sidecar())
        #expect(try await intake.originals.verify(digest.sha256))
        await intake.whenIdle()
        #expect(try intake.files(in: "inbox").isEmpty)
        #expect(try intake.files(in: "state").isEmpty)
        try await intake.stop()
    }

    @Test func aWriterInPlaceIsTakenWhenItHasSettled() async throws {
        let intake = try Intaking()
        await intake.start()
        try Data("half".utf8).write(to: intake.inbox.appending(path: "a.png"))
        let handle = try FileHandle(forWritingTo: intake.inbox.appending(path: "a.png"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(" and half".utf8))
        try handle.close()
        let upload = try #require(await intake.nextUpload())
        #expect(upload.byteCount == 13)
        try await intake.stop()
    }

    @Test func aFileThatIsStillOpenForWritingIsNotTaken() async throws {
        let intake = try Intaking()
        try Data("half".utf8).write(to: intake.inbox.appending(path: "a.png"))
        // Close-on-exec: a program that another test starts meanwhile must not hold it open too.
        let descriptor = unsafe open(
            intake.inbox.appending(path: "a.png").path, O_WRONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        await intake.start()
        // Long settled by its times, but a writer has it open: others pass it by.
        try intake.moveIn("other", as: "b.png")
        #expect(await intake.nextUpload()?.fileName == "b.png")
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(" and half".utf8))
        try handle.close()
        #expect(await intake.nextUpload()?.byteCount == 13)
        try await intake.stop()
    }

    @Test func unfinishedNamesAreLeftAloneUntilRenamed() async throws {
        let intake = try Intaking()
        await intake.start()
        for name in [".a.mov", "a.mov.part", "a.mov.partial", "a.tmp", "a.crdownload"] {
            try intake.moveIn("unfinished", as: name)
        }
        try intake.moveIn("whole", as: "b.mov")
        #expect(await intake.nextUpload()?.fileName == "b.mov")
        try FileManager.default.moveItem(
            at: intake.inbox.appending(path: "a.mov.part"),
            to: intake.inbox.appending(path: "a.mov"))
        #expect(await intake.nextUpload()?.fileName == "a.mov")
        try await intake.stop()
        #expect(
            try intake.files(in: "inbox") == [
                ".a.mov", "a.crdownload", "a.mov.partial", "a.tmp",
            ])
    }

    @Test func theFirstSubdirectoryNamesTheOwner() async throws {
        let intake = try Intaking()
        await intake.start()
        try intake.moveIn("first", as: "x.png")
        #expect(await intake.nextUpload()?.sidecar.owner == nil)
        // Made while watching, with files made before a watch can be there.
        try intake.place.write("deep", to: "inbox/anna/2026/a.png")
        let upload = try #require(await intake.nextUpload())
        #expect(upload.sidecar.owner == "anna")
        #expect(upload.fileName == "a.png")
        try intake.moveIn("later", as: "anna/2026/b.png")
        #expect(await intake.nextUpload()?.sidecar.owner == "anna")
        try await intake.stop()
    }

    @Test func aSubdirectoryThatCannotNameAMemberIsRefusedUnlessTheSidecarDoes() async throws {
        let intake = try Intaking()
        await intake.start()
        // Each directory comes whole, with the sidecar beside its upload.
        func moveIn(_ directory: String, owner: String?) throws {
            try intake.place.write("from \(directory)", to: "staged/\(directory)/a.png")
            if let owner {
                try intake.place.write(
                    "{\"owner\": \(owner)}", to: "staged/\(directory)/a.png.json")
            }
            try FileManager.default.moveItem(
                at: intake.place.file("staged/\(directory)"),
                to: intake.inbox.appending(path: directory))
        }
        try moveIn("Anna M\u{fc}ller", owner: nil)
        let refusal = try #require(await intake.nextRefusal())
        #expect(refusal.failure.code == "badOwner" && refusal.owner == nil)
        #expect(refusal.failure.operatorText.contains("Anna M\u{fc}ller"))
        #expect(refusal.failure.uploaderText.contains("account"))
        try moveIn("Bj\u{f6}rn", owner: "\"bjoern\"")
        #expect(await intake.nextUpload()?.sidecar.owner == "bjoern")
        try moveIn("cleo", owner: "null")
        let nobodys = try #require(await intake.nextUpload())
        #expect(nobodys.sidecar.owner == nil && nobodys.fileName == "a.png")
        try await intake.stop()
    }

    @Test func aRenamedDirectoryIsWatchedUnderItsNewName() async throws {
        let intake = try Intaking()
        await intake.start()
        try intake.place.write("one", to: "inbox/anna/a.png")
        #expect(await intake.nextUpload()?.sidecar.owner == "anna")
        try FileManager.default.moveItem(
            at: intake.inbox.appending(path: "anna"), to: intake.inbox.appending(path: "bert"))
        try intake.moveIn("two", as: "bert/b.png")
        #expect(await intake.nextUpload()?.sidecar.owner == "bert")
        try await intake.stop()
    }

    @Test(arguments: [true, false])
    func anInboxThatIsMadeAgainIsWatchedAgain(isMovedAway: Bool) async throws {
        let intake = try Intaking()
        await intake.start()
        try intake.moveIn("one", as: "a.mov")
        #expect(await intake.nextUpload()?.fileName == "a.mov")
        await intake.whenIdle()
        if isMovedAway {
            try FileManager.default.moveItem(at: intake.inbox, to: intake.place.file("old"))
        } else {
            try FileManager.default.removeItem(at: intake.inbox)
        }
        try FileManager.default.createDirectory(
            at: intake.inbox, withIntermediateDirectories: false)
        try intake.moveIn("two", as: "b.mov")
        await intake.service.rescanNow()
        #expect(await intake.nextUpload()?.fileName == "b.mov")
        // By an event again: the next scan is a minute away.
        try intake.moveIn("three", as: "c.mov")
        #expect(await intake.nextUpload()?.fileName == "c.mov")
        if isMovedAway { try intake.place.write("no upload", to: "old/d.mov") }
        try intake.moveIn("four", as: "e.mov")
        #expect(await intake.nextUpload()?.fileName == "e.mov")
        try await intake.stop()
    }

    @Test func theSameBytesOfTwoOwnersAreTwoItems() async throws {
        let intake = try Intaking()
        await intake.start()
        var ids: [String] = []
        for path in ["My Film.mov", "anna/My Film.mov", "bert/My Film.mov"] {
            try intake.place.write("film", to: "inbox/\(path)")
            ids.append(try #require(await intake.nextUpload()).itemID.rawValue)
        }
        let digits = ContentDigest(of: Array("film".utf8)).sha256.prefix(8)
        #expect(
            ids == ["my-film-\(digits)", "anna-my-film-\(digits)", "bert-my-film-\(digits)"])
        try await intake.stop()
    }

    @Test func whatWasThereBeforeTheStartIsFound() async throws {
        let intake = try Intaking()
        try intake.place.write("early", to: "inbox/anna/a.png")
        await intake.start()
        #expect(await intake.nextUpload()?.sidecar.owner == "anna")
        try await intake.stop()
    }

    @Test func anOverflowIsAnsweredByAScan() async throws {
        let place = try TemporaryDirectory("overflow")
        var configuration = IntakeConfiguration(
            inboxPath: place.file("inbox").path, claimedPath: place.file("claimed").path)
        configuration.settle = .zero
        // Blind for an hour: neither events nor the clock show the file.
        configuration.isPolling = true
        configuration.pollInterval = .seconds(3600)
        let inbox = try InboxDirectory(path: place.file("inbox").path, creating: 0o700)
        let (ready, continuation) = AsyncStream.makeStream(of: [InboxPath].self)
        let watcher = try InboxWatcher(
            inbox: inbox, configuration: configuration
        ) { continuation.yield($0) }
        try place.write("x", to: "inbox/first")
        await watcher.start()
        var batches = ready.makeAsyncIterator()
        #expect(await batches.next() == [InboxPath([], "first")])
        try place.write("x", to: "inbox/second")
        watcher.inject([InotifyEvent(watch: -1, mask: 0x4000, name: nil)])
        #expect(await batches.next() == [InboxPath([], "second")])
        watcher.stop()
    }

    @Test func pollingSeesWhatNoEventTells() async throws {
        let intake = try Intaking {
            $0.isPolling = true
            $0.pollInterval = .milliseconds(10)
        }
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        #expect(await intake.nextUpload()?.fileName == "a.mov")
        try await intake.stop()
    }

    @Test func sidecarFirst() async throws {
        let intake = try Intaking()
        await intake.start()
        try intake.moveIn(#"{"id": "reel", "title": "Reel", "owner": "bert"}"#, as: "a.mov.json")
        try intake.moveIn("film", as: "a.mov")
        let upload = try #require(await intake.nextUpload())
        #expect(upload.itemID.rawValue == "reel")
        #expect(upload.sidecar.title == "Reel")
        #expect(upload.sidecar.owner == "bert")
        await intake.whenIdle()
        #expect(try intake.files(in: "inbox").isEmpty)
        try await intake.stop()
    }

    @Test func sidecarSecondWhenIntakeWaitsForIt() async throws {
        let intake = try Intaking { $0.sidecarWait = .seconds(3600) }
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        try intake.moveIn(#"{"id": "reel"}"#, as: "a.mov.json")
        #expect(await intake.nextUpload()?.itemID.rawValue == "reel")
        try await intake.stop()
    }

    @Test func aBadSidecarIsRefusedWithItsUploadAndBothAreKept() async throws {
        let intake = try Intaking()
        await intake.start()
        try intake.moveIn(#"{"priority": 900}"#, as: "a.mov.json")
        try intake.moveIn("film", as: "a.mov")
        let refusal = try #require(await intake.nextRefusal())
        #expect(refusal.failure.code == "badSidecar")
        #expect(refusal.failure.operatorText.contains("priority"))
        await intake.whenIdle()
        #expect(
            try intake.files(in: "quarantine") == [
                refusal.item.rawValue, "\(refusal.item).reason.json",
                "\(refusal.item).sidecar.json",
            ])
        #expect(try intake.files(in: "inbox").isEmpty)
        #expect(try intake.files(in: "state").isEmpty)
        try await intake.stop()
    }

    @Test func emptyAndOversizedFilesAreRefusedAtOnce() async throws {
        let intake = try Intaking { $0.maximumByteCount = 10 }
        await intake.start()
        try intake.moveIn("", as: "empty.jpg")
        let empty = try #require(await intake.nextRefusal())
        #expect(empty.failure.code == "emptyFile")
        #expect(empty.failure.kind == .invalidMedia)
        try intake.moveIn("eleven here", as: "large.jpg")
        let large = try #require(await intake.nextRefusal())
        #expect(large.failure.code == "sourceTooLarge")
        #expect(large.failure.kind == .limitExceeded)
        #expect(large.failure.operatorText.contains("11"))
        #expect(large.failure.operatorText.contains("10"))
        await intake.whenIdle()
        #expect(try await intake.quarantine.refusals().count == 2)
        #expect(
            try Data(contentsOf: intake.place.file("quarantine/\(large.item)"))
                == Data("eleven here".utf8))
        try await intake.stop()
    }

    @Test(arguments: [false, true])
    func aConflictGoesToQuarantine(isNeeded: Bool) async throws {
        let intake = try Intaking()
        let content = ContentDigest(of: Array("film".utf8)).sha256
        // The same film is another item's, too.
        intake.setNeeded(isNeeded ? [content] : [])
        intake.setAnswers([
            .conflict(Failure.internalError(code: "idTaken", "the id is taken"))
        ])
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        #expect(await intake.nextUpload() != nil)
        #expect(await intake.nextRefusal()?.failure.code == "idTaken")
        await intake.whenIdle()
        #expect(try await intake.quarantine.refusals().count == 1)
        #expect(await intake.service.status.refused == 1)
        // Its bytes are in quarantine; among the originals only when somebody else has them there.
        #expect(try await intake.originals.list() == (isNeeded ? [content] : []))
        #expect(!intake.originals.isArriving(content))
        try await intake.stop()
    }

    /// Between the kept original and the queue's answer nobody may remove the original.
    @Test func anOriginalIsNotRemovedBeforeTheQueueHasAnswered() async throws {
        let intake = try Intaking {
            $0.retryDelay = .seconds(3600)
            $0.longestRetryDelay = .seconds(3600)
        }
        intake.setAnswers([.unavailable("busy")])
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        let sha256 = try #require(await intake.nextUpload()).sha256
        #expect(intake.originals.isArriving(sha256))
        #expect(try await intake.originals.remove(sha256) { false } == .arriving)
        #expect(try await intake.originals.verify(sha256))
        // The same bytes by another way, answered at once: the first one still waits.
        try intake.place.write("film", to: "b.mov")
        let handle = try FileHandle(forReadingFrom: intake.place.file("b.mov"))
        let (_, answer) = try await intake.service.add(
            handle.fileDescriptor, fileName: "b.mov", sidecar: Sidecar())
        #expect(answer == .accepted)
        #expect(try await intake.originals.remove(sha256) { false } == .arriving)
        try await intake.stop()
    }

    @Test func anUnavailableQueueIsAskedAgain() async throws {
        let intake = try Intaking()
        intake.setAnswers([.unavailable("down"), .unavailable("down")])
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        let offers = await [intake.nextUpload(), intake.nextUpload(), intake.nextUpload()]
        #expect(Set(offers).count == 1, "the same upload each time")
        await intake.whenIdle()
        let status = await intake.service.status
        #expect(status.accepted == 1)
        #expect(status.state == .watching)
        let sha256 = try #require(try await intake.originals.list().first)
        #expect(!intake.originals.isArriving(sha256), "known to the queue")
        try await intake.stop()
        #expect(await intake.service.status.state == .stopped)
    }

    @Test func uploadsThatAreNotTakenYetHoldUpNobody() async throws {
        let intake = try Intaking {
            $0.concurrentUploads = 2
            $0.retryDelay = .seconds(3600)
            $0.longestRetryDelay = .seconds(3600)
        }
        intake.setAnswers(Array(repeating: .unavailable("busy"), count: 5))
        await intake.start()
        for index in 0..<6 { try intake.moveIn("film \(index)", as: "\(index).mov") }
        for _ in 0..<6 { #expect(await intake.nextUpload() != nil) }
        while await intake.service.status.inFlight > 5 { await Task.yield() }
        #expect(await intake.service.status.accepted == 1)
        try await intake.stop()
        // Still claimed, for the next start.
        #expect(try intake.files(in: "state").count == 5)
    }

    @Test(.enabled(if: Unmovable.isPossible, "no way to make a file unmovable"))
    func uploadsThatCannotBeMovedHoldUpNobodyAndAreReportedOnce() async throws {
        let intake = try Intaking {
            $0.concurrentUploads = 2
            $0.rescanInterval = .milliseconds(20)
        }
        for index in 0..<4 {
            try intake.place.write("film \(index)", to: "inbox/anna/\(index).mov")
        }
        let lock = try await Unmovable(intake.inbox.appending(path: "anna"))
        await intake.start()
        var left: Set<LeftEntry> = []
        for _ in 0..<4 {
            if case .left(let entry) = await intake.next() { left.insert(entry) }
        }
        #expect(
            left == Set((0..<4).map { LeftEntry(path: "anna/\($0).mov", reason: .permission) }))
        try intake.moveIn("film", as: "a.mov")
        #expect(await intake.nextUpload()?.fileName == "a.mov")
        // As soon as they can be moved they are taken, and nothing is said twice.
        try await lock.release()
        var names: Set<String> = []
        for _ in 0..<4 { names.insert(await intake.nextUpload()?.fileName ?? "") }
        #expect(names == ["0.mov", "1.mov", "2.mov", "3.mov"])
        await intake.whenIdle()
        #expect(try intake.files(in: "state").isEmpty)
        try await intake.stop()
    }

    @Test func intakePausesBeforeTheDiskIsFullAndResumesByItself() async throws {
        let intake = try Intaking { $0.minimumFreeBytes = 1000 }
        intake.setFreeSpace(999)
        await intake.start()
        try intake.moveIn("film", as: "a.mov")
        while await intake.service.status.state != .paused { await Task.yield() }
        #expect(await intake.service.status.reason?.contains("999 bytes free") == true)
        #expect(try intake.files(in: "inbox") == ["a.mov"])
        intake.setFreeSpace(2000)
        #expect(await intake.nextUpload()?.fileName == "a.mov")
        await intake.whenIdle()
        #expect(await intake.service.status.state == .watching)
        try await intake.stop()
    }

    @Test(
        arguments: [
            // The share of 40,000 bytes is 2,000 and the larger one.
            (40_000, 2_010, nil), (40_000, 2_009, "2009 bytes free, 2010 needed"),
            // The share of 10,000 is 500; then 1,000 bytes are.
            (10_000, 1_010, nil), (10_000, 1_009, "1009 bytes free, 1010 needed"),
        ] as [(UInt64, UInt64, String?)])
    func theReserveIsTheLargerOfShareAndBytes(
        total: UInt64, available: UInt64, reason: String?
    ) {
        let admission = Admission(minimumFreeFraction: 0.05, minimumFreeBytes: 1_000)
        let said = admission.shortage(
            for: 10, on: FreeSpace(totalBytes: total, availableBytes: available))
        if let reason {
            #expect(said?.contains(reason) == true)
        } else {
            #expect(said == nil)
        }
    }

    @Test func whatIsRefusedWhenAddedIsListed() async throws {
        let intake = try Intaking { $0.maximumByteCount = 10 }
        let texts = ["empty.mov": "", "large.mov": "eleven here", "taken.mov": "film"]
        let taken = Failure.internalError(code: "idTaken", "the id is taken")
        for (name, code) in [
            ("empty.mov", "emptyFile"), ("large.mov", "sourceTooLarge"), ("taken.mov", "idTaken"),
        ] {
            try intake.place.write(texts[name] ?? "", to: name)
            let handle = try FileHandle(forReadingFrom: intake.place.file(name))
            intake.setAnswers([.conflict(taken)])
            do {
                let (_, answer) = try await intake.service.add(
                    handle.fileDescriptor, fileName: name, sidecar: Sidecar())
                #expect(answer == .conflict(taken))
                #expect(await intake.nextUpload()?.fileName == name)
            } catch let failure as Failure {
                #expect(failure.code == code)
            }
            let refusal = try #require(await intake.nextRefusal())
            #expect(refusal.failure.code == code)
            #expect(refusal.fileName == name)
        }
        // Adopted before the queue said no, so it is explained.
        #expect(try await intake.quarantine.refusals().map(\.fileName) == ["taken.mov"])
        #expect(try await intake.originals.list() == [])
        #expect(await intake.service.status.refused == 3)
    }

    @Test func addingIsRefusedWhileTheDiskIsTooFull() async throws {
        let intake = try Intaking { $0.minimumFreeBytes = 1000 }
        intake.setFreeSpace(1003)
        try intake.place.write("film", to: "a.mov")
        let handle = try FileHandle(forReadingFrom: intake.place.file("a.mov"))
        let error = await #expect(throws: StorageError.self) {
            _ = try await intake.service.add(
                handle.fileDescriptor, fileName: "a.mov", sidecar: Sidecar())
        }
        #expect(error?.code == .noSpace)
        #expect(try await intake.originals.list().isEmpty)
    }

    @Test func addingByDescriptorLeavesTheSource() async throws {
        let intake = try Intaking()
        try intake.place.write("film", to: "elsewhere.mov")
        let handle = try FileHandle(forReadingFrom: intake.place.file("elsewhere.mov"))
        var sidecar = Sidecar()
        sidecar.title = "T"
        let (upload, answer) = try await intake.service.add(
            handle.fileDescriptor, fileName: "elsewhere.mov", sidecar: sidecar)
        #expect(answer == .accepted)
        #expect(upload.sidecar.title == "T")
        #expect(try await intake.originals.verify(upload.sha256))
        #expect(try Data(contentsOf: intake.place.file("elsewhere.mov")) == Data("film".utf8))
    }
}
