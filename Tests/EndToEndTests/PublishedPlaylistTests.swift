import Foundation
import MediaModel
import TestSupport
import Testing

/// HLS and DASH as their readers read them.
struct PublishedPlaylistTests {
    /// The playlist's lines that are addresses, and those in attributes.
    private func addresses(in text: String) -> [String] {
        let plain = text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.isEmpty }
            .map(String.init)
        let quoted = text.components(separatedBy: "URI=\"").dropFirst()
            .compactMap { $0.components(separatedBy: "\"").first }
        return plain + quoted
    }

    @Test func playlistsReferOnlyToPublishedFiles() async throws {
        for name in ["film.mp4", "silent.mov", "song.mp3"] {
            let item = try await Gallery.published(name)
            let published = Set(item.files.map(\.path))
            for path in published where path.hasSuffix(".m3u8") {
                let text = try String(contentsOf: item.file(path), encoding: .utf8)
                #expect(text.hasPrefix("#EXTM3U"))
                let base = path.split(separator: "/").dropLast().joined(separator: "/")
                for address in addresses(in: text) {
                    let target = base.isEmpty ? address : "\(base)/\(address)"
                    #expect(published.contains(target), "\(path) → \(target)")
                }
            }
        }
    }

    @Test func theMultivariantPlaylistDeclaresWhatIsThere() async throws {
        let film = try await Gallery.published("film.mp4")
        let text = try String(contentsOf: film.play(\.hls), encoding: .utf8)
        let variants = text.split(separator: "\n").filter { $0.hasPrefix("#EXT-X-STREAM-INF") }
        #expect(variants.count == 3)
        for variant in variants {
            for attribute in [
                "BANDWIDTH=", "AVERAGE-BANDWIDTH=", "CODECS=\"avc1.", "RESOLUTION=",
                "FRAME-RATE=25", "AUDIO=",
            ] {
                #expect(variant.contains(attribute), "\(variant)")
            }
        }
    }

    @Test func declaredBandwidthIsWhatTheSegmentsTake() async throws {
        let film = try await Gallery.published("film.mp4")
        for rung in film.derivatives(.rendition) where !rung.files.isEmpty {
            let segments = rung.files.filter { $0.path.hasSuffix(".m4s") }
            let bits = Double(segments.reduce(0) { $0 + $1.byteCount }) * 8
            let seconds = try #require(rung.description.durationSeconds)
            let average = try #require(rung.description.bitrate)
            #expect(abs(Double(average) - bits / seconds) < 0.02 * bits / seconds, "\(rung.path)")
            #expect((rung.description.peakBitrate ?? 0) >= average, "\(rung.path)")
        }
    }

    @Test func segmentsBreakAtTheSameMomentsOnEveryRung() async throws {
        let film = try await Gallery.published("film.mp4")
        var durations: Set<[String]> = []
        for rung in film.derivatives(.rendition) where !rung.files.isEmpty {
            let text = try String(contentsOf: film.file(rung.path), encoding: .utf8)
            durations.insert(
                text.split(separator: "\n").filter { $0.hasPrefix("#EXTINF:") }.map(String.init))
        }
        #expect(durations.count == 1)
        let seconds = durations.first?.compactMap {
            Double($0.dropFirst("#EXTINF:".count).prefix { $0 != "," })
        }
        #expect(seconds?.count == 3)
        #expect(abs((seconds?.reduce(0, +) ?? 0) - 10) < 0.01)
    }

    @Test func theDASHManifestIsWellFormedAndPlaysWhole() async throws {
        let film = try await Gallery.published("film.mp4")
        let dash = try film.play(\.dash)
        try await Program("xmllint").run(["--noout", dash.path])
        let probe = try await FFprobe(dash)
        #expect(probe.streams.filter { $0.type == "video" }.count == 3)
        #expect(probe.streams.filter { $0.type == "audio" }.count == 1)
        #expect(abs((probe.durationSeconds ?? 0) - 10) < 0.1)
        #expect(
            try await FrameCode.numbers(in: dash).count == Gallery.film.frameCount)
    }

    @Test func theProgressiveFileHasItsIndexInFront() async throws {
        let film = try await Gallery.published("film.mp4")
        let bytes = try Data(contentsOf: film.play(\.mp4))
        let index = try #require(bytes.range(of: Data("moov".utf8)))
        let media = try #require(bytes.range(of: Data("mdat".utf8)))
        #expect(index.lowerBound < media.lowerBound)
    }
}
