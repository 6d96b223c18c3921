import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Subtitles and chapters of films, judged by what `ffmpeg` reads from the published WebVTT.
@Suite struct CaptionTests {
    private static let srt = """
        1
        00:00:00,500 --> 00:00:01,250
        First <i>slanted</i> line
        and a second

        2
        00:00:01,500 --> 00:00:02,000
        1 < 2 & "quoted"

        3
        00:00:02,200 --> 00:00:09,000
        until the end

        """

    private static var vtt: String {
        "WEBVTT\n\n"
            + srt.replacing("1 < 2 &", with: "1 &lt; 2 &amp;").replacing(",", with: ".")
    }

    /// A cue as `ffprobe` and `ffmpeg` read it.
    private struct Cue: Equatable {
        var start: Double
        var end: Double
        var text: String
    }

    private static func cues(_ vtt: URL) async throws -> [Cue] {
        let text = String(
            decoding: try await Program("ffmpeg").run([
                "-v", "error", "-i", vtt.path, "-f", "srt", "-",
            ]), as: UTF8.self)
        func seconds(_ clock: String) -> Double {
            clock.replacing(",", with: ".").split(separator: ":").reduce(0) {
                $0 * 60 + (Double($1) ?? .nan)
            }
        }
        return text.replacing("\r\n", with: "\n").components(separatedBy: "\n\n").compactMap {
            let lines = $0.split(separator: "\n").map(String.init)
            guard lines.count >= 3 else { return nil }
            let times = lines[1].components(separatedBy: " --> ")
            return Cue(
                start: seconds(times[0]), end: seconds(times[1]),
                text: lines.dropFirst(2).joined(separator: "\n"))
        }
    }

