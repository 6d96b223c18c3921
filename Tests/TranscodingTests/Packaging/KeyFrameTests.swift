import FFmpeg
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// I-frame playlists, taken apart as a player does.
@Suite struct KeyFrameTests {
    private func track(in test: TestScratch) async throws -> SegmentedTrack {
        try segment(
            try await packagingFilm(), stream: 0, as: "video-180p", every: 4, into: test.scratch)
    }

    @Test func everyRangeBehindTheHeaderDecodesToOneKeyFrame() async throws {
        let test = try TestScratch("keyframes")
        let track = try await track(in: test)
        let header = try Data(contentsOf: test.file(track.initialization.path))
        let text = try test.text(try #require(track.keyFramePlaylist).path)
        let ranges = text.split(separator: "\n").filter { $0.hasPrefix("#EXT-X-BYTERANGE:") }
        #expect(ranges.count == 3)
        for (index, line) in ranges.enumerated() {
            let numbers = line.dropFirst("#EXT-X-BYTERANGE:".count).split(separator: "@")
                .compactMap { Int($0) }
            let segment = try Data(contentsOf: test.file(track.segments[index].file.path))
            let part = segment.dropFirst(numbers[1]).prefix(numbers[0])
            let url = try test.directory.write(header + part, to: "key-\(index).mp4")
            // One picture, a key frame, without a word of complaint.
            let result = try await Program("ffprobe").result([
                "-v", "warning", "-show_entries", "frame=key_frame,pict_type,pts_time", "-of",
                "csv=p=0", url.path,
            ])
            #expect(result.error.isEmpty, "\(result.error)")
            let frames = result.text.split(separator: "\n")
            #expect(frames.count == 1)
            let fields = frames.first?.split(separator: ",").map(String.init) ?? []
            #expect(fields.first == "1" && fields.contains("I"), "\(frames)")
            #expect(fields.compactMap(Double.init).contains(Double(index) * 4), "\(frames)")
        }
    }

    @Test func theKeyFramePlaylistPlaysWhole() async throws {
        let test = try TestScratch("keyframe-list")
        let track = try await track(in: test)
        let url = test.file(try #require(track.keyFramePlaylist).path)
        let report = try await FFprobe(url, countingFrames: true)
        #expect(report.video?.frameCount == 3)
        #expect(abs((report.durationSeconds ?? 0) - 10) < 0.001)
        #expect(try await FFprobe.presentationTimes(url, stream: "v:0") == [0, 4, 8])
    }

    @Test func aRangeThatIsNotTheKeyFrameIsNoticed() async throws {
        let test = try TestScratch("keyframe-range")
        let whole = try await track(in: test)
        try SegmentVerifier.verify(whole, scratch: test.scratch, interrupt: Interrupt())
        for change in [-1, 1, 500] as [Int64] {
            var track = whole
            track.segments[1].keyFrameByteCount? += change
            #expect(throws: Failure.self) {
                try SegmentVerifier.verify(track, scratch: test.scratch, interrupt: Interrupt())
            }
            #expect(throws: Failure.self) {
                try Playlists.publish(video: [track], audio: [], scratch: test.scratch)
            }
        }
    }
}
