import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import WorkerProtocol

struct MessageTests {
    private static let failure = Failure(
        kind: .invalidMedia, code: "emptyFile", operatorText: "0 bytes\nfound",
        uploaderText: "This file is empty.")
    private static let info = MediaInfo(
        kind: .audio, format: "flac", mediaType: "audio/flac", byteCount: 10,
        tags: ["title": "line\nbreak \u{2028} \"quoted\""])
    private static let artifact = Artifact(
        description: DerivativeDescription(
            role: .audio, name: "audio-opus", mediaType: "audio/ogg", key: "k", reason: "r"),
        file: ArtifactFile(path: "audio-opus.00000000.opus", byteCount: 1, sha256: "0"))

    private static let unable: Readiness = {
        var readiness = Readiness(versions: [:])
        readiness.encodersMissing = ["avif": "Unsupported compression"]
        return readiness
    }()

    static let reports: [Report] = [
        .ready(Readiness(versions: ["ffmpeg": "5.1"])), .ready(unable),
        .ready(
            Readiness(
                sandboxMissing: ["landlock": "Function not implemented"],
                versions: ["ffmpeg": "5.1"])),
        .probed(info),
        .progress(Progress(stage: "decode", fraction: 0.25)),
        .placeholder(
            Placeholder(thumbHash: "a", blurHash: "b", dominantColor: "#000000", aspectRatio: 1.5)),
        .loudness(Loudness(integratedLUFS: nil, rangeLU: nil, truePeakDBTP: nil, gainDB: nil)),
        .artifact(artifact),
        .leftOut(
            LeftOut(
                name: "image-640.avif", key: "k", code: .heavier, reason: "WebP is smaller",
                byteCount: 1234)),
        .warning(MediaWarning(code: "damagedFrames", message: "Two frames are damaged.")),
        .finished(Summary(cpuSeconds: 1.5, peakResidentBytes: 1 << 40)),
        .failed(failure),
    ]

    @Test(arguments: reports)
    func aReportIsOneLineAndComesBackTheSame(report: Report) throws {
        let line = try LineCodec.encode(report)
        #expect(line.filter { $0 == 10 }.count == 1 && line.last == 10)
        #expect(try LineCodec.decode(Report.self, from: line.dropLast()) == report)
    }

    @Test func commandsComeBackTheSame() throws {
        let recipe = Recipe()
        let info = MediaInfo(
            kind: .image, format: "jpeg", mediaType: "image/jpeg", byteCount: 1,
            image: ImageInfo(
                loader: "jpegload", codedSize: PixelSize(width: 640, height: 480), bands: 3))
        let plan = try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        let commands: [Command] = [
            .probe(ProbeRequest(limits: Limits(), fileName: "a\nb.jpg")), .execute(plan),
        ]
        for command in commands {
            let line = try LineCodec.encode(command)
            #expect(try LineCodec.decode(Command.self, from: line.dropLast()) == command)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"ready\":{}}", "{\"nonsense\":{}}", "\u{0}\u{1}\u{2}",
        "{\"progress\":{\"_0\":{\"stage\":1,\"fraction\":\"x\"}}}",
        String(repeating: "[", count: 10_000),
    ])
    func garbageIsAnErrorAndNeverATrap(line: String) {
        #expect(throws: (any Error).self) {
            try LineCodec.decode(Report.self, from: Data(line.utf8))
        }
    }

    @Test func randomBytesAreAnErrorAndNeverATrap() throws {
        var random = SplitMix(seed: 99)
        let good = try LineCodec.encode(Self.reports[1])
        for _ in 0..<2000 {
            var line = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                line[Int.random(in: 0..<line.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            _ = try? LineCodec.decode(Report.self, from: line)
        }
    }
}
