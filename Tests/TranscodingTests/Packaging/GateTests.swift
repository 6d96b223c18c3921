import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// The publish gate against deliberate damage: each of these, let through once, would be on a page.
@Suite(.serialized) struct GateTests {
    /// A film in one rung and its sound, adopted, with everything that the gate compares them with.
    private struct Published {
        let test: TestScratch
        var video: SegmentedTrack
        var audio: SegmentedTrack
        var hls: String
        var dash: String

        init(soundOffset: Int64 = 0) async throws {
            test = try TestScratch("gate")
            let film = try await packagingFilm()
            video = try segment(film, stream: 0, as: "video-180p", every: 4, into: test.scratch)
            audio = try segment(
                film, stream: 1, as: "audio-aac", every: 4, offset: soundOffset, into: test.scratch)
            hls = HLSWriter.multivariant(video: [video], audio: [audio])
            dash = DASHWriter.manifest(video: [video], audio: [audio])
        }

        /// The whole gate, as the transcoder calls it.
        func verify() throws {
            for (track, count) in [(video, 250), (audio, nil)] as [(SegmentedTrack, Int?)] {
                try SegmentVerifier.verify(
                    track, packetCount: count, scratch: test.scratch, interrupt: Interrupt())
            }
            try SkewVerifier.verify(video: [video], pictureStart: 0, pictureEnd: 10)
            try SkewVerifier.verify(audio: audio, soundEnd: 10)
            try PlaylistVerifier.verify(
                hls: hls, dash: dash, tracks: [video, audio], scratch: test.scratch)
        }

        func change(_ file: ArtifactFile, _ body: (inout Data) throws -> Void) throws {
            var data = try Data(contentsOf: test.file(file.path))
            try body(&data)
            try data.write(to: test.file(file.path))
        }
    }

    private func isCaught(
        _ what: Comment, _ published: consuming Published? = nil,
        _ damage: (inout Published) throws -> Void
    ) async throws {
        var copy = if let published { published } else { try await Published() }
        try damage(&copy)
        #expect(throws: Failure.self, what) { try copy.verify() }
    }

    @Test func whatIsWholePasses() async throws { try await Published().verify() }

    @Test func filesThatAreCutMissingOrChangedAreCaught() async throws {
        try await isCaught("a segment cut short") {
            try $0.change($0.video.segments[1].file) { $0 = $0.prefix($0.count - 100) }
        }
        try await isCaught("a segment missing") {
            try FileManager.default.removeItem(at: $0.test.file($0.video.segments[1].file.path))
        }
        try await isCaught("the sound's last segment missing") {
            try FileManager.default.removeItem(at: $0.test.file($0.audio.segments[2].file.path))
        }
        try await isCaught("one byte changed after the digest") {
            try $0.change($0.video.segments[0].file) { $0[$0.count / 2] ^= 1 }
        }
        try await isCaught("the header missing") {
            try FileManager.default.removeItem(at: $0.test.file($0.video.initialization.path))
        }
        try await isCaught("two segments in each other's place") {
            let (first, second) = ($0.video.segments[0].file, $0.video.segments[1].file)
            let kept = try Data(contentsOf: $0.test.file(first.path))
            let other = try Data(contentsOf: $0.test.file(second.path))
            try $0.change(first) { $0 = other }
            try $0.change(second) { $0 = kept }
        }
    }

    @Test func wrongWordsAboutATrackAreCaught() async throws {
        try await isCaught("another codec") { $0.video.codecs = "avc1.42c01e" }
        try await isCaught("another codec of the sound") { $0.audio.codecs = "mp4a.40.5" }
        try await isCaught("another size") {
            $0.video.content = .video(
                size: PixelSize(width: 640, height: 360), frameRate: Ratio(25, 1))
        }
        try await isCaught("other channels") {
            $0.audio.content = .audio(sampleRate: 48_000, channels: 2, language: nil)
        }
        try await isCaught("a longer film") { $0.video.segments[2].duration += 6000 }
        try await isCaught("one picture less") { $0.video.segments[1].packetCount -= 1 }
    }

    @Test func wrongWordsInPlaylistsAreCaught() async throws {
        try await isCaught("HLS: another codec") {
            $0.hls = $0.hls.replacing($0.video.codecs, with: "avc1.42c01e")
        }
        try await isCaught("HLS: too low a rate") {
            let peak = $0.video.peakBitrate + $0.audio.peakBitrate
            $0.hls = $0.hls.replacing("BANDWIDTH=\(peak)", with: "BANDWIDTH=75900")
        }
        try await isCaught("HLS: another size") {
            $0.hls = $0.hls.replacing("RESOLUTION=320x180", with: "RESOLUTION=1280x720")
        }
        try await isCaught("HLS: a file that is not there") {
            $0.hls = $0.hls.replacing("/media.m3u8", with: "/index.m3u8")
        }
        try await isCaught("DASH: another codec") {
            $0.dash = $0.dash.replacing($0.audio.codecs, with: "opus")
        }
        try await isCaught("DASH: a file that is not there") {
            $0.dash = $0.dash.replacing("segment-$Number", with: "chunk-$Number")
        }
        try await isCaught("DASH: other durations") {
            $0.dash = $0.dash.replacing("r=\"1\"", with: "r=\"2\"")
        }
        try await isCaught("DASH: another end") {
            $0.dash = $0.dash.replacing("PT10.000000S", with: "PT11.000000S")
        }
    }

    /// 50 ms at 48 kHz, either way; the track's own record may agree with its files or not.
    @Test(arguments: [2400, -2400] as [Int64]) func shiftedSoundIsCaught(
        offset: Int64
    ) async throws {
        try await isCaught("shifted, and said so", Published(soundOffset: offset)) { _ in }
        try await isCaught("shifted in silence", Published(soundOffset: offset)) {
            for index in $0.audio.segments.indices.dropFirst(offset > 0 ? 0 : 1) {
                $0.audio.segments[index].start -= offset
            }
            if offset < 0 { $0.audio.segments[0].duration -= offset }
        }
    }

    @Test func aProgressiveFileWithShiftedSoundIsCaught() async throws {
        let published = try await Published()
        let tracks = [published.video, published.audio]
        let whole = try ProgressiveWriter.write(
            video: published.video, audio: published.audio,
            output: try plannedOutput(.rendition, "mp4"), scratch: published.test.scratch,
            interrupt: Interrupt())
        let path = published.test.file(whole.file.path).path
        for shift in ["0", "0.05", "-0.05"] {
            let shifted = published.test.file("shifted\(shift).mp4")
            try await Program("ffmpeg").run([
                "-v", "error", "-i", path, "-itsoffset", shift, "-i", path, "-map", "0:v", "-map",
                "1:a", "-c", "copy", shifted.path,
            ])
            let file = try OpenFile(shifted)
            let findings = try MediaVerifier.inspect(
                descriptor: file.descriptor, name: "mp4", format: "mov", interrupt: Interrupt())
            if shift == "0" {
                try MediaVerifier.check(findings, against: tracks, name: "mp4")
            } else {
                #expect(throws: Failure.self, "\(shift)") {
                    try MediaVerifier.check(findings, against: tracks, name: "mp4")
                }
            }
        }
    }
}
