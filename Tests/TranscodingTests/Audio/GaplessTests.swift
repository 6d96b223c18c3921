import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// To the sample: what goes in comes out, no more and no less, as `ffmpeg` and Chromium decode it.
@Suite struct GaplessTests {
    /// A length that no codec's frame divides.
    private static let count = 146_999

    private struct Source: Sendable, CustomTestStringConvertible {
        var name: String
        var options: [String]
        var rate = 44_100
        var testDescription: String { name }
        /// Samples that are presented.
        var count: Int { Source.scaled(GaplessTests.count, from: 44_100, to: rate) }

        static func scaled(_ count: Int, from old: Int, to new: Int) -> Int {
            Int((Double(count) * Double(new) / Double(old)).rounded())
        }
    }

    private static let sources = [
        Source(name: "exact.wav", options: ["-c:a", "pcm_s16le"]),
        Source(name: "exact-24.wav", options: ["-c:a", "pcm_s24le"]),
        Source(name: "exact-float.wav", options: ["-c:a", "pcm_f32le"]),
        Source(name: "exact.aiff", options: ["-c:a", "pcm_s16be"]),
        Source(name: "exact.flac", options: ["-c:a", "flac"]),
        Source(name: "exact-alac.m4a", options: ["-c:a", "alac"]),
        // Priming and padding: a LAME header, an edit list, a pre-skip.
        Source(name: "exact.mp3", options: ["-c:a", "libmp3lame"]),
        Source(
            name: "exact.m4a", options: ["-c:a", "aac", "-movie_timescale", "44100"]),
        Source(name: "exact.opus", options: ["-c:a", "libopus"], rate: 48_000),
        Source(name: "exact.ogg", options: ["-c:a", "libvorbis"]),
    ]

    private static func file(_ source: Source) async throws -> URL {
        try await sound(
            source.name, "0.5*sin(2*PI*440*t)", rate: 44_100,
            seconds: Double(count) / 44_100, options: source.options)
    }

    @Test(arguments: sources)
    private func everyOutputLastsAsLongAsItsSource(source: Source) async throws {
        let run = try await CorpusRun(try await Self.file(source))
        let rate = source.rate
        #expect(run.plan.audio?.sampleRate == rate)
        #expect(run.warnings.isEmpty)
        // What the file says: its edit list counts samples.
        let m4a = try await FFprobe(try run.file("audio-m4a"))
        #expect(m4a.audio?.fields["duration_ts"]?.int == source.count)
        #expect(m4a.audio?.startSeconds == 0)
        // libavformat 5.1 gives the last frame whole.
        let decoded = try await Decoded.floats(try run.file("audio-m4a")).count
        #expect((source.count..<source.count + 1024).contains(decoded), "\(decoded)")
        // Opus ends where its last page says.
        let opus = try await Decoded.floats(try run.file("audio-opus")).count
        #expect(opus == Source.scaled(source.count, from: rate, to: 48_000))
        // Segments: durations add up, less the priming. (What a player makes of them is asked of a
        // browser below: libavformat 5.1 gives the last frame of a fragment whole.)
        let track = try run.artifact("audio-aac").description
        #expect(abs((track.durationSeconds ?? 0) * Double(rate) - Double(source.count)) < 0.001)
    }

    /// Shorter than anything that a codec packs at once: a click.
    @Test(arguments: [1, 48, 239, 961]) func aClickKeepsItsLength(count: Int) async throws {
        let file = try await sound(
            "click-\(count).wav", "0.5*cos(2*PI*4000*t)", rate: 48_000, seconds: 0.1,
            options: ["-af", "atrim=end_sample=\(count)", "-c:a", "pcm_s16le"])
        var recipe = Recipe.quick
        recipe.audio.flac = true
        recipe.audio.mp3 = true
        let run = try await CorpusRun(file, recipe: recipe)
        let m4a = try await FFprobe(try run.file("audio-m4a"))
        #expect(m4a.audio?.fields["duration_ts"]?.int == count)
        for name in ["audio-opus", "audio-flac"] {
            #expect(try await Decoded.floats(try run.file(name)).count == count, "\(name)")
        }
    }

    @Test func aBrowserHearsTheSameCount() async throws {
        let directory = try TemporaryDirectory("browser-count")
        var expected: [String: Int] = [:]
        for source in [Self.sources[0], Self.sources[6], Self.sources[7], Self.sources[8]] {
            var recipe = Recipe()
            recipe.audio.mp3 = true
            recipe.audio.flac = true
            let run = try await CorpusRun(try await Self.file(source), recipe: recipe)
            for (name, end) in [
                ("audio-m4a", "m4a"), ("audio-opus", "opus"), ("audio-mp3", "mp3"),
                ("audio-flac", "flac"),
            ] where run.artifacts.contains(where: { $0.description.name == name }) {
                let copy = "\(source.name)-\(name).\(end)"
                _ = try directory.write(try Data(contentsOf: try run.file(name)), to: copy)
                let rate = name == "audio-opus" ? 48_000 : source.rate
                expected[copy] = Source.scaled(source.count, from: source.rate, to: rate)
            }
            let joined = "\(source.name)-joined.mp4"
            _ = try directory.write(try run.joined("audio-aac"), to: joined)
            expected[joined] = source.count
        }
        let rates = expected.keys.sorted().map { name in
            "[\"\(name)\", \(name.hasSuffix(".opus") || name.hasPrefix("exact.opus") ? 48_000 : 44_100)]"
        }
        let page = try directory.write(
            """
            <script>
            (async () => {
                const counts = {};
                for (const [name, rate] of [\(rates.joined(separator: ", "))]) {
                    try {
                        const bytes = await (await fetch("/" + name)).arrayBuffer();
                        const context = new OfflineAudioContext(1, rate, rate);
                        counts[name] = (await context.decodeAudioData(bytes)).length;
                    } catch (error) { counts[name] = String(error); }
                }
                report({ counts });
            })();
            </script>
            """, to: "page.html")
        let script = PackageLayout.file("fixtures/browser-check.py")
        let output = try await JSONSchema.python().run(
            [script.path, directory.url.path, "--page", page.path], atMost: .seconds(100))
        let counts = try JSONValue(parsing: output)["counts"]?.object ?? [:]
        #expect(counts.count == expected.count)
        for (name, count) in expected {
            #expect(counts[name]?.int == count, "\(name): \(counts[name] ?? .null) of \(count)")
        }
    }
}
