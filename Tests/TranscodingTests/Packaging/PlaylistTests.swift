import FFmpeg
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

@Suite struct PlaylistTests {
    @Test func mediaPlaylistIsWhatTheStandardAsksFor() throws {
        let text = HLSWriter.media(try fakeTrack(), initialization: "init.mp4")
        #expect(
            text == """
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-TARGETDURATION:4
                #EXT-X-MEDIA-SEQUENCE:1
                #EXT-X-PLAYLIST-TYPE:VOD
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-MAP:URI="init.mp4"
                #EXTINF:4.000000,
                segment-00001.m4s
                #EXTINF:4.000000,
                segment-00002.m4s
                #EXTINF:1.960000,
                segment-00003.m4s
                #EXT-X-ENDLIST

                """)
    }

    @Test func keyFramePlaylistGivesARangeOfEverySegment() throws {
        let text = HLSWriter.keyFrames(try fakeTrack(), initialization: "init.mp4")
        #expect(
            text == """
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-TARGETDURATION:4
                #EXT-X-MEDIA-SEQUENCE:1
                #EXT-X-PLAYLIST-TYPE:VOD
                #EXT-X-I-FRAMES-ONLY
                #EXT-X-MAP:URI="init.mp4"
                #EXTINF:4.000000,
                #EXT-X-BYTERANGE:50000@0
                segment-00001.m4s
                #EXTINF:4.000000,
                #EXT-X-BYTERANGE:25000@0
                segment-00002.m4s
                #EXTINF:1.960000,
                #EXT-X-BYTERANGE:10000@0
                segment-00003.m4s
                #EXT-X-ENDLIST

                """)
    }

    @Test func multivariantPlaylistAddsTheSoundToEveryRate() throws {
        let video = try fakeTrack()
        let audio = try fakeTrack(
            "audio-aac", bytes: [80_000, 80_000, 40_000],
            content: .audio(sampleRate: 48_000, channels: 2, language: "en"), codecs: "mp4a.40.2")
        #expect(
            HLSWriter.multivariant(video: [video], audio: [audio]) == """
                #EXTM3U
                #EXT-X-VERSION:7
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio-aac",DEFAULT=YES,AUTOSELECT=YES,\
                LANGUAGE="en",CHANNELS="2",URI="audio-aac.0a1b2c3d/media.m3u8"
                #EXT-X-STREAM-INF:BANDWIDTH=1161074,AVERAGE-BANDWIDTH=843374,\
                CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,VIDEO-RANGE=SDR,FRAME-RATE=29.970,\
                CLOSED-CAPTIONS=NONE,AUDIO="audio"
                video-720p.0a1b2c3d/media.m3u8
                #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,AVERAGE-BANDWIDTH=68273,\
                CODECS="avc1.64001f",RESOLUTION=1280x720,VIDEO-RANGE=SDR,\
                URI="video-720p.0a1b2c3d/iframes.m3u8"

                """)
        let alone = HLSWriter.multivariant(video: [], audio: [audio])
        #expect(alone.contains("CODECS=\"mp4a.40.2\"\naudio-aac.0a1b2c3d/media.m3u8\n"))
        #expect(!alone.contains("EXT-X-MEDIA:"))
    }

    @Test func filmPlaysFromBothManifestsWithSoundAndPictureTogether() async throws {
        let test = try TestScratch("manifests")
        let film = try await packagingFilm()
        let video = try segment(film, stream: 0, as: "video-180p", every: 4, into: test.scratch)
        let audio = try segment(film, stream: 1, as: "audio-aac", every: 4, into: test.scratch)
        let artifacts = try Playlists.publish(
            video: [video], audio: [audio], scratch: test.scratch)
        #expect(artifacts.map(\.description.name) == ["hls", "dash", "tracks"])
        for artifact in artifacts where artifact.description.role == .playlist {
            let url = test.file(artifact.file.path)
            let report = try await FFprobe(url, countingFrames: true)
            #expect(report.video?.frameCount == 250, "\(artifact.file.path)")
            // 10 s and the priming. FFmpeg 7 leaves the priming out, and as it opens every segment of
            // DASH anew, the first frame of each.
            let packets = report.audio?.packetCount ?? 0
            #expect((469...470).contains(packets), "\(artifact.file.path): \(packets)")
            let frames = report.audio?.frameCount ?? 0
            #expect((packets - 3...packets).contains(frames), "\(artifact.file.path): \(frames)")
            let start = try await FFprobe.presentationTimes(url, stream: "v:0").first
            #expect(abs(start ?? 1) < 0.000_1)
            // Each second has its own tone: heard where it belongs, also across segments.
            let heard = try await ToneCode.seconds(in: url)
            #expect(heard == Array(0..<10).map(Optional.some), "\(artifact.file.path)")
        }
    }

    @Test func dashManifestIsWellFormedAndEscaped() async throws {
        let audio = try fakeTrack(
            "audio-aac", content: .audio(sampleRate: 44_100, channels: 1, language: "a\"<&>'b"),
            codecs: "mp4a.40.2")
        let text = DASHWriter.manifest(video: [try fakeTrack()], audio: [audio])
        let script = """
            import sys, xml.etree.ElementTree as E
            n = {'d': 'urn:mpeg:dash:schema:mpd:2011'}
            r = E.fromstring(sys.stdin.buffer.read())
            s = r.findall('.//d:AdaptationSet', n)
            v = r.find('.//d:Representation[@id="video-720p"]', n)
            t = v.find('.//d:SegmentTimeline', n)
            print(r.get('type'), r.get('mediaPresentationDuration'), s[1].get('lang'),
                  v.get('frameRate'), v.get('width'), v.get('codecs'),
                  [(x.get('t'), x.get('d'), x.get('r')) for x in t],
                  r.find('.//d:AudioChannelConfiguration', n).get('value'), sep='|')
            """
        let output = try await Program("python3").run(["-c", script], input: Data(text.utf8))
        #expect(
            String(decoding: output, as: UTF8.self)
                == "static|PT9.960000S|a\"<&>'b|30000/1001|1280|"
                + "avc1.64001f|[('0', '4000', '1'), ('8000', '1960', None)]|1\n")
    }

    @Test func aManifestThatNamesAMissingTrackIsNoticed() async throws {
        let test = try TestScratch("missing")
        let film = try await packagingFilm()
        let video = try segment(film, stream: 0, as: "video-180p", every: 4, into: test.scratch)
        let other = try fakeTrack()
        #expect(throws: Failure.self) {
            try PlaylistVerifier.verify(
                hls: HLSWriter.multivariant(video: [video, other], audio: []),
                dash: DASHWriter.manifest(video: [video], audio: []), tracks: [video],
                scratch: test.scratch)
        }
        try FileManager.default.removeItem(at: test.file(video.segments[1].file.path))
        #expect(throws: Failure.self) {
            try Playlists.publish(video: [video], audio: [], scratch: test.scratch)
        }
    }
}
