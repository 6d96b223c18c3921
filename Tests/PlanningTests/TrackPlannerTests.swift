import MediaModel
import Testing

@testable import Planning

/// Tracks, captions and chapters as they are decided.
struct TrackPlannerTests {
    private func film(_ change: (inout MediaInfo) -> Void) -> MediaInfo {
        var info = MediaInfo(
            kind: .video, format: "matroska", mediaType: "video/x-matroska", byteCount: 1000,
            durationSeconds: 10,
            video: VideoStreamInfo(
                index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
                codedSize: PixelSize(width: 640, height: 360), frameRate: Ratio(25, 1),
                startSeconds: 2, endSeconds: 12),
            audio: Self.sound(1, "eng"))
        change(&info)
        return info
    }

    private static func sound(
        _ index: Int, _ language: String?, _ title: String? = nil, _ purpose: TrackPurpose = .main
    ) -> AudioStreamInfo {
        AudioStreamInfo(
            index: index, codec: "aac", sampleFormat: "fltp", sampleRate: 48_000, channels: 2,
            channelLayout: "stereo", startSeconds: 2, endSeconds: 12, language: language,
            title: title, purpose: purpose)
    }

    private func plan(_ info: MediaInfo) throws -> Plan {
        try Planner(cores: 2).plan(
            info, recipe: Recipe(), source: PlanSource(sha256: "00", sidecar: Sidecar()))
    }

    @Test func namesAreDifferentAndHaveNoQuotes() throws {
        let plan = try plan(
            film {
                $0.otherAudio = [
                    Self.sound(2, "eng"), Self.sound(3, "eng", "English"),
                    Self.sound(4, nil, " a \"b\"\n\u{1}c "), Self.sound(5, "ger", nil, .commentary),
                    Self.sound(6, nil),
                ]
            })
        #expect(plan.audio?.label.name == "English")
        #expect(
            plan.otherAudio.map(\.label.name) == [
                "English (2)", "English (3)", "a b c", "Deutsch (commentary)", "Track 6",
            ])
        let names = plan.outputs.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(plan.outputs.map(\.key)).count == names.count)
        // Only what plays by itself is measured and drawn.
        #expect(plan.otherAudio.allSatisfy { !$0.isMeasured && $0.waveform == nil })
    }

    @Test func tooManyTracksAreSaid() throws {
        let plan = try plan(
            film {
                $0.otherAudio = (2..<40).map { Self.sound($0, "eng") }
                $0.subtitles = (40..<80).map { SubtitleStreamInfo(index: $0, codec: "subrip") }
            })
        #expect(plan.otherAudio.count == 15 && plan.captions.count == 16)
        #expect(plan.warnings.map(\.code).sorted() == ["subtitlesLeftOut", "tracksLeftOut"])
    }

    @Test func captionsKnowWhatTheyAreFor() throws {
        let plan = try plan(
            film {
                $0.subtitles = [
                    SubtitleStreamInfo(index: 3, codec: "ass", language: "ger"),
                    SubtitleStreamInfo(
                        index: 4, codec: "subrip", language: "eng", purpose: .hardOfHearing),
                    SubtitleStreamInfo(index: 5, codec: "mov_text"),
                ]
            })
        #expect(plan.captions.map(\.label.name) == ["Deutsch", "English (SDH)", "Subtitles 3"])
        #expect(plan.captions.map(\.kind) == [.subtitles, .captions, .subtitles])
        #expect(plan.captions.allSatisfy { $0.originSeconds == 2 && $0.durationSeconds == 10 })
    }

    @Test func chaptersAreMadeHonest() throws {
        func chapters(_ list: [(Double, Double, String?)]) throws -> [ChapterPlan.Chapter]? {
            try plan(
                film {
                    $0.chapters = list.map {
                        ChapterInfo(startSeconds: $0.0, endSeconds: $0.1, title: $0.2)
                    }
                }
            ).chapters?.chapters
        }
        // Times of the container begin at 2 s; out of order, overlapping, beyond the end, empty.
        let found = try chapters([
            (6, 7, "b"), (2, 6.5, "a\n\tx"), (11, 99, nil), (50, 60, "late"), (8, 8, "empty"),
            (-5, 1, "before"),
        ])
        #expect(
            found == [
                ChapterPlan.Chapter(startMilliseconds: 0, endMilliseconds: 4000, title: "a x"),
                ChapterPlan.Chapter(startMilliseconds: 4000, endMilliseconds: 5000, title: "b"),
                ChapterPlan.Chapter(
                    startMilliseconds: 9000, endMilliseconds: 10_000, title: "Chapter 5"),
            ])
        #expect(try chapters([]) == nil)
        #expect(try chapters([(0, 1, "before")]) == nil)
    }
}
