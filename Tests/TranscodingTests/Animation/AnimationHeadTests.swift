import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

@testable import Transcoding

/// What an animation says of itself, found without a library; what is too much is refused by it.
@Suite struct AnimationHeadTests {
    let run: AnimationRun

    init() throws {
        run = try AnimationRun()
    }

    private func head(_ file: URL) throws -> AnimationHead {
        try #require(try found(file))
    }

    private func found(_ file: URL) throws -> AnimationHead? {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try AnimationHead.read(descriptor: handle.fileDescriptor, format: format)
    }

    @Test(arguments: ["gif", "apng", "apng-palette", "apng-hidden", "webp"])
    func everyFormatTellsFramesDelaysAndLoop(kind: String) throws {
        let found = try head(try run.made(kind))
        #expect(found.canvas == PixelSize(width: 96, height: 48))
        #expect(found.frameCount == 6)
        #expect(found.delays == [100, 70, 0, 250, 30, 40])
        #expect(found.plays == 4)
        #expect(found.isComplete)
    }

    /// libvips counts plays, too, but not the same file's in every version.
    @Test func libvipsAgrees() throws {
        for (kind, loader) in [("gif", Loader.gif), ("gif-once", .gif), ("webp", .webp)] {
            let file = try run.made(kind)
            let image = try Image.load(Source(bytes: [UInt8](Data(contentsOf: file))), with: loader)
            let found = try head(file)
            #expect(image.loop == found.plays, "\(kind)")
            #expect(image.delays == found.delays, "\(kind)")
            #expect(image.pageCount == found.frameCount, "\(kind)")
        }
    }

    @Test func everyPrefixIsWalkedOver() throws {
        for kind in ["gif", "apng", "webp"] {
            let whole = try Data(contentsOf: run.made(kind))
            for length in stride(from: 16, to: whole.count, by: max(1, whole.count / 60)) {
                let file = run.fixture("cut.\(kind)")
                try whole.prefix(length).write(to: file)
                guard let found = try? found(file) else { continue }
                #expect(!found.isComplete && found.delays.count <= 6, "\(kind) to \(length)")
            }
        }
    }

    @Test func aMillionFramesAreCountedAndRefused() throws {
        let file = run.fixture("bomb.gif")
        try AnimationRun.script(["bomb", "1000000", file.path])
        let failure = try #require(throws: Failure.self) { try run.probe(file) }
        #expect(failure.kind == .limitExceeded)
        #expect(failure.code == "animationFrames")
        #expect(failure.operatorText.contains("1000000") && failure.operatorText.contains("3000"))
    }

    @Test func tooManyPixelsOverAllFramesAreRefused() throws {
        let file = try run.made("gif")
        var limits = Limits()
        limits.animationPixels = 6 * 96 * 48 - 1
        let failure = try #require(throws: Failure.self) { try run.probe(file, limits: limits) }
        #expect(failure.code == "animationPixels")
        #expect(failure.operatorText.contains("6 frames of 96x48"))
        limits.animationPixels += 1
        #expect(try run.probe(file, limits: limits).kind == .animation)
    }

    /// What it announces is what others would take room for.
    @Test func aLyingFrameCountIsRefused() throws {
        var bytes = try Data(contentsOf: run.made("apng"))
        let count = try #require(bytes.range(of: Data("acTL".utf8))).upperBound
        bytes.replaceSubrange(count..<count + 4, with: [0x7F, 0, 0, 0])
        let file = run.fixture("lying.apng")
        try bytes.write(to: file)
        let failure = try #require(throws: Failure.self) { try run.probe(file) }
        #expect(failure.code == "animationFrames")
    }

    /// More often than WebP can say is as good as for ever.
    @Test(arguments: [(65_535, 65_535), (65_536, 0), (1_000_000, 0)])
    func whatPlaysVeryOftenPlaysForEver(told: UInt32, plays: Int) throws {
        var bytes = try Data(contentsOf: run.made("apng"))
        let count = try #require(bytes.range(of: Data("acTL".utf8))).upperBound + 4
        bytes.replaceSubrange(
            count..<count + 4, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: told >> $0) })
        let file = run.fixture("often.apng")
        try bytes.write(to: file)
        #expect(try run.probe(file).image?.animation?.plays == plays)
    }

    @Test func aSingleFrameIsAStill() throws {
        let file = run.fixture("one.gif")
        try AnimationRun.script(["bomb", "1", file.path])
        let info = try run.probe(file)
        #expect(info.kind == .image && info.image?.animation == nil)
    }

    /// An edit list that repeats for a track of unknown, of three times, and without the flag.
    @Test(arguments: [(1, UInt32.max, 0), (1, 75, 3), (0, 75, 1)])
    func aSequencesLoopIsInItsEditList(flag: UInt8, total: UInt32, plays: Int) {
        func number(_ value: UInt32) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
        }
        var bytes: [UInt8] = number(92) + Array("tkhd".utf8) + [0, 0, 0, 1]
        bytes += number(0) + number(0) + number(1) + number(0) + number(total)
        bytes += [UInt8](repeating: 0, count: 60)
        bytes += number(28) + Array("elst".utf8) + [0, 0, 0, flag] + number(1) + number(25)
        bytes += [UInt8](repeating: 0, count: 40)
        #expect(SequenceLoop(FileHead(bytes: bytes)).plays == plays)
    }

    /// Found by fuzzing: files that end where the first box could begin.
    @Test func aFileOfAnyLengthHasALoop() {
        for length in 0...200 {
            let bytes = (0..<length).map { Array("elsttkhd".utf8)[$0 % 8] }
            #expect(SequenceLoop(FileHead(bytes: bytes)).plays >= 0)
        }
        // Both in 64 bits, and as long as those can tell: once.
        var endless: [UInt8] = [0, 0, 0, 0] + Array("elst".utf8) + [1, 0, 0, 1, 0, 0, 0, 1]
        endless += [UInt8](repeating: 0xFF, count: 7) + [0xFE]
        endless += Array("tkhd".utf8) + [1] + [UInt8](repeating: 0, count: 27)
        endless += [UInt8](repeating: 0xFF, count: 7) + [0xFE] + [UInt8](repeating: 0, count: 40)
        #expect(SequenceLoop(FileHead(bytes: endless)).plays == 1)
    }
}
