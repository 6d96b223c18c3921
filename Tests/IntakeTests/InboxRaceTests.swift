import Foundation
import Glibc
import MediaModel
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Intake

/// An uploader that swaps what it brought, in one call of the kernel, while intake takes it.
///
/// `TEST_RACES`: how many at least (default 20); `TEST_SEED`: what is swapped for what, and how often.
@Suite(.timeLimit(.minutes(60)))
struct InboxRaceTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let races = environment["TEST_RACES"].flatMap { Int($0) } ?? 20
    private static let seed =
        environment["TEST_SEED"].flatMap { UInt64($0) } ?? UInt64(Date().timeIntervalSince1970)

    /// What an upload is swapped for.
    private enum Decoy: CaseIterable {
        case symlink, fifo, hardLink
        /// An upload, too.
        case file
    }

    /// What intake has said so far.
    private final class Told: Sendable {
        let offers = Mutex<[String: Int]>([:])

        func follow(_ intake: Intaking) -> Task<Void, Never> {
            Task {
                while let happening = await intake.next() {
                    guard case .offered(let upload) = happening else { continue }
                    offers.withLock { $0[upload.sha256, default: 0] += 1 }
                }
            }
        }
    }

    @Test func whatIsSwappedWhileItIsClaimedIsNeitherLostNorFollowed() async throws {
        print("inbox races: \(Self.races), TEST_SEED=\(Self.seed)")
        var random = SplitMix(seed: Self.seed)
        let intake = try Intaking()
        let canaries = try CanaryFiles(in: intake.place.url, ["canary.mov": Data()])
        let canary = canaries.directory.appending(path: "canary.mov")
        let forbidden = try await Digest.sha256(of: Data(contentsOf: canary))
        _ = canaries.opened()
        let told = Told()
        await intake.start()
        let follower = told.follow(intake)
        defer { follower.cancel() }
        var expected: Set<String> = []
        var swaps = 0
        var race = 0
        // Intake may be there before the first swap: more of them then.
        while race < Self.races || (swaps <= Self.races && race < 20 * Self.races) {
            defer { race += 1 }
            let decoy = Decoy.allCases.randomElement(using: &random) ?? .symlink
            let staged = intake.place.file("decoys/\(race)")
            try make(decoy, at: staged, canary: canary, race)
            let good = "upload \(race)"
            expected.insert(ContentDigest(of: Array(good.utf8)).sha256)
            if decoy == .file {
                expected.insert(ContentDigest(of: Array("decoy \(race)".utf8)).sha256)
            }
            let upload = try intake.place.write(good, to: "staged/\(race)")
            let count = Int.random(in: 1...60, using: &random)
            let returns = Bool.random(using: &random)
            let spins = Int.random(in: 0...40, using: &random)
            swaps += try await swap(
                upload, broughtAs: intake.inbox.appending(path: "\(race).mov"), staged, count,
                spins: spins, returns: returns)
            // What the uploader has in hand at the end, it brings under another name.
            var status = stat()
            if unsafe lstat(staged.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_nlink == 1
            {
                try FileManager.default.moveItem(
                    at: staged, to: intake.inbox.appending(path: "\(race)-again.mov"))
            }
        }
        let wanted = expected
        do {
            try await Waiting.until("all uploads", within: .seconds(120)) {
                told.offers.withLock { wanted.isSubset(of: $0.keys) } ? true : nil
            }
        } catch {
            let lost = told.offers.withLock { wanted.subtracting($0.keys) }
            Issue.record("lost, TEST_SEED=\(Self.seed): \(lost.count) of \(wanted.count)")
        }
        await intake.whenIdle()
        try await intake.stop()
        let offers = told.offers.withLock { $0 }
        #expect(Set(offers.keys).subtracting(expected) == [], "TEST_SEED=\(Self.seed)")
        #expect(offers.values.allSatisfy { $0 == 1 }, "twice, TEST_SEED=\(Self.seed)")
        #expect(try await Set(intake.originals.list()) == expected, "TEST_SEED=\(Self.seed)")
        #expect(!expected.contains(forbidden))
        #expect(canaries.opened() == [], "followed, TEST_SEED=\(Self.seed)")
        print("inbox races: \(swaps) swaps, \(expected.count) uploads")
        #expect(swaps > Self.races, "a race without a swap is none")
    }

    private func make(_ decoy: Decoy, at place: URL, canary: URL, _ race: Int) throws {
        let files = FileManager.default
        try files.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        switch decoy {
        case .symlink: try files.createSymbolicLink(at: place, withDestinationURL: canary)
        case .fifo: try #require(unsafe mkfifo(place.path, 0o666) == 0)
        case .hardLink: try files.linkItem(at: canary, to: place)
        case .file: try Data("decoy \(race)".utf8).write(to: place)
        }
    }

    /// Brings an upload and swaps it for another file, so often or until one of them is gone.
    /// - Parameter returns: whether what is left is then brought under the name that was taken.
    private func swap(
        _ upload: URL, broughtAs one: URL, _ other: URL, _ count: Int, spins: Int, returns: Bool
    ) async throws -> Int {
        await withCheckedContinuation { continuation in
            Thread {
                // By the thread that swaps: one that starts afterwards may come too late for all.
                var done = 0
                let isBrought = Rename.done(upload, one, .noReplace)
                if !isBrought { Issue.record("cannot bring \(one.path): errno \(errno)") }
                while done < count, Rename.done(one, other, .exchange) {
                    done += 1
                    // The distance between swaps is the input, drawn from the seed.
                    for _ in 0..<spins { sched_yield() }
                }
                if done < count, returns { _ = Rename.done(other, one, .noReplace) }
                continuation.resume(returning: done)
            }.start()
        }
    }
}

/// renameat2(2), which Swift's module of the C library lacks.
private enum Rename {
    /// RENAME_NOREPLACE and RENAME_EXCHANGE of <linux/fs.h>.
    enum Flag: UInt32 {
        case noReplace = 1
        case exchange = 2
    }

    private typealias Call =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    static func done(_ one: URL, _ other: URL, _ flag: Flag) -> Bool {
        guard let symbol = unsafe dlsym(nil, "renameat2") else { return false }
        let call = unsafe unsafeBitCast(symbol, to: Call.self)
        return unsafe call(AT_FDCWD, one.path, AT_FDCWD, other.path, flag.rawValue) == 0
    }
}
