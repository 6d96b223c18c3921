import Foundation
import TestSupport
import Testing

/// Uploads that cannot be processed are refused with reasons, and nobody else notices.
struct BadInputTests {
    private actor Refusals {
        static let shared = Refusals()
        private var work:
            Task<(site: Site, items: [String: JSONValue], pid: Int32, end: Int32?), any Error>?

        static let names = [
            "empty.jpg", "text.mp4", "random.mov", "truncated.png", "headless.mp4", "no-index.mp4",
            "encrypted.mp4", "bomb.png", "page.html", "evil.svg.jpg",
            "locked.pdf", "cut.pdf",
        ]
        static let good = ["good-before.jpg", "good-after.png"]

        func outcome() async throws -> (
            site: Site, items: [String: JSONValue], pid: Int32, end: Int32?
        ) {
            if let work { return try await work.value }
            let task = Task { try await Self.make() }
            work = task
            return try await task.value
        }

        private static func make() async throws -> (
            site: Site, items: [String: JSONValue], pid: Int32, end: Int32?
        ) {
            let site = try Site("refusals")
            let daemon = try await site.start()
            let still = try await Still().file()
            let film = try await Data(contentsOf: Film().file())
            try site.upload(still, as: "good-before.jpg")
            try site.upload(Data(), as: "empty.jpg")
            try site.upload(Data("This is a letter, not a film.\n".utf8), as: "text.mp4")
            var random = SystemRandomNumberGenerator()
            try site.upload(
                Data((0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }),
                as: "random.mov")
            let png = try await Data(
                contentsOf: Still {
                    $0.format = .png; $0.hasAlpha = true
                }.file())
            try site.upload(png.prefix(60), as: "truncated.png")
            // Everything but the container's first boxes.
            try site.upload(film.dropFirst(4000), as: "headless.mp4")
            // The index lies at the end of this one.
            try site.upload(film.prefix(film.count / 3), as: "no-index.mp4")
            try site.upload(try await encrypted(), as: "encrypted.mp4")
            try site.upload(try await bomb(), as: "bomb.png")
            try site.upload(
                Data("<!DOCTYPE html><html><body>x</body></html>".utf8), as: "page.html")
            try site.upload(
                Data("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".utf8), as: "evil.svg.jpg")
            try site.upload(try await locked(), as: "locked.pdf")
            try site.upload(PDFFile([.quarters(40, 30)]).data.prefix(40), as: "cut.pdf")
            try await site.upload(Still { $0.format = .png }.file(), as: "good-after.png")
            let items = try await site.finished(names + good, within: .seconds(240))
            let status = try await site.status()
            return (site, items, daemon.identifier, status["pid"]?.int.map { Int32($0) })
        }

        /// Common encryption with a key that nobody here has.
        private static func encrypted() async throws -> URL {
            let film = try await Film { $0.frameCount = 30 }.file()
            return try await Fixtures.shared.file("encrypted.mp4") { url in
                try await Program("ffmpeg").run([
                    "-v", "error", "-nostdin", "-i", film.path, "-c", "copy", "-encryption_scheme",
                    "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb",
                    "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8", url.path,
                ])
            }
        }

        private static func locked() async throws -> URL {
            try await Fixtures.shared.file("locked.pdf") { url in
                let directory = try TemporaryDirectory("locked")
                let plain = try directory.write(
                    PDFFile([.quarters(40, 30)]).data, to: "plain.pdf")
                try await Program("qpdf").run(
                    ["--encrypt", "secret", "owner", "256", "--", plain.path, url.path])
            }
        }

        /// 65 536 × 65 536 pixels in a few bytes: a PNG header without pixels.
        private static func bomb() async throws -> Data {
            let bytes = try await Data(
                contentsOf: Still {
                    $0.format = .png; $0.width = 16; $0.height = 16
                }.file())
            let directory = try TemporaryDirectory("bomb")
            let file = directory.file("bomb.png")
            try bytes.write(to: file)
            // Width and height stand at 16…23; the checksum of the header chunk follows the data.
            let script = """
                import sys, zlib, struct
                d = bytearray(open(sys.argv[1], 'rb').read())
                d[16:24] = struct.pack('>II', 65536, 65536)
                d[29:33] = struct.pack('>I', zlib.crc32(bytes(d[12:29])))
                open(sys.argv[1], 'wb').write(d)
                """
            try await JSONSchema.python().run(["-c", script, file.path])
            return try Data(contentsOf: file)
        }
    }

    @Test func theDaemonAndTheGoodUploadsAreUnaffected() async throws {
        let outcome = try await Refusals.shared.outcome()
        #expect(outcome.pid == outcome.end)
        for name in Refusals.good {
            #expect(outcome.items[name]?["state"]?.string == "ready", "\(name)")
        }
    }

    @Test(arguments: Refusals.names)
    func aBadUploadIsRefusedWithBothReasons(name: String) async throws {
        let (site, items, _, _) = try await Refusals.shared.outcome()
        let item = try #require(items[name])
        #expect(item["state"]?.string == "failed", "\(item)")
        let reason = try #require(item["reason"])
        #expect(reason["code"]?.string?.isEmpty == false)
        let operatorText = try #require(reason["operator"]?.string)
        let uploaderText = try #require(reason["uploader"]?.string)
        #expect(operatorText.count > 10 && uploaderText.count > 10)
        // Plain language: no paths, no library names, no trial of the next attempt.
        for word in ["/", "libav", "libvips", "ffmpeg", "FFmpeg", "will try again"] {
            #expect(!uploaderText.contains(word), "\(uploaderText)")
        }
        #expect(item["manifest"] == .null && item["generation"]?.int == 0)
        let id = try #require(item["id"]?.string)
        #expect(
            !FileManager.default.fileExists(
                atPath: site.storage.appending(path: "items/\(id)").path))
        let note = site.quarantine.appending(path: "\(id).reason.json")
        let kept = try JSONValue(parsing: Data(contentsOf: note))
        #expect("\(kept)".contains(reason["code"]?.string ?? "-"))
        #expect(FileManager.default.fileExists(atPath: site.quarantine.appending(path: id).path))
    }

    @Test func aRefusalNamesItsCause() async throws {
        let items = try await Refusals.shared.outcome().items
        #expect(items["empty.jpg"]?["reason"]?["code"]?.string == "emptyFile")
        let bomb = try #require(items["bomb.png"]?["reason"]?["operator"]?.string)
        #expect(bomb.contains("65536") || bomb.contains("4294967296"), "\(bomb)")
        #expect(items["locked.pdf"]?["reason"]?["code"]?.string == "encrypted")
        let locked = try #require(items["encrypted.mp4"]?["reason"])
        #expect(
            locked["uploader"]?.string?.lowercased().contains("protect") == true
                || locked["uploader"]?.string?.lowercased().contains("encrypt") == true, "\(locked)"
        )
    }

    @Test func nothingIsHalfPublishedOrLeftBehind() async throws {
        let outcome = try await Refusals.shared.outcome()
        #expect(
            try await SiteChecker(site: outcome.site)
                .problems(uploads: Refusals.names + Refusals.good) == [])
    }
}
