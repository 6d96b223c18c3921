import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Films with several sounds: languages, commentary, description.
@Suite struct TrackTests {
    /// Three seconds: German sounds at 2000 Hz, the second (default) English one has the tone of
    /// every second, the commentary sounds at 3000 Hz and is the one with the most channels.
    private func film() async throws -> URL {
        let picture = try await Film { $0.frameCount = 75 }.file()
        return try await Fixtures.shared.file("tracks.mkv") { url in
            func tone(_ hertz: Int, _ channels: Int) -> [String] {
                let all = Array(repeating: "0.4*sin(2*PI*\(hertz)*t)", count: channels)
                return [
                    "-f", "lavfi", "-i",
                    "aevalsrc=exprs='\(all.joined(separator: "|"))':s=48000:d=3",
                ]
            }
            try await Program("ffmpeg").run(
                ["-v", "error", "-y", "-i", picture.path] + tone(2000, 1) + tone(3000, 6)
                    + [
                        "-map", "0:v", "-map", "1:a", "-map", "0:a", "-map", "2:a", "-c:v", "copy",
                        "-c:a", "flac", "-disposition:a:0", "0", "-disposition:a:1", "default",
                        "-disposition:a:2", "comment", "-metadata:s:a:0", "language=ger",
                        "-metadata:s:a:1", "language=eng", "-metadata:s:a:2", "language=eng",
                        "-metadata:s:a:2", "title=Director \"talks\" <b>", url.path,
                    ])
        }
    }

    /// The frequency that is loudest in the middle of a sound, in hertz, to the next 100.
    private func pitch(_ url: URL) async throws -> Int {
        let samples = try await Decoded.floats(url, rate: 16_000, channels: 1)
        let part = samples[16_000..<24_000]
        let crossings = zip(part, part.dropFirst()).filter { $0 < 0 && $1 >= 0 }.count
        return Int((Double(crossings) / 0.5 / 100).rounded()) * 100
    }

