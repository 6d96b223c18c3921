import Foundation
import TestSupport

/// One daemon that processes one upload of each kind, for all tests that look at results.
actor Gallery {
    static let shared = Gallery()

    private var work: Task<(site: Site, items: [String: JSONValue]), any Error>?

    /// What is uploaded: by name, how it is made.
    private static let uploads: [(name: String, make: @Sendable () async throws -> URL)] = [
        ("film.mp4", { try await film.file() }),
        ("turned.mp4", { try await turned() }),
        (
            "silent.mov",
            {
                try await Film {
                    $0.audioCodec = nil; $0.container = "mov"; $0.frameCount = 30
                }.file()
            }
        ),
        (
            "hevc.mkv",
            {
                try await Film {
                    $0.codec = "libx265"
                    $0.codecOptions = ["-preset", "ultrafast", "-x265-params", "log-level=error"]
                    $0.container = "mkv"
                    $0.frameCount = 50
                    $0.pixelFormat = "yuv420p10le"
                }.file()
            }
        ),
        (
            "vp9.webm",
            {
                try await Film {
                    $0.codec = "libvpx-vp9"
                    $0.codecOptions = ["-deadline", "realtime", "-cpu-used", "8"]
                    $0.audioCodec = "libopus"
                    $0.container = "webm"
                    $0.frameCount = 50
                }.file()
            }
        ),
        (
            "prores.mov",
            {
                try await Film {
                    $0.codec = "prores_ks"
                    $0.codecOptions = []
                    $0.pixelFormat = "yuv422p10le"
                    $0.audioCodec = "pcm_s16le"
                    $0.container = "mov"
                    $0.frameCount = 25
                }.file()
            }
        ),
        (
            "anamorphic.ts",
            {
                try await Film {
                    $0.width = 720
                    $0.height = 576
                    $0.codec = "mpeg2video"
                    $0.codecOptions = ["-b:v", "6M"]
                    $0.audioCodec = "mp2"
                    $0.container = "ts"
                    $0.filter = "setsar=64/45"
                    $0.frameCount = 50
                }.file()
            }
        ),
        (
            // Half of it never arrived, but its index says all is there.
            "hollow.mp4",
            {
                let film = try await Film {
                    $0.width = 320; $0.height = 180; $0.rate = "10"; $0.frameCount = 300
                    $0.codecOptions = ["-preset", "veryfast", "-g", "300"]
                    $0.outputOptions = ["-movflags", "+faststart"]
                }.file()
                return try await Fixtures.shared.file("hollow.mp4") { url in
                    var bytes = try Data(contentsOf: film)
                    let kept = bytes.count / 5
                    bytes.replaceSubrange(
                        kept..., with: Data(repeating: 0, count: bytes.count - kept))
                    try bytes.write(to: url)
                }
            }
        ),
        (
            "narrow.mkv",
            {
                try await Fixtures.shared.file("narrow.mkv") { url in
                    try await Program("ffmpeg").run([
                        "-v", "error", "-f", "lavfi", "-i",
                        "testsrc2=size=6x64:rate=25:duration=0.8", "-c:v", "ffv1", url.path,
                    ])
                }
            }
        ),
        (
            "song.mp3",
            {
                try await Song {
                    $0.hasCover = true
                    $0.tags = ["title": "A <b>song</b>", "artist": "A. Musician"]
                }.file()
            }
        ),
        (
            "song.flac",
            {
                try await Song {
                    $0.codec = "flac"; $0.container = "flac"; $0.sampleRate = 96_000
                }.file()
            }
        ),
        (
            "song.wav",
            {
                try await Song {
                    $0.codec = "pcm_s16le"; $0.container = "wav"; $0.channels = 1
                }.file()
            }
        ),
        ("subtitled.mkv", { try await withText(Film { $0.frameCount = 75 }.file(), "mkv") }),
        (
            "chapters.m4a",
            {
                try await withText(
                    Song {
                        $0.codec = "aac"; $0.container = "m4a"; $0.seconds = 3
                    }.file(), "m4a")
            }
        ),
        (
            "photograph.jpg",
            {
                try await Still {
                    $0.orientation = 6; $0.hasCameraMetadata = true; $0.width = 1600;
                    $0.height = 1200
                }.file()
            }
        ),
        (
            "drawing.png",
            {
                try await Still {
                    $0.hasAlpha = true; $0.format = .png
                }.file()
            }
        ),
        ("picture.webp", { try await Still { $0.format = .webp }.file() }),
        ("picture.gif", { try await Still { $0.format = .gif }.file() }),
        ("scan.tif", { try await Still { $0.format = .tif }.file() }),
        ("picture.avif", { try await Still { $0.format = .avif }.file() }),
        ("camera.nef", { try await camera() }),
        (
            "booklet.pdf",
            {
                try await Fixtures.shared.file("booklet.pdf") { url in
                    try PublishedDocumentTests.booklet().data.write(to: url)
                }
            }
        ),
        (
            "sketch.svg",
            {
                try await Fixtures.shared.file("sketch.svg") { url in
                    try Data(PublishedDrawingTests.sketch.utf8).write(to: url)
                }
            }
        ),
        ("moving.gif", { try await moving() }),
        ("sticker.png", { try await sticker() }),
        (
            "dot.png",
            {
                try await Still {
                    $0.width = 1; $0.height = 1; $0.format = .png
                }.file()
            }
        ),
    ]

    static let film = Film {
        $0.width = 1280
        $0.height = 720
        $0.frameCount = 250
        $0.outputOptions = ["-metadata", "title=The film"]
    }

    /// Two chapters, and in Matroska subtitles in German.
    private static func withText(_ media: URL, _ container: String) async throws -> URL {
        try await Fixtures.shared.file("gallery-text.\(container)") { url in
            let directory = try TemporaryDirectory("text")
            try directory.write(
                "1\n00:00:00,500 --> 00:00:01,500\nGr\u{fc}\u{df}e & <i>Dank</i>\n",
                to: "text.srt")
            try directory.write(
                """
                ;FFMETADATA1
                [CHAPTER]
                TIMEBASE=1/1000
                START=0
                END=1000
                title=Opening
                [CHAPTER]
                TIMEBASE=1/1000
                START=1000
                END=3000
                title=The rest

                """, to: "chapters.txt")
            let isFilm = container == "mkv"
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-y", "-i", media.path, "-i",
                    directory.file("chapters.txt").path,
                ] + (isFilm ? ["-i", directory.file("text.srt").path] : [])
                    + ["-map", "0", "-map_chapters", "1"]
                    + (isFilm ? ["-map", "2", "-metadata:s:s:0", "language=ger"] : [])
                    + ["-c", "copy", url.path])
        }
    }

    /// Its display matrix says: to be shown turned clockwise by a quarter.
    private static func turned() async throws -> URL {
        let film = try await Film {
            $0.width = 320; $0.height = 240; $0.frameCount = 50
        }.file()
        return try await Fixtures.shared.file("turned.mp4") { url in
            var bytes = try Data(contentsOf: film)
            // ISO/IEC 14496-12, TrackHeaderBox version 0: the matrix lies 44 bytes behind the start
            // of the box's type; the picture's track comes first.
            guard let header = bytes.range(of: Data("tkhd".utf8)) else {
                throw SiteError("no track header")
            }
            let matrix: [Int32] = [0, 1 << 16, 0, -(1 << 16), 0, 0, 240 << 16, 0, 1 << 30]
            let start = header.lowerBound + 44
            bytes.replaceSubrange(
                start..<start + 36,
                with: matrix.flatMap { number in
                    let bits = UInt32(bitPattern: number)
                    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
                })
            try bytes.write(to: url)
        }
    }

    /// Camera RAW whose preview has no metadata: orientation and artist are those of the RAW file.
    private static func camera() async throws -> URL {
        let still = try await Still {
            $0.orientation = 6; $0.width = 1600; $0.height = 1200
        }.file()
        let small = try await Still {
            $0.width = 160; $0.height = 120
        }.file()
        return try await Fixtures.shared.file("camera.nef") { url in
            let directory = try TemporaryDirectory("camera")
            let plain = directory.file("plain.jpg")
            try await Program("exiftool").run(["-all=", "-o", plain.path, still.path])
            let preview = try [UInt8](Data(contentsOf: plain))
            let thumbnail = try [UInt8](Data(contentsOf: small))
            try RawFile.nef.data(preview: preview, thumbnail: thumbnail, orientation: 6)
                .write(to: url)
        }
    }

    /// A window that travels over grain: nothing is flat, and prediction over time makes it smallest.
    private static func moving() async throws -> URL {
        try await Fixtures.shared.file("moving.gif") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "testsrc2=size=640x360:rate=10:duration=0.1,noise=alls=30,loop=loop=11:size=1,"
                    + "setpts=N/10/TB,crop=160:90:x=40+n*4:y=30+n*3", url.path,
            ])
        }
    }

    /// Parts that come and go over nothing.
    private static func sticker() async throws -> URL {
        try await Fixtures.shared.file("sticker.png") { url in
            try await Program(PackageLayout.file("fixtures/animations.py")).run(
                ["make", "apng", url.path])
        }
    }

    static var names: [String] { uploads.map(\.name) }

    private func processed() async throws -> (site: Site, items: [String: JSONValue]) {
        if let work { return try await work.value }
        let task = Task { () async throws -> (site: Site, items: [String: JSONValue]) in
            let site = try Site("gallery")
            try await site.start()
            for upload in Self.uploads { try site.upload(await upload.make(), as: upload.name) }
            return (site, try await site.finished(Self.names, within: .seconds(600)))
        }
        work = task
        return try await task.value
    }

    static var site: Site { get async throws { try await shared.processed().site } }

    /// The item of an upload, ended somehow.
    static func item(_ name: String) async throws -> JSONValue {
        guard let item = try await shared.processed().items[name] else {
            throw SiteError("no item for \(name)")
        }
        return item
    }

    /// What was published of an upload.
    static func published(_ name: String) async throws -> Published {
        try await Published(item(name))
    }
}
