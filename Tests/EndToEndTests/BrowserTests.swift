import Foundation
import MediaModel
import TestSupport
import Testing

/// What a page's visitor has: a browser.
@Suite(.serialized)
struct BrowserTests {
    private func run(_ arguments: [String]) async throws -> [JSONValue] {
        let script = PackageLayout.file("fixtures/browser-check.py")
        let result = try await JSONSchema.python().result(
            [script.path] + arguments, atMost: .seconds(300))
        return try result.text.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
    }

    @Test func filmsAndSongsPlayInABrowser() async throws {
        let film = try await Gallery.published("film.mp4")
        let song = try await Gallery.published("song.mp3")
        let play = try #require(film.manifest.play)
        let paths = [try #require(play.hls), try #require(play.mp4)]
        let seen = try await run([film.directory.path] + paths)
        #expect(seen.count == 2)
        for report in seen {
            #expect((report["played"]?.double ?? 0) > 0.5, "\(report)")
            #expect((report["width"]?.double ?? 0) > 0, "\(report)")
            #expect(abs((report["duration"]?.double ?? 0) - 10) < 0.2, "\(report)")
        }
        let sounds = song.derivatives(.audio).map(\.path)
        for report in try await run([song.directory.path] + sounds) {
            #expect((report["played"]?.double ?? 0) > 0.5, "\(report)")
        }
    }

    /// By what the DASH manifest says and nothing else: every segment lies where it is said to, pictures
    /// and sound each without a gap, the representations can be changed with every segment, and it ends.
    @Test func aFilmPlaysByItsDASHManifest() async throws {
        let film = try await Gallery.published("film.mp4")
        let dash = try #require(film.manifest.play?.dash)
        let text = try String(
            contentsOf: PackageLayout.file("fixtures/dash-page.html"), encoding: .utf8)
        let page = try await Gallery.site.directory.write(
            text.replacing("MANIFEST;", with: "\"/\(dash)\";"), to: "page-dash.html")
        let seen = try #require(
            try await run([film.directory.path, "--page", page.path]).first)
        try #require(seen["error"] == nil, "\(seen)")
        let duration = try #require(seen["duration"]?.double)
        #expect(abs(duration - 10) < 0.1)
        #expect(seen["kinds"]?.array?.count == 2, "\(seen)")
        #expect((seen["representations"]?.int ?? 0) > 1, "\(seen)")
        for kind in ["video", "audio"] {
            #expect(seen["ranges"]?[kind]?.int == 1, "\(kind)")
            let landed = seen["landed"]?[kind]?.array ?? []
            #expect(landed.count > 1)
            for segment in landed {
                let (start, end) = (segment["start"]?.double ?? -1, segment["end"]?.double ?? -1)
                #expect(abs((segment["before"]?.double ?? 0) - start) < 0.03, "\(segment)")
                #expect(abs((segment["after"]?.double ?? 0) - end) < 0.03, "\(segment)")
            }
        }
        for seek in seen["seeks"]?.array ?? [] {
            #expect(seek["width"]?.int == seek["wanted"]?.int, "\(seek)")
        }
        #expect(abs((seen["ended"]?.double ?? 0) - duration) < 0.1, "\(seen)")
    }

