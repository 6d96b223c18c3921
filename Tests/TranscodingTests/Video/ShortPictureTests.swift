import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A picture that ends long before its sound, as songs with one frame and films with music under the
/// credits have it: both end together in everything that is published, and it plays to that end.
@Suite(.serialized) struct ShortPictureTests {
    /// Five pictures a second for that long, and 20 s of song.
    private func file(_ container: String, pictures: Int) async throws -> URL {
        try await Fixtures.shared.file("short-picture-\(pictures).\(container)") { url in
            let sound = container == "mkv" ? "flac" : "aac"
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "testsrc2=size=160x90:rate=5,trim=end_frame=\(pictures)", "-f", "lavfi", "-i",
                "sine=frequency=440:sample_rate=48000:duration=20", "-c:v", "libx264",
                "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", sound, url.path,
            ])
        }
    }

    @Test(arguments: ["mp4", "mkv"], [1, 50])
    func theSoundGoesOnToItsEnd(container: String, pictures: Int) async throws {
        let source = try await file(container, pictures: pictures)
        let run = try await FilmRun(source)
        let told = run.info.durationSeconds ?? 0
        #expect(abs(told - 20) < 0.05, "\(told) s")

        // HLS: the media playlists of a presentation are as long as each other, or players stop at the
        // shorter one's end.
        let lengths = try await playlistLengths(run)
        print("short picture \(container) \(pictures): \(lengths)")
        #expect(lengths.count >= 2, "\(lengths)")
        for (name, seconds) in lengths {
            #expect(abs(seconds - 20) <= 0.25, "\(name) lasts \(seconds) s")
        }
        // The progressive file: each stream.
        let probe = try await FFprobe(try run.file("mp4"))
        let whole = probe.durationSeconds ?? 0
        #expect(abs(whole - 20) <= 0.05, "the whole MP4 lasts \(whole) s")
        for stream in probe.streams {
            print("  mp4 \(stream.type ?? ""): \(stream.durationSeconds ?? 0) s")
            #expect(
                abs((stream.durationSeconds ?? 0) - 20) <= 0.25,
                "\(stream.type ?? "") lasts \(stream.durationSeconds ?? 0) s")
        }
        let dash = try await FFprobe(try run.file("dash"))
        #expect(abs((dash.durationSeconds ?? 0) - 20) <= 0.1, "\(dash.durationSeconds ?? 0)")
    }

    @Test(arguments: [1, 50]) func aBrowserPlaysItToTheEnd(pictures: Int) async throws {
        let run = try await FilmRun(try await file("mp4", pictures: pictures))
        for name in ["mp4", "hls"] {
            let seen = try await ended("/\(try run.artifact(name).file.path)", in: run)
            print("short picture \(pictures) in a browser, \(name): \(seen)")
            #expect(seen["error"] == nil, "\(name): \(seen)")
            #expect(abs((seen["duration"]?.double ?? 0) - 20) < 0.1, "\(name): \(seen)")
            #expect(abs((seen["ended"]?.double ?? 0) - 20) < 0.1, "\(name): \(seen)")
        }
    }

    /// Total of the segments of every media playlist that the multivariant one names.
    private func playlistLengths(_ run: FilmRun) async throws -> [String: Double] {
        let master = try run.file("hls")
        let text = try String(contentsOf: master, encoding: .utf8)
        var paths: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#EXT-X-MEDIA"), let start = line.range(of: "URI=\"") {
                paths.append(String(line[start.upperBound...].prefix { $0 != "\"" }))
            } else if !line.hasPrefix("#") {
                paths.append(String(line))
            }
        }
        var lengths: [String: Double] = [:]
        for path in paths {
            let list = try String(
                contentsOf: master.deletingLastPathComponent().appending(path: path),
                encoding: .utf8)
            lengths[path] = list.split(separator: "\n").filter { $0.hasPrefix("#EXTINF:") }
                .compactMap { Double($0.dropFirst(8).prefix { $0 != "," }) }.reduce(0, +)
        }
        return lengths
    }

    /// Plays the last two seconds in Chromium.
    private func ended(_ path: String, in run: FilmRun) async throws -> JSONValue {
        let pages = try TemporaryDirectory("short-picture-page")
        let page = try pages.write(
            """
            <video muted playsinline></video>
            <script>
            const video = document.querySelector("video");
            const heard = name => new Promise(done => video.addEventListener(name, done, { once: true }));
            const tell = error => report({ error: error || undefined, duration: video.duration,
                now: video.currentTime, ended: video.ended ? video.currentTime : 0 });
            video.onerror = () => tell(String(video.error && video.error.message));
            setTimeout(() => tell("did not end"), 25000);
            (async () => {
                const loaded = heard("loadedmetadata");
                video.src = "\(path)";
                await loaded;
                const sought = heard("seeked");
                video.currentTime = 18;
                await sought;
                const over = heard("ended");
                await video.play();
                await over;
                tell();
            })().catch(error => tell(String(error)));
            </script>
            """, to: "page.html")
        let script = PackageLayout.file("fixtures/browser-check.py")
        let output = try await JSONSchema.python().run(
            [script.path, run.directory.url.path, "--page", page.path], atMost: .seconds(100))
        return try JSONValue(parsing: output)
    }
}
