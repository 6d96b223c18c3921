import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Renditions that a recipe asks for.
@Suite struct RenditionTests {
    /// Each channel with its own tone: 300, 600, 900 … hertz.
    private func surround(_ name: String, _ layout: String, _ count: Int) async throws -> URL {
        let channels = (1...count).map { "0.3*sin(2*PI*\($0 * 300)*t)" }.joined(separator: "|")
        return try await sound(
            name, channels + ":c=\(layout)", rate: 48_000, seconds: 3,
            options: ["-c:a", "pcm_s24le"])
    }

    /// Cycles per second of one channel, to the next 50.
    private func pitch(_ samples: [Float], channel: Int, of channels: Int) -> Int {
        let one = stride(from: channel, to: samples.count, by: channels).map { samples[$0] }
        let part = one[24_000..<72_000]
        let crossings = zip(part, part.dropFirst()).filter { $0 < 0 && $1 >= 0 }.count
        return Int((Double(crossings) / 50).rounded()) * 50
    }

    @Test func surroundIsKeptBesideTheStereoMix() async throws {
        let source = try await surround("six.wav", "5.1", 6)
        let film = try await Fixtures.shared.file("six.mkv") { url in
            let picture = try await Film { $0.frameCount = 75 }.file()
            try await Program("ffmpeg").run([
                "-v", "error", "-y", "-i", picture.path, "-i", source.path, "-map", "0:v", "-map",
                "1:a", "-c:v", "copy", "-c:a", "flac", url.path,
            ])
        }
        var recipe = Recipe.quick
        recipe.audio.surround = true
        recipe.audio.filmOpus = true
        let run = try await FilmRun(film, recipe: recipe)
        let sounds = run.artifacts.filter { $0.description.role == .audio }
        #expect(
            sounds.map(\.description.name) == ["audio-aac", "audio-opus", "audio-surround"])
        #expect(sounds.map(\.description.channels) == [2, 2, 6])
        #expect(sounds.map(\.description.codecs) == ["mp4a.40.2", "opus", "mp4a.40.2"])
        let samples = try await Decoded.floats(try run.file("audio-surround"))
        let probe = try await FFprobe(try run.file("audio-surround"))
        #expect(probe.audio?.fields["channel_layout"]?.string == "5.1")
        // The effects channel is a low-pass in AAC; the others keep their places.
        for channel in [0, 1, 2, 4, 5] {
            #expect(pitch(samples, channel: channel, of: 6) == (channel + 1) * 300)
        }
        // All of one length.
        let ends = sounds.compactMap(\.description.durationSeconds)
        #expect(ends.allSatisfy { abs($0 - 3) < 0.001 }, "\(ends)")

