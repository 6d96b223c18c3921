import Foundation
import TestSupport
import Testing

/// An upload that wants more than to be looked at.
struct AttackShape: Sendable, CustomTestStringConvertible {
    enum End: Sendable {
        case refused, published
        /// What is wrong with it may be passed over, or not.
        case either
    }

    /// The upload's name, as bytes.
    var name: [UInt8]
    /// As the daemon writes the name.
    var shown: String
    var end: End
    /// The upload's own bytes.
    var make: @Sendable (AttackMaterial) async throws -> Data
    var sidecar: @Sendable (AttackMaterial) -> Data? = { _ in nil }

    var testDescription: String { shown }

    init(
        _ name: String, _ end: End = .either,
        _ make: @escaping @Sendable (AttackMaterial) async throws -> Data
    ) {
        (self.name, shown, self.end, self.make) = (Array(name.utf8), name, end, make)
    }

    /// A text under each of several extensions, whatever it is called by those who know it.
    ///
    /// - Parameter comment: what makes every copy an upload of its own, around its name.
    static func texts(
        _ name: String, as extensions: [String], comment: (String, String) = ("\n# ", "\n"),
        _ text: @escaping @Sendable (AttackMaterial) -> String
    ) -> [AttackShape] {
        extensions.map { suffix in
            let whole = "\(name).\(suffix)"
            return AttackShape(whole, .refused) {
                Data((text($0) + comment.0 + whole + comment.1).utf8)
            }
        }
    }

    /// Every shape of the table, and those of `TEST_HOSTILE`.
    static let all: [AttackShape] =
        playlists + scripts + films + matroskas + recordings + covers + pictures + bombs + drawings
        + documents + polyglots + names + sidecars + corpus

    /// What lies in the directory that `TEST_HOSTILE` names, with all below it: collections of files
    /// that broke decoders somewhere. Nothing is known of any but what holds for all.
    static let corpus: [AttackShape] = {
        guard let place = ProcessInfo.processInfo.environment["TEST_HOSTILE"] else { return [] }
        let directory = URL(filePath: place)
        return SiteChecker.paths(below: directory).sorted().enumerated().map { number, path in
            let name = path.replacing("/", with: "_").suffix(120)
            return AttackShape("hostile-\(number)-\(name)") { _ in
                try Data(contentsOf: directory.appending(path: path))
            }
        }
    }()
}

/// What the shapes are made of: where they point, and whole media to be spoilt.
struct AttackMaterial: Sendable {
    /// Nobody speaks to it.
    let port: UInt16
    /// Of the files that nobody opens; world-readable.
    let directory: String
    let jpeg: Data
    let png: Data
    let tiff: Data
    let gif: Data
    let webp: Data
    let avif: Data
    let film: Data
    let mp3: Data
    let flac: Data
    let ogg: Data

    /// `127.0.0.1:12345`
    var host: String { "127.0.0.1:\(port)" }
    var http: String { "http://\(host)/canary" }
    /// A canary file by its whole path, and by paths from directories that a worker could be in.
    var text: String { "\(directory)/canary.txt" }
    var picture: String { "\(directory)/canary.png" }
    var piece: String { "\(directory)/canary.ts" }
    static let near = [
        "canary/canary.ts", "../canary/canary.ts", "../../canary/canary.ts",
        "../../../canary/canary.ts",
    ]

    init(listener: CanaryListener, files: CanaryFiles) async throws {
        port = listener.port
        directory = files.directory.path
        func still(_ format: Still.Format) async throws -> Data {
            try await Data(
                contentsOf: Still {
                    ($0.width, $0.height, $0.format) = (64, 48, format)
                }.file())
        }
        func song(_ codec: String, _ container: String) async throws -> Data {
            try await Data(
                contentsOf: Song {
                    ($0.seconds, $0.codec, $0.container) = (1, codec, container)
                }.file())
        }
        jpeg = try await still(.jpg)
        png = try await still(.png)
        tiff = try await still(.tif)
        gif = try await still(.gif)
        webp = try await still(.webp)
        avif = try await still(.avif)
        film = try await Self.film(container: "mp4")
        mp3 = try await song("libmp3lame", "mp3")
        flac = try await song("flac", "flac")
        ogg = try await song("libvorbis", "ogg")
    }

    /// A tenth of a second, to be spoilt or to lie where nobody looks.
    static func film(container: String) async throws -> Data {
        try await Data(
            contentsOf: Film {
                ($0.width, $0.height, $0.frameCount, $0.container) = (160, 90, 5, container)
                $0.audioCodec = nil
            }.file())
    }
}