    @Test func everyTrackIsARenditionWithItsLanguageAndName() async throws {
        let run = try await FilmRun(try await film())
        #expect(run.info.audio?.index == 2)
        #expect(run.info.otherAudio.map(\.index) == [1, 3])
        let sounds = run.artifacts.filter { $0.description.role == .audio }
        #expect(
            sounds.map(\.description.name) == ["audio-aac", "audio-aac-2", "audio-aac-3"])
        #expect(sounds.map(\.description.language) == ["en", "de", "en"])
        #expect(
            sounds.map(\.description.title) == ["English", "Deutsch", "Director talks <b>"])
        #expect(sounds.map(\.description.channels) == [2, 1, 2])
        #expect(
            try await ToneCode.seconds(in: try run.file("audio-aac")).prefix(3) == [0, 1, 2])
        #expect(try await pitch(try run.file("audio-aac-2")) == 2000)
        #expect(try await pitch(try run.file("audio-aac-3")) == 3000)
        // Measured and drawn is what plays by itself.
        #expect(run.artifacts.filter { $0.description.role == .waveform }.count == 5)
        let loudness = run.events.filter { if case .loudness = $0 { true } else { false } }
        #expect(loudness.count == 1)
        // A track says its language to those who have only its header.
        let header = try #require(sounds[1].companions.first { $0.path.hasSuffix("init.mp4") })
        let probe = try await FFprobe(run.directory.file(header.path))
        #expect(probe.audio?.fields["tags"]?["language"]?.string == "deu")
    }

    @Test func theProgressiveFileHasTheDefaultTrack() async throws {
        let run = try await FilmRun(try await film())
        let probe = try await FFprobe(try run.file("mp4"))
        #expect(probe.streams.filter { $0.type == "audio" }.count == 1)
        #expect(probe.audio?.fields["tags"]?["language"]?.string == "eng")
        #expect(try await ToneCode.seconds(in: try run.file("mp4")).prefix(3) == [0, 1, 2])
    }

    @Test func playersOfferTheTracksByName() async throws {
        let run = try await FilmRun(try await film())
        let hls = try String(contentsOf: try run.file("hls"), encoding: .utf8)
        let media = hls.split(separator: "\n").filter { $0.hasPrefix("#EXT-X-MEDIA:TYPE=AUDIO") }
        #expect(media.count == 3)
        for (line, attributes) in zip(
            media,
            [
                [
                    "NAME=\"English\"", "DEFAULT=YES,AUTOSELECT=YES", "LANGUAGE=\"en\"",
                    "CHANNELS=\"2\"",
                ],
                [
                    "NAME=\"Deutsch\"", "DEFAULT=NO,AUTOSELECT=YES", "LANGUAGE=\"de\"",
                    "CHANNELS=\"1\"",
                ],
                ["NAME=\"Director talks <b>\"", "DEFAULT=NO,AUTOSELECT=NO", "LANGUAGE=\"en\""],
            ])
        {
            for attribute in attributes { #expect(line.contains(attribute), "\(line)") }
        }
        #expect(
            try await FFprobe(try run.file("hls")).streams.filter { $0.type == "audio" }.count == 3)
        let dash = try run.file("dash")
        let script = """
            import sys, xml.etree.ElementTree as E
            n = {'d': 'urn:mpeg:dash:schema:mpd:2011'}
            for s in E.parse(sys.argv[1]).findall('.//d:AdaptationSet[@contentType="audio"]', n):
                print(s.get('lang'), s.find('d:Label', n).text, s.find('d:Role', n).get('value'),
                      len(s.findall('d:Representation', n)), sep='|')
            """
        let seen = try await Program("python3").run(["-c", script, dash.path])
        #expect(
            String(decoding: seen, as: UTF8.self) == """
                en|English|main|1
                de|Deutsch|alternate|1
                en|Director talks <b>|commentary|1

                """)
        #expect(try await FFprobe(dash).streams.filter { $0.type == "audio" }.count == 3)
    }

    /// What is heard in a real browser while it goes from one language to another and back, and
    /// through Opus: the tone of the right track at the right time, in one unbroken range.
    @Test func aBrowserSwitchesBetweenTheTracksAndPlaysOpus() async throws {
        var recipe = Recipe.quick
        recipe.audio.filmOpus = true
        let run = try await FilmRun(try await film(), recipe: recipe)
        let tracks = run.artifacts.filter { $0.description.role == .audio }
        let names = tracks.map(\.description.name)
        let english = try #require(names.firstIndex(of: "audio-aac"))
        let german = try #require(names.firstIndex(of: "audio-aac-2"))
        let opus = try #require(names.firstIndex(of: "audio-opus"))
        let item = JSONValue.object([
            "tracks": .array(tracks.map(Self.description)),
            "sequences": .array(
                [[english, german, english], [opus, opus, opus], [german, opus, english]].map {
                    .array($0.map { .number(Double($0)) })
                }),
        ])
        let seen = try await Self.page(item, in: run.directory)
        try #require(seen["error"] == nil, "\(seen)")
        let expected = [[400, 2000, 600], [400, 500, 600], [2000, 500, 600]]
        let sequences = seen["sequences"]?.array ?? []
        #expect(sequences.count == expected.count)
        for (sequence, tones) in zip(sequences, expected) {
            #expect(sequence["ranges"]?.int == 1)
            #expect(abs((sequence["duration"]?.double ?? 0) - 3) < 0.05)
            var seconds: Set<Int> = []
            for heard in sequence["heard"]?.array ?? [] {
                let time = heard["time"]?.double ?? 0
                // Away from the switches: the analyser looks back over a tenth of a second.
                guard (0.3..<0.8).contains(time - time.rounded(.down)), time < 3 else { continue }
                seconds.insert(Int(time))
                #expect(
                    abs((heard["hertz"]?.double ?? 0) - Double(tones[Int(time)])) < 25, "\(heard)")
                #expect(heard["decibels"]?.double ?? -100 > -40, "\(heard)")
            }
            #expect(seconds == [0, 1, 2])
        }
    }

    /// As the page wants it.
    private static func description(_ track: Artifact) -> JSONValue {
        let paths = track.companions.map(\.path)
        return .object([
            "name": .string(track.description.name),
            "codecs": .string(track.description.codecs ?? ""),
            "init": .string(paths.first { $0.hasSuffix("init.mp4") } ?? ""),
            "segments": .array(
                paths.filter { !$0.hasSuffix("init.mp4") }.sorted().map { .string($0) }),
        ])
    }

    private static func page(
        _ item: JSONValue, in directory: TemporaryDirectory
    ) async throws -> JSONValue {
        let text = try String(
            contentsOf: PackageLayout.file("fixtures/sound-page.html"), encoding: .utf8)
        let json = String(decoding: try JSONEncoder().encode(item), as: UTF8.self)
        let page = try directory.write(
            text.replacing("const item = ITEM;", with: "const item = \(json);"), to: "page.html")
        let script = PackageLayout.file("fixtures/browser-check.py").path
        let output = try await JSONSchema.python().run(
            [script, directory.url.path, "--page", page.path], atMost: .seconds(120))
        return try JSONValue(parsing: output)
    }

    @Test func describedSoundIsForThoseWhoAskForIt() async throws {
        let picture = try await Film { $0.frameCount = 25 }.file()
        let directory = try TemporaryDirectory("described")
        let source = directory.file("film.mkv")
        try await Program("ffmpeg").run([
            "-v", "error", "-y", "-i", picture.path, "-map", "0:v", "-map", "0:a", "-map", "0:a",
            "-c", "copy", "-disposition:a:0", "visual_impaired", "-disposition:a:1", "0",
            source.path,
        ])
        let run = try await FilmRun(source)
        #expect(run.info.audio?.index == 2)
        #expect(run.info.otherAudio.map(\.purpose) == [.described])
        let hls = try String(contentsOf: try run.file("hls"), encoding: .utf8)
        #expect(hls.contains("CHARACTERISTICS=\"public.accessibility.describes-video\""))
        let dash = try String(contentsOf: try run.file("dash"), encoding: .utf8)
        #expect(dash.contains("AudioPurposeCS:2007\" value=\"1\""))
    }

    @Test func aDamagedTrackCostsOnlyItself() async throws {
        let run = try await FilmRun(try await Self.withDamagedSecondTrack())
        #expect(run.artifacts.contains { $0.description.name == "audio-aac" })
        #expect(run.warnings.contains { ["audioFailed", "tracksLeftOut"].contains($0) })
        #expect(try await ToneCode.seconds(in: try run.file("hls")).prefix(1) == [0])
    }

    private static func withDamagedSecondTrack() async throws -> URL {
        let picture = try await Film { $0.frameCount = 25 }.file()
        return try await Fixtures.shared.file("damaged-track.mkv") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-y", "-i", picture.path, "-map", "0:v", "-map", "0:a", "-map",
                "0:a", "-c:v", "copy", "-c:a:0", "aac", "-c:a:1", "flac", "-bsf:a:1",
                "noise=amount=1", url.path,
            ])
        }
    }
}