        let hls = try String(contentsOf: try run.file("hls"), encoding: .utf8)
        let lines = hls.split(separator: "\n").map(String.init)
        let rungs = run.plan.video?.rungs.count ?? 0
        for (group, codecs) in [
            ("audio", ",mp4a.40.2\""), ("audio-opus", ",opus\""),
            ("audio-surround", ",mp4a.40.2\""),
        ] {
            let media = lines.filter { $0.contains("TYPE=AUDIO,GROUP-ID=\"\(group)\"") }
            #expect(media.count == 1)
            #expect(media[0].contains("CHANNELS=\"\(group == "audio-surround" ? 6 : 2)\""))
            let variants = lines.filter {
                $0.hasPrefix("#EXT-X-STREAM-INF") && $0.contains("AUDIO=\"\(group)\"")
            }
            #expect(variants.count == rungs)
            #expect(variants.allSatisfy { $0.contains(codecs) }, "\(variants)")
        }
        let dash = try await FFprobe(try run.file("dash"))
        let codecs = dash.streams.filter { $0.type == "audio" }.compactMap(\.codec)
        #expect(codecs.sorted() == ["aac", "aac", "opus"])
        let opus = try await Decoded.floats(try run.file("audio-opus"), channels: 1)
        #expect(abs(opus.count - 3 * 48_000) <= 960, "\(opus.count)")
    }

    @Test func sourcesWithoutSurroundGetNone() async throws {
        var recipe = Recipe.quick
        recipe.audio.surround = true
        let run = try await FilmRun(try await Film { $0.frameCount = 25 }.file(), recipe: recipe)
        #expect(!run.artifacts.contains { $0.description.name == "audio-surround" })
        #expect(run.plan.decisions.contains { $0.subject == "surround" && $0.choice == "none" })
    }

    @Test(arguments: [
        ("keep-16.wav", "pcm_s16le", 44_100, 2, "s16"),
        ("keep-24.wav", "pcm_s24le", 96_000, 2, "s32"),
        ("keep-six.wav", "pcm_s24le", 48_000, 6, "s32"),
        ("keep-8.wav", "pcm_u8", 22_050, 1, "s16"),
    ])
    func flacLosesNothing(
        name: String, codec: String, rate: Int, channels: Int, format: String
    ) async throws {
        let expression = (1...channels).map {
            "0.7*sin(2*PI*\($0 * 331)*t)+0.2*(random(\($0))-0.5)"
        }
        let layout = channels == 6 ? ":c=5.1" : ""
        let source = try await sound(
            name, expression.joined(separator: "|") + layout, rate: rate, seconds: 1.37,
            options: ["-c:a", codec])
        var recipe = Recipe()
        recipe.audio.flac = true
        let run = try await CorpusRun(source, recipe: recipe)
        let flac = try run.file("audio-flac")
        let stream = try await FFprobe(flac).audio
        #expect(stream?.sampleRate == rate && stream?.channels == channels)
        #expect(stream?.fields["bits_per_raw_sample"]?.string == (format == "s16" ? "16" : "24"))
        func digest(_ file: URL) async throws -> String {
            String(
                decoding: try await Program("ffmpeg").run([
                    "-v", "error", "-i", file.path, "-map", "0:a", "-c:a",
                    format == "s16" ? "pcm_s16le" : "pcm_s24le", "-f", "md5", "-",
                ]), as: UTF8.self)
        }
        #expect(try await digest(flac) == digest(source))
        let said = try run.artifact("audio-flac").description
        #expect(said.mediaType == "audio/flac" && said.codecs == "flac")
    }

    @Test func whatHasLostAlreadyBecomesNoFLAC() async throws {
        var recipe = Recipe()
        recipe.audio.flac = true
        let source = try await sound(
            "lossy.mp3", "0.5*sin(2*PI*400*t)", rate: 44_100, seconds: 1)
        let run = try await CorpusRun(source, recipe: recipe)
        #expect(!run.artifacts.contains { $0.description.name == "audio-flac" })
        #expect(run.plan.decisions.contains { $0.subject == "flac" && $0.choice == "none" })
    }

    @Test(arguments: [(8000, 1), (44_100, 2), (48_000, 1)])
    func mp3IsMadeWhenAskedFor(rate: Int, channels: Int) async throws {
        let tone = Array(repeating: "0.5*sin(2*PI*400*t)", count: channels)
        let source = try await sound(
            "for-mp3-\(rate).wav", tone.joined(separator: "|"), rate: rate, seconds: 2.345)
        var recipe = Recipe()
        recipe.audio.mp3 = true
        let run = try await CorpusRun(source, recipe: recipe)
        let mp3 = try run.file("audio-mp3")
        let probe = try await FFprobe(mp3)
        #expect(probe.formatName == "mp3" && probe.audio?.codec == "mp3")
        #expect(probe.audio?.sampleRate == rate && probe.audio?.channels == channels)
        let samples = try await Decoded.floats(mp3, channels: 1)
        #expect(samples.count == Int((2.345 * Double(rate)).rounded()), "gapless")
        let said = try run.artifact("audio-mp3").description
        #expect(said.mediaType == "audio/mpeg" && said.codecs == "mp3")
        #expect((said.bitrate ?? 0) > 8000)
    }

    @Test func soundsWithoutAFrontAreMixedEqually() async throws {
        // swresample has no rule for a lone effects channel.
        let source = try await sound(
            "effects.wav", "0.5*sin(2*PI*90*t):c=LFE", rate: 48_000, seconds: 1)
        let run = try await CorpusRun(source)
        let samples = try await Decoded.floats(try run.file("audio-opus"))
        #expect((samples.map(abs).max() ?? 0) > 0.3)
    }
}
