import Foundation
import Glibc
import Storage
import TestSupport
import Testing

@testable import Intake

/// The decisions when something is complete, on a clock that the test turns.
struct InboxTableTests {
    private let start = ContinuousClock.now
    private let clip = InboxPath([], "clip.mov")
    private let sidecar = InboxPath([], "clip.mov.json")
    private let place: TemporaryDirectory
    private let files: Directory

    init() throws {
        place = try TemporaryDirectory("table")
        files = try Directory(path: place.url.path)
    }

    private func table(
        settle: Duration = .seconds(2), sidecarWait: Duration = .zero
    ) -> InboxTable {
        InboxTable(settle: settle, sidecarWait: sidecarWait, orphanGrace: .seconds(60))
    }

    private func look(_ path: InboxPath) -> FileStatus? {
        // Unwrapped twice: unreadable is as good as absent here.
        (try? files.status(of: path.name)) ?? nil
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func aRenameInIsReadyAtOnce() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        #expect(table.movedIn(clip, now: at(0), look: look) == [clip])
        #expect(table.nextDeadline == nil)
    }

    @Test func aWriterSettles() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        table.closed(clip, now: at(0), look: look)
        #expect(table.nextDeadline == at(2))
        #expect(table.due(now: at(1.9), look: look).isEmpty)
        #expect(table.due(now: at(2), look: look) == [clip])
    }

    @Test func aWriterThatComesBackSettlesAgain() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        table.closed(clip, now: at(0), look: look)
        try place.write("xy", to: "clip.mov")
        #expect(table.due(now: at(2), look: look).isEmpty)
        #expect(table.due(now: at(4), look: look) == [clip])
    }

    @Test func whatAScanFindsIsReadyWhenItIsOldEnough() throws {
        try place.write("x", to: "clip.mov")
        let status = try #require(look(clip))
        var old = table()
        #expect(old.found(clip, status, age: .seconds(3), now: at(0), look: look) == [clip])
        var young = table()
        #expect(young.found(clip, status, age: .seconds(0.5), now: at(0), look: look).isEmpty)
        #expect(young.nextDeadline == at(1.5))
        var foreignClock = table()
        #expect(foreignClock.found(clip, status, age: nil, now: at(0), look: look).isEmpty)
        #expect(foreignClock.due(now: at(2), look: look) == [clip])
    }

    @Test func aScanDoesNotOfferTwice() throws {
        try place.write("x", to: "clip.mov")
        let status = try #require(look(clip))
        var table = table()
        #expect(table.movedIn(clip, now: at(0), look: look) == [clip])
        #expect(table.found(clip, status, age: .seconds(9), now: at(1), look: look).isEmpty)
    }

    @Test func aSecondUploadOfTheNameIsOfferedWhenTheFirstIsClaimed() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        #expect(table.movedIn(clip, now: at(0), look: look) == [clip])
        #expect(table.movedIn(clip, now: at(0), look: look).isEmpty)
        #expect(table.finished(clip, .gone, now: at(1), look: look) == [clip])
        #expect(table.finished(clip, .gone, now: at(1), look: look).isEmpty)
    }

    @Test func whatIsLeftInPlaceIsOfferedAgainOnlyWhenItChanged() throws {
        try #require(unsafe mkfifo(place.file("clip.mov").path, 0o600) == 0)
        let status = try #require(look(clip))
        var table = table()
        #expect(table.found(clip, status, age: nil, now: at(0), look: look) == [clip])
        #expect(table.finished(clip, .left(status), now: at(0), look: look).isEmpty)
        #expect(table.found(clip, status, age: nil, now: at(60), look: look).isEmpty)
        try files.removeFile("clip.mov")
        try place.write("x", to: "clip.mov")
        let changed = try #require(look(clip))
        #expect(table.found(clip, changed, age: .seconds(9), now: at(120), look: look) == [clip])
    }

    @Test func whatIsStillWrittenIsTriedLater() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        #expect(table.movedIn(clip, now: at(0), look: look) == [clip])
        #expect(table.finished(clip, .later, now: at(0), look: look).isEmpty)
        #expect(table.due(now: at(1), look: look).isEmpty)
        #expect(table.due(now: at(2), look: look) == [clip])
    }

    @Test func whatCouldNotBeClaimedIsHandedOutAgainAlsoWhenItIsGone() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        #expect(table.movedIn(clip, now: at(0), look: look) == [clip])
        #expect(
            table.finished(clip, .retry(after: .seconds(10)), now: at(0), look: look).isEmpty)
        try files.removeFile("clip.mov")
        table.vanished(clip)
        #expect(table.due(now: at(9), look: look).isEmpty)
        #expect(table.due(now: at(10), look: look) == [clip])
        #expect(table.finished(clip, .gone, now: at(10), look: look).isEmpty)
        #expect(table.nextDeadline == nil)
    }

    @Test func aSidecarBeforeItsUploadIsNoUpload() throws {
        try place.write("{}", to: "clip.mov.json")
        var table = table()
        #expect(table.movedIn(sidecar, now: at(0), look: look).isEmpty)
        try place.write("x", to: "clip.mov")
        #expect(table.movedIn(clip, now: at(1), look: look) == [clip])
        #expect(table.due(now: at(60), look: look).isEmpty)
        #expect(table.nextDeadline == nil)
    }

    @Test func anUploadWaitsForItsSidecarAsLongAsConfigured() throws {
        try place.write("x", to: "clip.mov")
        var table = table(sidecarWait: .seconds(5))
        #expect(table.movedIn(clip, now: at(0), look: look).isEmpty)
        try place.write("{}", to: "clip.mov.json")
        #expect(table.movedIn(sidecar, now: at(1), look: look) == [clip])
        var lonely = self.table(sidecarWait: .seconds(5))
        try files.removeFile("clip.mov.json")
        #expect(lonely.movedIn(clip, now: at(0), look: look).isEmpty)
        #expect(lonely.due(now: at(5), look: look) == [clip])
    }

    @Test func anUploadWaitsUntilItsSidecarIsWritten() throws {
        try place.write("{", to: "clip.mov.json")
        try place.write("x", to: "clip.mov")
        var table = table()
        table.closed(sidecar, now: at(0), look: look)
        #expect(table.movedIn(clip, now: at(1), look: look).isEmpty)
        #expect(Set(table.due(now: at(2), look: look)) == [clip])
    }

    @Test func aSidecarOfNothingBecomesAnUpload() throws {
        try place.write("{}", to: "clip.mov.json")
        var table = table()
        #expect(table.movedIn(sidecar, now: at(0), look: look).isEmpty)
        #expect(table.due(now: at(59), look: look).isEmpty)
        #expect(table.due(now: at(60), look: look) == [sidecar])
    }

    @Test func whatIsTakenAwayIsForgotten() throws {
        try place.write("x", to: "clip.mov")
        var table = table()
        table.closed(clip, now: at(0), look: look)
        table.vanished(clip)
        #expect(table.nextDeadline == nil)
        table.closed(clip, now: at(0), look: look)
        try files.removeFile("clip.mov")
        #expect(table.due(now: at(2), look: look).isEmpty)
        #expect(table.nextDeadline == nil)
    }

    @Test(arguments: [
        (".hidden", true), ("a.part", true), ("a.partial", true), ("a.tmp", true),
        ("a.crdownload", true), ("a.mov", false), ("partial", false), ("a.part.mov", false),
    ])
    func unfinishedNamesAreIgnored(name: String, isIgnored: Bool) throws {
        #expect(InboxPath.isIgnored(try #require(FileName(name))) == isIgnored)
    }

    @Test func eventsAreReadAsTheKernelWritesThem() {
        // Little-endian watch 1, IN_MOVED_TO, cookie 7, length 16, name padded with NULs; then an
        // overflow (watch −1) without a name; then half a record.
        let bytes: [UInt8] =
            [1, 0, 0, 0, 0x80, 0, 0, 0, 7, 0, 0, 0, 16, 0, 0, 0] + Array("clip.mov".utf8)
            + Array(repeating: 0, count: 8)
            + [0xff, 0xff, 0xff, 0xff, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            + [1, 0, 0, 0, 0x80]
        let events = InotifyEvent.parse(bytes[...])
        #expect(events.count == 2)
        #expect(events.first?.watch == 1)
        #expect(events.first?.has(IN_MOVED_TO) == true)
        #expect(events.first?.name == "clip.mov")
        #expect(events.last?.isOverflow == true)
        #expect(events.last?.name == nil)
    }
}
