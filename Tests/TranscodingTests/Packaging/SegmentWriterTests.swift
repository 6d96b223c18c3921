import FFmpeg
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

@Suite struct SegmentWriterTests {
    @Test func filmSegmentsPlayAsHLSWithEveryFrameAtItsTime() async throws {
        let test = try TestScratch("segments")
        let track = try segment(
            try await packagingFilm(), stream: 0, as: "video-180p", every: 4, into: test.scratch)
        #expect(track.segments.map { track.seconds($0.duration) } == [4, 4, 2])
        #expect(track.segments.map(\.packetCount) == [100, 100, 50])
        #expect(track.codecs.hasPrefix("avc1.64"))
        // ffprobe plays the playlist as a stranger would.
        let times = try await FFprobe.presentationTimes(
            test.file(track.playlist.path), stream: "v:0")
        #expect(times.count == 250)
        #expect(zip(times, 0...).allSatisfy { abs($0 - Double($1) / 25) < 0.000_1 })
        let report = try await FFprobe(test.file(track.playlist.path), countingFrames: true)
        #expect(report.video?.frameCount == 250)
        try SegmentVerifier.verify(
            track, packetCount: 250, scratch: test.scratch, interrupt: Interrupt())
    }

    @Test func aLateFirstPictureStaysLate() async throws {
        let test = try TestScratch("late")
        let film = try await packagingFilm()
        let base = try await FFprobe(film).video?.fields["time_base"]?.string
        let ticks = Int64(base?.split(separator: "/").last.flatMap { Int64($0) } ?? 0)
        let track = try segment(
            film, stream: 0, as: "video-180p", every: 4, offset: ticks / 2, into: test.scratch)
        #expect(track.startSeconds == 0.5)
        let times = try await FFprobe.presentationTimes(
            test.file(track.playlist.path), stream: "v:0")
        #expect(times.first == 0.5)
        #expect(abs((times.last ?? 0) - 10.46) < 0.000_1)
    }

    @Test func primingOfAACLiesBeforeZero() async throws {
        let test = try TestScratch("priming")
        let track = try segment(
            try await packagingFilm(), stream: 1, as: "audio-aac", every: 4, into: test.scratch)
        #expect(track.startSeconds == 0)
        #expect(abs(track.durationSeconds - 10) < 0.001)
        #expect(track.codecs == "mp4a.40.2")
        let times = try await FFprobe.presentationTimes(
            test.file(track.playlist.path), stream: "a:0")
        #expect(abs((times.first ?? 0) + 1024 / 48_000) < 0.000_1 || (times.first ?? 0) < 0)
        try SegmentVerifier.verify(track, scratch: test.scratch, interrupt: Interrupt())
    }

    @Test func peakBitrateIgnoresATinyLastSegment() throws {
        let track = try fakeTrack(durations: [4000, 4000, 40], bytes: [4000, 8000, 1000])
        #expect(track.averageBitrate == Int((13_000.0 * 8 / 8.04).rounded()))
        #expect(track.peakBitrate == Int((9000.0 * 8 / 4.04).rounded()))
        #expect(track.targetDuration == 4)
    }

    @Test func damagedSegmentsAreNoticed() async throws {
        let test = try TestScratch("damaged")
        let track = try segment(
            try await packagingFilm(), stream: 0, as: "video-180p", every: 4, into: test.scratch)
        let last = test.file(track.segments[2].file.path)
        let bytes = try Data(contentsOf: last)
        try bytes.prefix(bytes.count * 2 / 3).write(to: last)
        #expect(throws: Failure.self) {
            try SegmentVerifier.verify(track, scratch: test.scratch, interrupt: Interrupt())
        }
        #expect(throws: Failure.self) {
            try PlaylistVerifier.verify(
                hls: HLSWriter.multivariant(video: [track], audio: []),
                dash: DASHWriter.manifest(video: [track], audio: []), tracks: [track],
                scratch: test.scratch)
        }
    }

    @Test func aTrackWithAWrongCountIsNoticed() async throws {
        let test = try TestScratch("count")
        var track = try segment(
            try await packagingFilm(), stream: 0, as: "video-180p", every: 4, into: test.scratch)
        #expect(throws: Failure.self) {
            try SegmentVerifier.verify(
                track, packetCount: 251, scratch: test.scratch, interrupt: Interrupt())
        }
        track.segments[1].start += 512
        #expect(throws: Failure.self) {
            try SegmentVerifier.verify(track, scratch: test.scratch, interrupt: Interrupt())
        }
    }
}

/// A track that exists only in numbers; durations in milliseconds.
func fakeTrack(
    _ name: String = "video-720p", durations: [Int64] = [4000, 4000, 1960],
    bytes: [Int64] = [500_000, 250_000, 100_000], content: SegmentedTrack.Content? = nil,
    codecs: String = "avc1.64001f"
) throws -> SegmentedTrack {
    var start: Int64 = 0
    var segments: [SegmentedTrack.Segment] = []
    var role = Role.rendition
    if case .audio? = content { role = .audio }
    for (index, duration) in durations.enumerated() {
        segments.append(
            SegmentedTrack.Segment(
                file: ArtifactFile(
                    path: "\(name).0a1b2c3d/segment-0000\(index + 1).m4s",
                    byteCount: bytes[index], sha256: ""),
                start: start, duration: duration, packetCount: 1,
                keyFrameByteCount: role == .rendition ? bytes[index] / 10 : nil))
        start += duration
    }
    return SegmentedTrack(
        output: try plannedOutput(role, name),
        content: content
            ?? .video(size: PixelSize(width: 1280, height: 720), frameRate: Ratio(30_000, 1001)),
        codecs: codecs, timescale: 1000, directory: "\(name).0a1b2c3d",
        playlist: ArtifactFile(path: "\(name).0a1b2c3d/media.m3u8", byteCount: 0, sha256: ""),
        initialization: ArtifactFile(
            path: "\(name).0a1b2c3d/init.mp4", byteCount: 0, sha256: ""),
        keyFramePlaylist: role == .rendition
            ? ArtifactFile(path: "\(name).0a1b2c3d/iframes.m3u8", byteCount: 0, sha256: "") : nil,
        segments: segments)
}
