import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// The waveform's files against a computation of the tests' own, from what `ffmpeg` decodes.
@Suite struct WaveformTests {
    /// Minimum and maximum of each stretch, as audiowaveform computes them: 16 bits, the channels'
    /// sum divided towards zero.
    private struct Reference {
        var pairs: [(Int, Int)] = []

        init(_ source: URL, channels: Int, perPixel: Int) async throws {
            let samples = try await Decoded.integers(source)
            let count = samples.count / channels
            for start in stride(from: 0, to: count, by: perPixel) {
                let mono = (start..<min(count, start + perPixel)).map { position in
                    (0..<channels).reduce(0) { $0 + Int(samples[position * channels + $1]) }
                        / channels
                }
                pairs.append((mono.min() ?? 0, mono.max() ?? 0))
            }
        }

        var bytes: [Int] { pairs.flatMap { [$0.0 / 256, $0.1 / 256] } }

        /// The loudest of `count` equal parts, the loudest of all as 1.
        func peaks(_ count: Int) -> [Double] {
            let parts = (0..<count).map { part in
                pairs[(part * pairs.count / count)..<((part + 1) * pairs.count / count)]
                    .map { max(abs($0.0), abs($0.1)) }.max() ?? 0
            }
            let loudest = Double(parts.max() ?? 1)
            return parts.map { Double($0) / loudest }
        }
    }

    private func noise() async throws -> URL {
        // Full scale and beyond the half of a step: clipping and rounding matter.
        try await sound(
            "noise.wav", "random(0)*2-1|0.5*sin(2*PI*310*t)*sin(t)", rate: 48_000, seconds: 3.3)
    }

    @Test func numbersEqualTheReferenceComputation() async throws {
        let source = try await noise()
        let run = try await AudioRun(source)
        let perPixel = 48_000 / 20
        let expected = try await Reference(source, channels: 2, perPixel: perPixel)
        let json = try JSONValue(parsing: try Data(contentsOf: try run.file("waveform.json")))
        #expect(json["version"]?.int == 2)
        #expect(json["channels"]?.int == 1)
        #expect(json["sample_rate"]?.int == 48_000)
        #expect(json["samples_per_pixel"]?.int == perPixel)
        #expect(json["bits"]?.int == 8)
        #expect(json["length"]?.int == expected.pairs.count)
        #expect(json["data"]?.array?.compactMap(\.int) == expected.bytes)

        let header = [2, 1, 48_000, perPixel, expected.pairs.count, 1]
        var bytes = Data()
        for word in header {
            bytes.append(contentsOf: (0..<4).map { UInt8(word >> ($0 * 8) & 0xff) })
        }
        bytes.append(contentsOf: expected.bytes.map { UInt8(bitPattern: Int8($0)) })
        #expect(try Data(contentsOf: try run.file("waveform.dat")) == bytes)
    }

    @Test func sixteenBitsKeepEverything() async throws {
        let source = try await sound(
            "mono.wav", "0.8*sin(2*PI*220*t)", rate: 8000, seconds: 1.01)
        let reference = try await Reference(source, channels: 1, perPixel: 80)
        let samples = try await Decoded.integers(source)
        var waveform = Waveform(sampleRate: 8000, samplesPerPixel: 80)
        for start in stride(from: 0, to: samples.count, by: 80) {
            let part = samples[start..<min(samples.count, start + 80)]
            waveform.append(
                lowest: part.min() ?? 0, highest: part.max() ?? 0, count: part.count)
        }
        waveform.finish()
        let expected = reference.pairs.flatMap { [$0.0, $0.1] }
        let json = try JSONValue(parsing: Data(waveform.json(bits: 16).utf8))
        #expect(json["data"]?.array?.compactMap(\.int) == expected)
        let bytes = waveform.binary(bits: 16)
        let words = stride(from: 24, to: bytes.count, by: 2).map {
            Int(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8))
        }
        #expect(words == expected)
        #expect(bytes[4] == 0, "the flag of 8 bits is not set")
    }

    @Test func peaksAreFractionsOfTheLoudestMoment() async throws {
        let source = try await sound(
            "quiet.wav", "0.2*sin(2*PI*310*t)*t/60", rate: 16_000, seconds: 60)
        let run = try await AudioRun(source)
        let reference = try await Reference(source, channels: 1, perPixel: 16_000 / 20)
        let json = try JSONValue(parsing: try Data(contentsOf: try run.file("peaks.json")))
        let found = json["peaks"]?.array?.compactMap(\.double) ?? []
        let expected = reference.peaks(1000)
        #expect(found.count == 1000 && json["length"]?.int == 1000)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 0.0005 + 1e-9 })
        #expect(found.max() == 1)
        #expect(abs((json["loudest"]?.double ?? 0) - 0.2) < 0.001)
        #expect(json["durationSeconds"]?.double == 60)
    }

    @Test func silenceHasPeaksOfNothing() throws {
        var waveform = Waveform(sampleRate: 8000, samplesPerPixel: 400)
        for _ in 0..<10 { waveform.append(lowest: 0, highest: 0, count: 400) }
        let text = waveform.peaksDocument(count: 1000, durationSeconds: 0.5)
        #expect(
            text == "{\"version\":1,\"durationSeconds\":0.5,\"loudest\":0,\"length\":10,"
                + "\"peaks\":[0,0,0,0,0,0,0,0,0,0]}\n")
    }

    @Test func picturesShowTheBarsOfTheSound() async throws {
        // A quarter of silence, then a tone that grows to full scale.
        let source = try await sound(
            "growing.wav", "gte(t,1)*(t-1)/3*sin(2*PI*400*t)", rate: 16_000, seconds: 4)
        let run = try await AudioRun(source)
        let svg = try run.test.text(try run.artifact("waveform.svg").file.path)
        _ = try await Program("xmllint").run(
            ["--noout", try run.file("waveform.svg").path])
        #expect(svg.utf8.count < 20_000)
        let png = try run.file("waveform.png")
        let header = try await VipsHeader(png)
        #expect(header.width == 1800 && header.height == 280)
        let alpha = Array(
            try await Program("ffmpeg").run([
                "-v", "error", "-i", png.path, "-vf", "alphaextract,format=gray", "-f", "rawvideo",
                "-",
            ]))
        #expect(alpha.count == 1800 * 280)
        /// Painted pixels of a column, and whether they lie in one piece around the middle.
        func bar(_ x: Int) -> (height: Int, isCentred: Bool) {
            let rows = (0..<280).filter { alpha[$0 * 1800 + x] > 0 }
            let (first, last) = (rows.first ?? 140, rows.last ?? 139)
            return (rows.count, first + last == 279 && rows.count == last - first + 1)
        }
        #expect(bar(60) == (2, true), "silence is a line")
        #expect(bar(64).height == 0, "bars are apart")
        #expect(bar(1794).height >= 270 && bar(1794).isCentred)
        let half = bar(1128)
        #expect(abs(half.height - 140) < 12 && half.isCentred, "\(half)")
        #expect(try await VipsHeader(try run.file("share")).width == 1200)
    }
}
