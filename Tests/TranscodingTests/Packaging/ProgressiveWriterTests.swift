import FFmpeg
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

@Suite struct ProgressiveWriterTests {
    @Test func fileHoldsTheSegmentsPacketsWithItsIndexInFront() async throws {
        let test = try TestScratch("progressive")
        let film = try await packagingFilm()
        let video = try segment(film, stream: 0, as: "video-180p", every: 4, into: test.scratch)
        let audio = try segment(film, stream: 1, as: "audio-aac", every: 4, into: test.scratch)
        let artifact = try ProgressiveWriter.write(
            video: video, audio: audio, output: try plannedOutput(.rendition, "mp4"),
            credit: Credit(creator: "Ada <L>", copyright: "© Ada", license: "CC-BY"),
            scratch: test.scratch, interrupt: Interrupt())
        let url = test.file(artifact.file.path)
        let report = try await FFprobe(url, countingFrames: true)
        #expect(report.video?.frameCount == 250)
        #expect(report.video?.colorPrimaries == "bt709")
        #expect(report.video?.colorTransfer == "bt709")
        #expect(report.video?.colorSpace == "bt709")
        #expect(abs((report.video?.durationSeconds ?? 0) - 10) < 0.001)
        #expect(abs((report.audio?.durationSeconds ?? 0) - 10) < 0.03)
        #expect(report.video?.startSeconds == 0)
        #expect(report.audio?.startSeconds == 0)
        #expect(report.format["tags"]?["artist"]?.string == "Ada <L>")
        #expect(report.format["tags"]?["copyright"]?.string == "© Ada; CC-BY")
        let heard = try await ToneCode.seconds(in: url)
        #expect(heard == Array(0..<10).map(Optional.some))
        let data = try Data(contentsOf: url)
        let index = try #require(data.range(of: Data("moov".utf8)))
        let media = try #require(data.range(of: Data("mdat".utf8)))
        #expect(index.lowerBound < media.lowerBound)
        // The container says the colours too: some players never look into the stream.
        #expect(data.range(of: Data("colrnclx".utf8)) != nil)
        #expect(artifact.description.codecs?.hasSuffix(",mp4a.40.2") == true)
    }

    @Test func aLatePictureStaysLateBesideTheSound() async throws {
        let test = try TestScratch("progressive-late")
        let film = try await packagingFilm()
        let base = try await FFprobe(film).video?.fields["time_base"]?.string
        let ticks = Int64(base?.split(separator: "/").last.flatMap { Int64($0) } ?? 0)
        let video = try segment(
            film, stream: 0, as: "video-180p", every: 4, offset: ticks / 2, into: test.scratch)
        let audio = try segment(film, stream: 1, as: "audio-aac", every: 4, into: test.scratch)
        let artifact = try ProgressiveWriter.write(
            video: video, audio: audio, output: try plannedOutput(.rendition, "mp4"),
            scratch: test.scratch, interrupt: Interrupt())
        let url = test.file(artifact.file.path)
        let pictures = try await FFprobe.presentationTimes(url, stream: "v:0")
        #expect(abs((pictures.first ?? 0) - 0.5) < 0.001)
        #expect(pictures.count == 250)
    }
}