    /// A silent or sounding film of three seconds with those subtitles.
    private func film(
        _ name: String, subtitles: String, options: [String] = []
    ) async throws -> URL {
        let picture = try await Film { $0.frameCount = 75 }.file()
        let directory = try TemporaryDirectory("subtitles")
        let text: URL
        if subtitles == "webvtt" {
            text = try directory.write(Self.vtt, to: "a.vtt")
        } else {
            text = try directory.write(Self.srt, to: "a.srt")
        }
        // Matroska cannot say that AAC begins with priming: everything would move by it.
        let sound = name.hasSuffix(".mp4") ? "copy" : "flac"
        return try await Fixtures.shared.file(name) { url in
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-y", "-i", picture.path, "-i", text.path, "-map", "0:v", "-map",
                    "0:a", "-map", "1:s", "-c:v", "copy", "-c:a", sound, "-c:s",
                    subtitles == "webvtt" ? "copy" : subtitles,
                    "-metadata:s:s:0", "language=ger",
                ] + options + [url.path])
            _ = directory.url
        }
    }

    @Test(arguments: [
        ("subs-srt.mkv", "subrip", []), ("subs-ass.mkv", "ass", []),
        ("subs-vtt.mkv", "webvtt", []), ("subs-mov.mp4", "mov_text", []),
        // The picture begins ten seconds into the file's own timeline.
        ("subs-late.mkv", "subrip", ["-output_ts_offset", "10"]),
    ])
    func everyKindOfTextBecomesTheSameCues(
        name: String, codec: String, options: [String]
    ) async throws {
        let run = try await FilmRun(try await film(name, subtitles: codec, options: options))
        #expect(run.info.subtitles.map(\.codec) == [codec])
        #expect(run.warnings.isEmpty, "\(run.warnings)")
        let artifact = try run.artifact("captions-1")
        #expect(artifact.description.language == "de")
        #expect(artifact.description.title == "Deutsch")
        #expect(artifact.description.mediaType == "text/vtt")
        let found = try await Self.cues(try run.file("captions-1"))
        #expect(found.count == 3)
        let expected = [
            Cue(start: 0.5, end: 1.25, text: "First <i>slanted</i> line\nand a second"),
            Cue(start: 1.5, end: 2, text: "1 < 2 & \"quoted\""),
            // Cut at the film's end.
            Cue(start: 2.2, end: 3, text: "until the end"),
        ]
        for (cue, wanted) in zip(found, expected) {
            #expect(cue.text == wanted.text)
            // A millisecond of rounding, and a frame of AAC that the film may be longer.
            #expect(abs(cue.start - wanted.start) <= 0.002, "\(cue)")
            #expect(abs(cue.end - wanted.end) <= (wanted.end == 3 ? 0.03 : 0.002), "\(cue)")
        }
        let text = try String(contentsOf: try run.file("captions-1"), encoding: .utf8)
        #expect(text.contains("First <i>slanted</i> line\nand a second\n"))
        #expect(text.contains("1 &lt; 2 &amp; \"quoted\"\n"))
    }

    @Test func playersFindTheCaptionsInBothManifests() async throws {
        let run = try await FilmRun(try await film("subs-srt.mkv", subtitles: "subrip"))
        let file = try run.artifact("captions-1")
        let hls = try String(contentsOf: try run.file("hls"), encoding: .utf8)
        #expect(
            hls.contains(
                "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Deutsch\",DEFAULT=NO,"
                    + "AUTOSELECT=YES,FORCED=NO,LANGUAGE=\"de\",URI="))
        let variants = hls.split(separator: "\n").filter { $0.hasPrefix("#EXT-X-STREAM-INF") }
        #expect(variants.allSatisfy { $0.contains("SUBTITLES=\"captions\"") })
        let playlist = try #require(file.companions.first)
        #expect(hls.contains("URI=\"\(playlist.path)\""))
        let list = try String(
            contentsOf: run.directory.file(playlist.path), encoding: .utf8)
        #expect(list.contains("\n\(file.file.path)\n"))
        let dash = try run.file("dash")
        try await Program("xmllint").run(["--noout", dash.path])
        let script = """
            import sys, xml.etree.ElementTree as E
            n = {'d': 'urn:mpeg:dash:schema:mpd:2011'}
            s = E.parse(sys.argv[1]).find('.//d:AdaptationSet[@contentType="text"]', n)
            print(s.get('lang'), s.find('d:Label', n).text, s.find('d:Role', n).get('value'),
                  s.find('.//d:BaseURL', n).text, sep='|')
            """
        let seen = try await Program("python3").run(["-c", script, dash.path])
        #expect(
            String(decoding: seen, as: UTF8.self) == "de|Deutsch|subtitle|\(file.file.path)\n")
        #expect(try await FFprobe(dash).video != nil)
        #expect(try await FFprobe(try run.file("hls")).video != nil)
    }

    @Test func aBrowserShowsTheCues() async throws {
        let run = try await FilmRun(try await film("subs-ass.mkv", subtitles: "ass"))
        let pages = try TemporaryDirectory("caption-page")
        let page = try pages.write(
            """
            <video><track kind="subtitles" srclang="de" src="/\(
                try run.artifact("captions-1").file.path)"></video>
            <script>
            const track = document.querySelector("track");
            track.onload = () => report({ cues: [...track.track.cues].map(cue => ({
                start: cue.startTime, end: cue.endTime, text: cue.getCueAsHTML().textContent,
                italics: cue.getCueAsHTML().querySelectorAll("i").length })) });
            track.onerror = () => report({ error: "not read" });
            track.track.mode = "hidden";
            </script>
            """, to: "page.html")
        let script = PackageLayout.file("fixtures/browser-check.py")
        let output = try await JSONSchema.python().run(
            [script.path, run.directory.url.path, "--page", page.path], atMost: .seconds(100))
        let cues = try JSONValue(parsing: output)["cues"]?.array ?? []
        #expect(
            cues.map { $0["text"]?.string } == [
                "First slanted line\nand a second", "1 < 2 & \"quoted\"", "until the end",
            ])
        #expect(cues.map { $0["italics"]?.int } == [1, 0, 0])
        #expect(cues.map { $0["start"]?.double } == [0.5, 1.5, 2.2])
    }

    @Test func damagedAndEmptySubtitlesNeverFailTheFilm() async throws {
        let picture = try await Film { $0.frameCount = 25 }.file()
        let directory = try TemporaryDirectory("empty-subtitles")
        let srt = try directory.write(
            "1\n00:00:00,100 --> 00:00:00,900\n{\\an8}\n", to: "a.srt")
        let source = directory.file("film.mkv")
        try await Program("ffmpeg").run([
            "-v", "error", "-y", "-i", picture.path, "-i", srt.path, "-map", "0:v", "-map", "1:s",
            "-c:v", "copy", "-c:s", "subrip", source.path,
        ])
        let run = try await FilmRun(source)
        #expect(run.warnings.contains("emptySubtitles"))
        #expect(!run.artifacts.contains { $0.description.role == .captions })
        let hls = try String(contentsOf: try run.file("hls"), encoding: .utf8)
        #expect(!hls.contains("SUBTITLES"))
    }

    @Test(arguments: ["mkv", "mp4"])
    func chaptersBecomeATrackOfTheirOwn(container: String) async throws {
        let picture = try await Film { $0.frameCount = 75 }.file()
        let directory = try TemporaryDirectory("chapters")
        let metadata = try directory.write(
            """
            ;FFMETADATA1
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=1000
            title=Opening <b>--> & more
            [CHAPTER]
            TIMEBASE=1/1000
            START=1000
            END=2600
            title=Middle
            [CHAPTER]
            TIMEBASE=1/1000
            START=2600
            END=99000

            """, to: "chapters.txt")
        let source = directory.file("film.\(container)")
        try await Program("ffmpeg").run([
            "-v", "error", "-y", "-i", picture.path, "-i", metadata.path, "-map", "0:v", "-map",
            "0:a", "-map_chapters", "1", "-c", "copy", source.path,
        ])
        let run = try await FilmRun(source)
        let found = try await Self.cues(try run.file("chapters"))
        #expect(found.map(\.text) == ["Opening <b>--> & more", "Middle", "Chapter 3"])
        #expect(found.map(\.start) == [0, 1, 2.6])
        #expect(found.prefix(2).map(\.end) == [1, 2.6])
        // The last one ends with the film, whatever it claims.
        #expect(abs((found.last?.end ?? 0) - 3) < 0.03)
    }

    @Test func realFilmsBringTheirSubtitles() async throws {
        for (name, count) in [
            ("video-ass-subs.mkv", 1), ("video-multi-video-multi-audio-subs-nasa.mp4", 2),
            ("video-pgs-subs.mkv", 0),
        ] {
            guard let source = TestSupport.Corpus.file(name) else {
                print("skipped: no corpus on this machine (\(name))")
                continue
            }
            let run = try await FilmRun(source)
            let tracks = run.artifacts.filter { $0.description.role == .captions }
            let empty = run.warnings.filter { $0 == "emptySubtitles" }.count
            #expect(tracks.count + empty == count, "\(name): \(run.warnings)")
            #expect(run.warnings.contains("bitmapSubtitles") == (count == 0), "\(name)")
            for track in tracks {
                let file = run.directory.file(track.file.path)
                #expect(try await !Self.cues(file).isEmpty, "\(name)")
            }
        }
    }
}
