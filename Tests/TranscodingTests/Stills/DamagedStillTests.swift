import Foundation
import MediaModel
import Planning
import Testing
import Transcoding
import Vips

@Suite struct DamagedStillTests {
    let run: StillRun

    init() throws {
        run = try StillRun()
    }

    private func refusal(_ file: URL) throws -> Failure {
        try #require(throws: Failure.self) { try run.run(file, recipe: .small) }
    }

    @Test(arguments: ["a.jpg", "a.png"])
    func aPictureThatEndsEarlyIsShownWithAWarning(name: String) throws {
        let whole = try run.testPicture(name, width: 1_000, height: 800)
        try run.run(run.truncated(whole, to: 0.6), recipe: .small)
        #expect(run.events.warnings == ["truncatedSource"])
        let top = try pixel(run.fallback(320), 0.5, 0.1)
        #expect(top.contains { $0 > 20 })
    }

    @Test func aPictureOfWhichNearlyNothingIsThereIsRefused() throws {
        let whole = try run.testPicture("a.jpg", width: 2_000, height: 1_600)
        // Up to the start of the scan, and no more than its first few blocks.
        let bytes = try Data(contentsOf: whole)
        let scan = try #require(bytes.range(of: Data([0xFF, 0xDA])))
        let file = run.fixture("header.jpg")
        try bytes[..<(scan.upperBound + 40)].write(to: file)
        let failure = try refusal(file)
        #expect(failure.kind == .invalidMedia)
        #expect(run.events.artifacts.isEmpty)
    }

    @Test func aPictureWithoutItsHeaderIsRefused() throws {
        let whole = try run.testPicture("a.jpg", width: 500, height: 400)
        let failure = try refusal(run.truncated(whole, to: 0.01))
        #expect(failure.kind == .invalidMedia)
        #expect(failure.code == "unreadablePicture")
        #expect(failure.operatorText.contains("jpegload_source"))
        #expect(!failure.uploaderText.contains("jpegload"))
    }

    @Test func damageInTheMiddleIsNoticed() throws {
        let whole = try run.testPicture("a.jpg", width: 1_000, height: 800)
        var bytes = try Data(contentsOf: whole)
        // An end-of-image marker where data should be: the rest is never reached.
        let middle = bytes.count / 2
        bytes.replaceSubrange(middle..<middle + 2, with: [0xFF, 0xD9])
        let file = run.fixture("damaged.jpg")
        try bytes.write(to: file)
        try run.run(file, recipe: .small)
        #expect(run.events.warnings.count == 1)
        #expect(["damagedSource", "truncatedSource"].contains(run.events.warnings[0]))
    }

    /// A checksum is wrong and the pixels are right: they are shown, and not as the upload coded them.
    @Test func theCodedPixelsOfADamagedUploadAreNotPassedOn() throws {
        let whole = run.fixture("whole.png")
        try run.pillow(
            """
            image = Image.new("L", (360, 240), 40)
            image.paste(200, (120, 0, 240, 240))
            image.save(args[0], optimize=True)
            """, whole.path)
        var bytes = try Data(contentsOf: whole)
        let end = try #require(bytes.range(of: Data("IEND".utf8))).lowerBound
        // Before the name come its length, the chunk's checksum, and the one of what is packed in it.
        bytes[end - 9] ^= 0xFF
        let file = run.fixture("damaged.png")
        try bytes.write(to: file)
        try run.run(file, recipe: .width(360))
        let png = try run.file("image-360.png")
        #expect(try run.seenByPillow(png, as: "RGB").width == 360)
    }

    @Test func aPictureThatIsNotTheOneProbedIsNotDecoded() throws {
        let file = try run.testPicture("a.jpg", width: 500, height: 400)
        let info = try run.probe(file)
        let plan = try Planner(cores: 2).plan(
            info, recipe: .small, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        let other = try run.testPicture("b.jpg", width: 600, height: 400)
        let handle = try FileHandle(forReadingFrom: other)
        let still = try #require(plan.still)
        let failure = try #require(throws: Failure.self) {
            try StillTranscoder(plan: still, credit: nil, scratch: run.scratch(), cores: 2) { _ in }
                .run(descriptor: handle.fileDescriptor)
        }
        #expect(failure.code == "changedPicture")
    }

    @Test func aHeaderBeyondTheLimitsIsRefusedUndecoded() throws {
        let file = try run.testPicture("a.png", width: 300, height: 200)
        var limits = Limits()
        limits.stillPixels = 59_999
        let failure = try #require(throws: Failure.self) { try run.probe(file, limits: limits) }
        #expect(failure.kind == .limitExceeded)
        #expect(failure.operatorText.contains("60000") && failure.operatorText.contains("59999"))
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing), arguments: Corpus.names("bomb-"))
    func bombsAreRefusedByTheirHeader(name: String) throws {
        let before = Runtime.trackedByteCount
        let failure = try #require(throws: Failure.self) { try run.probe(Corpus.file(name)) }
        #expect(failure.kind == .limitExceeded)
        #expect(Runtime.trackedByteCount - before < 64 << 20)
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing))
    func realPicturesTellTheirColours() throws {
        let high = try run.probe(Corpus.file("image-avif-10bit-pq-p3.avif"))
        #expect(high.warnings.isEmpty)
        #expect(high.image?.color?.primaries == 12 && high.image?.color?.transfer == 16)
        let usual = try run.probe(Corpus.file("image-avif-8bit-icc-exif.avif"))
        #expect(usual.warnings.isEmpty)
    }

    @Test func flippedBytesNeverTrap() throws {
        // Every result but a trap will do: pictures, warnings, or a refusal.
        var seed = UInt64.random(in: 1...UInt64.max)
        print("flippedBytesNeverTrap: seed \(seed)")
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        for name in ["a.jpg", "a.png", "a.gif", "a.tif", "a.webp"] {
            let whole = try Data(contentsOf: run.testPicture(name, width: 160, height: 120))
            for round in 0..<12 {
                var bytes = whole
                for _ in 0..<(1 + next(8)) { bytes[next(bytes.count)] = UInt8(next(256)) }
                let file = run.fixture("\(round)-\(name)")
                try bytes.write(to: file)
                let attempt = try StillRun()
                do { try attempt.run(file, recipe: .small) } catch is Failure {}
            }
        }
    }
}