    /// By hls.js, from the main playlist: the lowest level, the highest while it plays, a seek back to the
    /// lowest, and over the change to the end.
    @Test func aFilmPlaysInHlsJsAndChangesItsRung() async throws {
        let player = PackageLayout.file(".build/oracles/hls.mjs")
        try #require(
            FileManager.default.fileExists(atPath: player.path), "`make deps` fetches hls.js")
        let film = try await Gallery.published("film.mp4")
        let hls = try #require(film.manifest.play?.hls)
        let text = try String(
            contentsOf: PackageLayout.file("fixtures/hls-page.html"), encoding: .utf8)
        let page = try await Gallery.site.directory.write(
            text.replacing("PLAYLIST", with: "\"/\(hls)\"")
                .replacing("PLAYER;", with: try String(contentsOf: player, encoding: .utf8)),
            to: "page-hls.html")
        let seen = try #require(
            try await run([film.directory.path, "--page", page.path]).first)
        try #require(seen["error"] == nil, "\(seen)")
        // On a busy machine it waits for its first segment; anything else is an error of ours.
        let errors = (seen["errors"]?.array ?? []).compactMap(\.string)
        #expect(errors.allSatisfy { $0.contains(" bufferStalledError: ") }, "\(errors)")
        let rungs = film.derivatives(.rendition).filter { !$0.files.isEmpty }
        let levels = seen["levels"]?.array ?? []
        #expect(
            levels.compactMap { $0["width"]?.int }
                == rungs.compactMap(\.description.width).sorted())
        #expect(levels.count > 1)
        let widths = seen["widths"]?.array ?? []
        #expect(
            widths.compactMap { $0["width"]?.int }
                == [levels.first, levels.last, levels.first].compactMap { $0?["width"]?.int })
        let moments = widths.compactMap { $0["at"]?.double }
        try #require(moments.count == 3)
        #expect(moments[1] > moments[0] && moments[2] < moments[1], "\(seen)")
        #expect(seen["lastWidth"]?.int == levels.last?["width"]?.int)
        let duration = try #require(seen["duration"]?.double)
        #expect(abs(duration - 10) < 0.1)
        #expect(abs((seen["ended"]?.double ?? 0) - duration) < 0.1, "\(seen)")
        let fragments = seen["fragments"]?.array ?? []
        for level in [0, levels.count - 1] {
            #expect(
                fragments.contains {
                    $0["kind"]?.string == "main" && $0["level"]?.int == level
                }, "\(seen)")
        }
        #expect(fragments.contains { $0["kind"]?.string == "audio" }, "\(seen)")
        #expect(seen["sounds"]?.int == 1)
    }

    /// The page of the README, with the address of a real item.
    private func readmePage(item: String, probe: String) throws -> String {
        let readme = try String(contentsOf: PackageLayout.file("README.md"), encoding: .utf8)
        let start = try #require(readme.range(of: "```html\n"))
        let end = try #require(readme.range(of: "```", range: start.upperBound..<readme.endIndex))
        return String(readme[start.upperBound..<end.lowerBound])
            .replacing("/media/items/showreel-3f9ac21b/", with: "/items/\(item)/")
            .replacing("</script>", with: "\(probe)</script>")
    }

    private func visit(
        _ name: String, probe: String, flags: [String] = []
    ) async throws -> JSONValue {
        let published = try await Gallery.published(name)
        let site = try await Gallery.site
        let page = try readmePage(item: published.manifest.item.rawValue, probe: probe)
        let file = try site.directory.write(page, to: "page-\(name).html")
        return try #require(
            try await run(
                [site.storage.path] + flags.map { "--flag=\($0)" } + ["--page", file.path]
            ).first)
    }

    private static let lessMotion = "--force-prefers-reduced-motion"

    /// Nobody presses a button: it plays by itself, unless the visitor wants no motion.
    @Test(arguments: [false, true])
    func anAnimationsFilmMovesUnlessLessMotionIsWanted(wantsLess: Bool) async throws {
        let seen = try await visit(
            "moving.gif",
            probe: """
                const film = document.querySelector("#work video");
                const seen = () => report({ played: film.currentTime, source: film.currentSrc,
                    width: film.getBoundingClientRect().width, loop: film.loop });
                film.ontimeupdate = () => { if (film.currentTime > 0.2) seen(); };
                const poster = new Image();
                poster.onload = () => {
                    if (matchMedia("(prefers-reduced-motion: reduce)").matches) seen();
                };
                poster.src = film.poster;
                """, flags: wantsLess ? [Self.lessMotion] : [])
        #expect(seen["error"] == nil, "\(seen)")
        #expect(((seen["played"]?.double ?? 0) > 0) != wantsLess, "\(seen)")
        #expect((seen["source"]?.string?.hasSuffix(".mp4") == true) != wantsLess, "\(seen)")
        #expect(seen["width"]?.double == 160, "\(seen)")
        #expect(seen["loop"] == .bool(true), "\(seen)")
    }

    @Test(arguments: [false, true])
    func anAnimatedPictureMovesUnlessLessMotionIsWanted(wantsLess: Bool) async throws {
        let seen = try await visit(
            "sticker.png",
            probe: Self.pictureProbe, flags: wantsLess ? [Self.lessMotion] : [])
        let source = try #require(seen["source"]?.string, "\(seen)")
        #expect(source.contains("/animation.") != wantsLess, "\(seen)")
        #expect(wantsLess ? source.contains("/image-") : source.hasSuffix(".webp"), "\(seen)")
        #expect((seen["width"]?.double ?? 0) > 0, "\(seen)")
    }

    /// Says which source of a picture was taken, and how wide it is.
    private static let pictureProbe = """
        const image = document.querySelector("#work img");
        image.loading = "eager";
        const tell = () => report({ width: image.naturalWidth, source: image.currentSrc });
        if (image.complete && image.naturalWidth) tell(); else image.onload = tell;
        image.onerror = () => report({ error: image.currentSrc });
        """

    @Test func theReadmesPageShowsAPicture() async throws {
        let seen = try await visit(
            "photograph.jpg",
            probe: Self.pictureProbe)
        #expect((seen["width"]?.double ?? 0) >= 320, "\(seen)")
        #expect(seen["source"]?.string?.hasSuffix(".avif") == true, "\(seen)")
    }

    @Test func theReadmesPagePlaysAFilm() async throws {
        let seen = try await visit(
            "film.mp4",
            probe: """
                const film = document.querySelector("#work video");
                film.muted = true;
                film.ontimeupdate = () => {
                    if (film.currentTime < 0.5) return;
                    film.ontimeupdate = null;
                    report({ played: film.currentTime, poster: film.poster, source: film.currentSrc });
                };
                film.onerror = () => report({ error: String(film.error && film.error.message) });
                film.play();
                """)
        #expect((seen["played"]?.double ?? 0) >= 0.5, "\(seen)")
        #expect(seen["poster"]?.string?.contains("/items/") == true, "\(seen)")
    }

    /// Text tracks as a visitor's browser loads them from the ready-made HTML.
    @Test(arguments: ["subtitled.mkv", "chapters.m4a"])
    func theReadmesPageHasSubtitlesAndChapters(name: String) async throws {
        let seen = try await visit(
            name,
            probe: """
                const tracks = [...document.querySelectorAll("#work track")];
                const loaded = tracks.map(track => new Promise(resolve => {
                    track.onload = resolve;
                    track.onerror = resolve;
                    track.track.mode = "hidden";
                }));
                Promise.all(loaded).then(() => report({ tracks: tracks.map(element => ({
                    state: element.readyState, kind: element.kind, language: element.srclang,
                    label: element.label,
                    cues: [...element.track.cues || []].map(cue => ({
                        start: cue.startTime, end: cue.endTime, text: cue.text })) })) }));
                """)
        var tracks = seen["tracks"]?.array ?? []
        if name == "subtitled.mkv" {
            let subtitles = try #require(tracks.first, "\(seen)")
            tracks.removeFirst()
            #expect(subtitles["kind"]?.string == "subtitles")
            #expect(subtitles["language"]?.string == "de")
            #expect(subtitles["label"]?.string == "Deutsch")
            let cue = try #require(subtitles["cues"]?.array?.first, "\(seen)")
            // The sound's priming lies before the picture: it moves everything a little.
            #expect(abs((cue["start"]?.double ?? 0) - 0.5) < 0.03, "\(cue)")
            #expect(abs((cue["end"]?.double ?? 0) - 1.5) < 0.03, "\(cue)")
            #expect(cue["text"]?.string == "Gr\u{fc}\u{df}e &amp; <i>Dank</i>")
        }
        try #require(tracks.count == 1, "\(seen)")
        #expect(tracks[0]["state"]?.int == 2 && tracks[0]["kind"]?.string == "chapters")
        let chapters = tracks[0]["cues"]?.array ?? []
        #expect(chapters.map { $0["text"]?.string } == ["Opening", "The rest"])
        #expect(chapters.map { $0["start"]?.double } == [0, 1])
    }
}
