import MediaModel
import Planning
import Testing
import WorkerProtocol

@testable import Pipeline

/// A worker's words about a film, each wrong in one way: none may reach a manifest.
@Suite struct ArtifactCheckTests {
    private static func plan() throws -> Plan {
        let info = MediaInfo(
            kind: .video, format: "mov", mediaType: "video/mp4", byteCount: 1 << 20,
            durationSeconds: 10,
            video: VideoStreamInfo(
                index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
                codedSize: PixelSize(width: 1280, height: 720), frameRate: Ratio(25, 1),
                endSeconds: 10))
        var recipe = Recipe()
        recipe.video.av1.heights = [360]
        return try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "abc", sidecar: Sidecar()))
    }

    private static let digest = String(repeating: "a", count: 64)

    private static func file(_ path: String) -> ArtifactFile {
        ArtifactFile(path: path, byteCount: 100, sha256: digest)
    }

    /// What a faithful worker says.
    private static func artifacts(_ plan: Plan) throws -> [Artifact] {
        let video = try #require(plan.video)
        return plan.outputs.map { output in
            var description = DerivativeDescription(
                role: output.role, name: output.name, mediaType: "x/y", key: output.key,
                reason: "r")
            guard let rung = video.everyRung.first(where: { $0.output.name == output.name }) else {
                let path = "\(output.name).12345678.bin"
                let isBoard = output.role == .storyboard
                return Artifact(
                    description: description, file: file(path),
                    companions: isBoard ? [file("sheet.12345678.jpg")] : [])
            }
            description.width = rung.size.width
            description.height = rung.size.height
            description.durationSeconds = 10
            description.codecs = rung.encoder == "libsvtav1" ? "av01.0.01M.08" : "avc1.64001f"
            let place = "\(output.name).12345678"
            let segments = (1...3).map { file("\(place)/segment-0000\($0).m4s") }
            return Artifact(
                description: description, file: file("\(place)/media.m3u8"),
                companions: [file("\(place)/init.mp4")] + segments + [file("\(place)/iframes.m3u8")]
            )
        }
    }

    private func refusal(
        _ damage: (inout [Artifact], Int) -> Void
    ) throws -> String {
        let plan = try Self.plan()
        var artifacts = try Self.artifacts(plan)
        let index = try #require(
            artifacts.firstIndex { $0.description.name == "video-480p" })
        damage(&artifacts, index)
        do throws(Failure) {
            var result = WorkResult()
            result.artifacts = artifacts
            try ArtifactCheck.check(result, plan: plan)
            return ""
        } catch {
            return error.operatorText
        }
    }

    @Test func aFaithfulWorkerIsBelieved() throws { #expect(try refusal { _, _ in } == "") }

    @Test func wordsThatDoNotFitThePlanAreRefused() throws {
        #expect(try refusal { $0[$1].description.width = 640 }.contains("another size"))
        #expect(try refusal { $0[$1].description.codecs = "hvc1.1.6.L93.B0" }.contains("codec"))
        #expect(try refusal { $0[$1].description.codecs = nil }.contains("another codec"))
        #expect(try refusal { $0[$1].description.durationSeconds = 0 }.contains("a duration"))
        #expect(try refusal { $0[$1].companions.removeFirst() }.contains("playlists and header"))
        #expect(try refusal { $0[$1].companions.removeLast() }.contains("playlists and header"))
        #expect(try refusal { $0[$1].companions.remove(at: 1) }.contains("aligned"))
        #expect(
            try refusal { $0[$1].companions[1].path = "elsewhere.12345678/segment-00001.m4s" }
                .contains("more than one directory"))
        #expect(
            try refusal { artifacts, _ in
                for index in artifacts.indices where artifacts[index].companions.count == 5 {
                    artifacts[index].companions += (4...9).map {
                        let place = artifacts[index].description.name
                        return Self.file("\(place).12345678/segment-0000\($0).m4s")
                    }
                }
            }.contains("at most"))
        #expect(
            try refusal { artifacts, _ in
                for index in artifacts.indices
                where artifacts[index].description.role == .storyboard {
                    artifacts[index].companions = []
                }
            }.contains("0 sheets"))
    }

    /// The better of an animation's two files is enough; none is not.
    @Test func oneOfAnAnimationsFilesIsEnough() throws {
        let info = MediaInfo(
            kind: .animation, format: "gif", mediaType: "image/gif", byteCount: 1 << 20,
            image: ImageInfo(
                loader: "gifload_source", codedSize: PixelSize(width: 63, height: 48), bands: 4,
                pageCount: 3, isAnimated: true, animation: AnimationInfo(frameCount: 3)))
        let plan = try Planner(cores: 2).plan(
            info, recipe: Recipe(), source: PlanSource(sha256: "abc", sidecar: Sidecar()))
        func refusal(keeping kept: Set<String>, webpWidth: Int = 63) -> String {
            var result = WorkResult()
            for output in plan.outputs where output.role != .animation || kept.contains(output.name)
            {
                var description = DerivativeDescription(
                    role: output.role, name: output.name, mediaType: "x/y", key: output.key,
                    reason: "r")
                description.width = output.name.hasSuffix("mp4") ? 64 : webpWidth
                description.height = 48
                result.artifacts.append(
                    Artifact(
                        description: description, file: Self.file("\(output.name).12345678.bin")))
            }
            do throws(Failure) {
                try ArtifactCheck.check(result, plan: plan)
                return ""
            } catch {
                return error.operatorText
            }
        }
        #expect(refusal(keeping: ["animation.mp4", "animation.webp"]) == "")
        #expect(refusal(keeping: ["animation.mp4"]) == "")
        #expect(refusal(keeping: ["animation.webp"]) == "")
        #expect(refusal(keeping: []).contains("without anything that moves"))
        #expect(refusal(keeping: ["animation.webp"], webpWidth: 64).contains("another size"))
    }

    /// Both are copied into the manifest as they are.
    @Test func warningsAndLoudnessAreBounded() throws {
        let plan = try Self.plan()
        let artifacts = try Self.artifacts(plan)
        func refusal(_ change: (inout WorkResult) -> Void) -> String {
            var result = WorkResult()
            result.artifacts = artifacts
            change(&result)
            do throws(Failure) {
                try ArtifactCheck.check(result, plan: plan)
                return ""
            } catch {
                return error.operatorText
            }
        }
        let warning = MediaWarning(code: "damagedFrames", message: "3 frames are damaged.")
        #expect(refusal { $0.warnings = [warning] } == "")
        #expect(
            refusal { $0.warnings = Array(repeating: warning, count: 1_001) }.contains("warnings"))
        for (code, message) in [
            (String(repeating: "a", count: 61), "b"), ("a", String(repeating: "b", count: 4097)),
            ("a", "b\u{1B}[2J"), ("a", "e" + String(repeating: "\u{301}", count: 4096)),
        ] {
            let bad = MediaWarning(code: code, message: message)
            #expect(refusal { $0.warnings = [bad] }.contains("warnings"))
            #expect(refusal { $0.warnings = [bad.tamed] } == "")
        }
        func loudness(_ integrated: Double?, _ gain: Double? = 0) -> Loudness {
            Loudness(integratedLUFS: integrated, rangeLU: 3, truePeakDBTP: nil, gainDB: gain)
        }
        #expect(refusal { $0.loudness = loudness(-70) } == "")
        #expect(refusal { $0.loudness = loudness(nil, nil) } == "")
        for number in [Double.nan, .infinity, 1e300, -201] {
            #expect(refusal { $0.loudness = loudness(number) }.contains("loudness"))
            #expect(refusal { $0.loudness = loudness(-14, number) }.contains("loudness"))
        }
    }
}
