import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Dolby Vision: base layers that stand for themselves are used, others refused by name. The
/// configuration record is written here, by the layout in "Dolby Vision Streams Within the ISO Base
/// Media File Format", 2.4.
@Suite(.serialized) struct DolbyVisionTests {
    /// A record of 24 bytes: version 1.0, profile (7 bits), level 6 (6 bits), an RPU and a base layer,
    /// compatibility (4 bits), reserved.
    private static func record(profile: Int, compatibility: Int) -> [UInt8] {
        let level = 6
        let flags = UInt16(profile << 9 | level << 3 | 0b101)
        return [1, 0, UInt8(flags >> 8), UInt8(flags & 0xFF), UInt8(compatibility << 4)]
            + Array(repeating: 0, count: 19)
    }

    /// A small HEVC film in a chart's colours whose sample entry has such a record.
    private static func film(
        profile: Int, compatibility: Int, transfer: String = "smpte2084"
    ) async throws -> URL {
        let name = "vision-\(profile)-\(compatibility)-\(transfer).mp4"
        return try await Fixtures.shared.file(name) { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=black:size=320x180:rate=10:duration=0.5,format=yuv420p10le,"
                    // 203 nits in PQ: SMPTE ST 2084 code 0.5807.
                    + "geq=lum=573:cb=512:cr=512,"
                    + "setparams=color_primaries=bt2020:color_trc=\(transfer):colorspace=bt2020nc",
                "-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params",
                "log-level=none:qp=4:colorprim=bt2020:transfer=\(transfer):colormatrix=bt2020nc"
                    + ":range=limited",
                "-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc",
                url.path,
            ])
            // Profiles up to 7 have `dvcC`, later ones `dvvC`.
            var boxes = try BoxFile(url)
            try boxes.appendToSampleEntry(
                profile <= 7 ? "dvcC" : "dvvC",
                Self.record(profile: profile, compatibility: compatibility))
            try boxes.write()
        }
    }

    @Test(arguments: [5, 8]) func aBaseLayerThatNeedsProcessingIsRefusedByName(
        profile: Int
    ) async throws {
        let file = try await Self.film(profile: profile, compatibility: 0)
        try await expectRecord(file, profile: profile, compatibility: 0)
        do {
            _ = try await FilmRun.probe(file)
            Issue.record("profile \(profile) without compatibility was taken")
        } catch let failure as Failure {
            #expect(failure.kind == .unsupported)
            #expect(failure.code == "dolbyVision")
            #expect(failure.operatorText.contains("profile \(profile)"), "\(failure)")
            #expect(failure.uploaderText.contains("Dolby Vision"), "\(failure)")
            #expect(failure.uploaderText.contains("HDR10"), "\(failure)")
        }
    }

    /// 1 = HDR10, 4 = HLG, 2 = SDR (BT.709).
    @Test(arguments: [(1, "smpte2084"), (4, "arib-std-b67"), (2, "bt709")])
    func aBaseLayerThatStandsForItselfIsShown(compatibility: Int, transfer: String) async throws {
        let file = try await Self.film(
            profile: 8, compatibility: compatibility, transfer: transfer)
        try await expectRecord(file, profile: 8, compatibility: compatibility)
        let run = try await FilmRun(file)
        #expect(run.info.video?.dolbyVisionProfile == 8)
        #expect((run.plan.video?.picture.toneMapPeakNits != nil) == (transfer != "bt709"))
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.colorTransfer == "bt709" && video.colorPrimaries == "bt709")
        #expect(video.colorSpace == "bt709" && video.pixelFormat == "yuv420p")
        let reference: ReferenceColour =
            switch compatibility {
            case 1: .pq
            case 4: .hlg
            default: ReferenceColour(matrix: "bt2020nc", primaries: "bt2020")
            }
        let shown = try await ColourCells(try run.rung())
        let wanted = try await ColourCells(file, filter: reference.filter)
        #expect(shown.distance(to: wanted) <= 1, "\(shown.distance(to: wanted))")
    }

    /// Nothing of Dolby's is said of what comes out: it is plain SDR.
    @Test(arguments: [
        "video-hevc10-hlg-dolbyvision-editlist-iphone.mp4",
        "video-hevc10-hlg-dolbyvision8-rot90-iphone.mov",
    ])
    func aPhonesFilmComesOutWithoutTheRecord(name: String) async throws {
        guard let file = TestSupport.Corpus.file(name) else {
            print("skipped: no corpus on this machine (\(name))")
            return
        }
        try await expectRecord(file, profile: 8, compatibility: 4)
        var recipe = Recipe.quick
        recipe.video.preset = "ultrafast"
        recipe.video.rungs = [Recipe.Rung(height: 180, maximumKilobits: 800)]
        let run = try await FilmRun(file, recipe: recipe)
        #expect(run.info.video?.dolbyVisionProfile == 8)
        let video = try #require(try await FFprobe(try run.file("mp4")).video)
        #expect(video.fields["side_data_list"] == nil, "\(video.fields)")
        #expect(video.colorTransfer == "bt709" && video.colorPrimaries == "bt709")
    }

    /// That the fixture is what it should be, says `ffprobe`.
    private func expectRecord(_ file: URL, profile: Int, compatibility: Int) async throws {
        let data = try await FFprobe(file).video?.fields["side_data_list"]?.array ?? []
        let record = try #require(data.first { $0["dv_profile"] != nil }, "\(data)")
        #expect(record["dv_profile"]?.int == profile)
        #expect(record["dv_bl_signal_compatibility_id"]?.int == compatibility)
    }
}
