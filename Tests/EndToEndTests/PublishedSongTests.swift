import Foundation
import MediaModel
import TestSupport
import Testing

/// Recordings, judged by ffprobe and by the tones of their seconds.
struct PublishedSongTests {
    @Test(arguments: ["song.mp3", "song.flac", "song.wav"])
    func everySecondIsHeardInEveryRendition(name: String) async throws {
        let song = try await Gallery.published(name)
        let renditions = song.derivatives(.audio)
        #expect(
            Set(renditions.map(\.description.name)) == ["audio-aac", "audio-m4a", "audio-opus"])
        for rendition in renditions {
            let heard = try await ToneCode.seconds(in: song.file(rendition.path))
            #expect(heard.prefix(5) == [0, 1, 2, 3, 4], "\(rendition.path)")
        }
    }

    @Test(arguments: ["song.mp3", "song.flac", "song.wav"])
    func theDurationStaysWithinAPacket(name: String) async throws {
        let song = try await Gallery.published(name)
        for rendition in song.derivatives(.audio) {
            let samples = try await ToneCode.samples(
                of: song.file(rendition.path), sampleRate: 16_000)
            let seconds = Double(samples.count) / 16_000
            // One packet of AAC at 44.1 kHz is 23 ms; MP3 sources add their own padding of one.
            #expect(abs(seconds - 5) < 0.075, "\(rendition.path): \(seconds)")
        }
    }

    @Test func highRatesComeDownAndMonoStaysMono() async throws {
        let fine = try await Gallery.published("song.flac")
        let mono = try await Gallery.published("song.wav")
        let aac = try fine.derivative(named: "audio-m4a")
        #expect(try await FFprobe(fine.file(aac.path)).audio?.sampleRate == 48_000)
        let one = try mono.derivative(named: "audio-m4a")
        #expect(try await FFprobe(mono.file(one.path)).audio?.channels == 1)
    }

    @Test func codecsAreWhatTheManifestSays() async throws {
        let song = try await Gallery.published("song.mp3")
        for (name, codec, container) in [
            ("audio-m4a", "aac", "mov,mp4,m4a,3gp,3g2,mj2"), ("audio-opus", "opus", "ogg"),
        ] {
            let rendition = try song.derivative(named: name)
            let probe = try await FFprobe(song.file(rendition.path))
            #expect(probe.audio?.codec == codec && probe.formatName == container)
            #expect(probe.audio?.channels == rendition.description.channels)
        }
    }

    @Test func theWaveformIsOfTheWholeSong() async throws {
        let song = try await Gallery.published("song.mp3")
        let file = song.file(try song.derivative(named: "waveform.json").path)
        let waveform = try JSONValue(parsing: Data(contentsOf: file))
        #expect(waveform["version"]?.int == 2)
        let rate = try #require(waveform["sample_rate"]?.double)
        let perPixel = try #require(waveform["samples_per_pixel"]?.double)
        let length = try #require(waveform["length"]?.double)
        #expect(abs(length * perPixel / rate - 5) < 0.2)
        let data = try #require(waveform["data"]?.array)
        let channels = try #require(waveform["channels"]?.int)
        #expect(data.count == Int(length) * 2 * channels)
        // A tone of amplitude 0.4 peaks at 0.4 of eight bits.
        let peak = data.compactMap(\.double).max() ?? 0
        #expect((45...60).contains(peak), "\(peak)")
        let picture = song.file(try song.derivative(named: "waveform.svg").path)
        try await Program("xmllint").run(["--noout", picture.path])
    }

    @Test func theCoverBecomesPictures() async throws {
        let song = try await Gallery.published("song.mp3")
        let covers = song.derivatives(.cover)
        #expect(!covers.isEmpty)
        for cover in covers {
            let header = try await VipsHeader(song.file(cover.path))
            #expect(header.width <= 600, "never larger than the attached picture")
            #expect(header.width == cover.description.width)
        }
        #expect(song.manifest.play?.poster != nil)
    }
}
