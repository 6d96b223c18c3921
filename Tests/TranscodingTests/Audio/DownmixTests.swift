import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Surround brought to stereo: nothing clips, speech stays where it belongs, figures are those of
/// the mix.
@Suite struct DownmixTests {
    private static func source(
        _ name: String, _ channels: [String], layout: String?, rate: Int = 48_000
    ) async throws -> URL {
        try await sound(
            name, channels.joined(separator: "|") + (layout.map { ":c=\($0)" } ?? ""), rate: rate,
            seconds: 2, options: ["-c:a", layout == nil ? "pcm_s24be" : "pcm_s24le"])
    }

    @Test(arguments: [
        ("2.1", 3), ("3.0", 3), ("4.0", 4), ("quad", 4), ("5.0", 5), ("5.1", 6), ("5.1(side)", 6),
        ("6.1", 7), ("hexagonal", 6), ("7.1", 8), ("7.1(wide)", 8),
    ])
    func fullScaleInEveryChannelDoesNotClip(layout: String, count: Int) async throws {
        // 997 Hz at 48 kHz meets its peaks between samples, too.
        let tone = "0.999*sin(2*PI*997*t)"
        let url = try await Self.source(
            "full-\(layout.filter { $0 != "(" && $0 != ")" }).wav",
            Array(repeating: tone, count: count), layout: layout)
        let run = try await CorpusRun(url)
        #expect(run.plan.audio?.downmix == true)
        let measured = try #require(run.loudness)
        let peak = try #require(measured.truePeakDBTP)
        #expect(peak <= 0.01, "\(peak) dBTP")
        // Nothing is thrown away either: correlated sound comes back to full scale.
        #expect(peak > -4.5, "\(peak) dBTP")
        let oracle = try await Self.ebur128(
            url, "aresample=ochl=stereo:rematrix_maxval=1.0:osf=fltp")
        #expect(abs((measured.integratedLUFS ?? 0) - oracle.integrated) <= 0.1)
        #expect(abs(peak - oracle.peak) <= 0.2)
        // What is published, decoded by ffmpeg: nothing was cut. (Where the tone begins at once with
        // full scale every lossy codec overshoots, and is left out here.)
        let samples = try await Decoded.floats(try run.file("audio-m4a"))
        #expect((samples[20_000..<170_000].map(abs).max() ?? 9) < 1.02)
    }

    @Test(arguments: [5, 6, 7, 8, 10])
    func channelsThatSayNothingDoNotClipEither(count: Int) async throws {
        let tone = "0.999*sin(2*PI*997*t)"
        let url = try await Self.source(
            "unsaid-\(count).aiff", Array(repeating: tone, count: count), layout: nil)
        let run = try await CorpusRun(url)
        let peak = try #require(run.loudness?.truePeakDBTP)
        #expect((-4.5...0.01).contains(peak), "\(peak) dBTP")
    }

    /// More channels than any loudspeaker set-up that swresample knows: each is heard.
    @Test(arguments: [(16, 3), (16, 14), (24, 3), (24, 23)])
    func everyOneOfManyChannelsIsHeard(count: Int, sounding: Int) async throws {
        let channels = (0..<count).map { $0 == sounding ? "0.5*sin(2*PI*1000*t)" : "0" }
        let url = try await sound(
            "many-\(count)-\(sounding).wav", channels.joined(separator: "|"), rate: 48_000,
            seconds: 2, options: ["-c:a", "pcm_s24le"])
        let run = try await CorpusRun(url)
        let samples = try await Decoded.floats(try run.file("audio-m4a"))
        let peak = samples[40_000..<140_000].map(abs).max() ?? 0
        // An equal share of full scale.
        #expect(abs(Double(peak) * Double(count) - 0.5) < 0.1, "\(peak)")
    }

    /// Level of each output channel in dB for a tone of −6 dBFS in one input channel.
    private func levels(_ layout: String, _ count: Int, sounding: Int) async throws -> [Double] {
        let channels = (0..<count).map { $0 == sounding ? "0.5*sin(2*PI*1000*t)" : "0" }
        let url = try await Self.source(
            "one-\(layout)-\(sounding).wav", channels, layout: layout)
        let run = try await CorpusRun(url)
        let samples = try await Decoded.floats(try run.file("audio-m4a"))
        return (0..<2).map { side in
            let part = stride(from: 24_000 * 2 + side, to: 72_000 * 2, by: 2).map { samples[$0] }
            let power = part.reduce(0) { $0 + Double($1) * Double($1) } / Double(part.count)
            return 10 * log10(max(1e-12, power * 2)) - 20 * log10(0.5)
        }
    }

    @Test func speechIsInTheMiddleAndLoudEnough() async throws {
        let left = try await levels("5.1", 6, sounding: 0)
        let centre = try await levels("5.1", 6, sounding: 2)
        let effects = try await levels("5.1", 6, sounding: 3)
        let rear = try await levels("5.1", 6, sounding: 4)
        // ITU-R BS.775-3, annex 4: centre and surround 3 dB below the fronts.
        #expect(abs(centre[0] - centre[1]) < 0.1)
        #expect(abs(left[0] - centre[0] - 3.01) < 0.2, "\(left) \(centre)")
        #expect(abs(left[0] - rear[0] - 3.01) < 0.2, "\(left) \(rear)")
        #expect(left[1] < -50 && rear[1] < -50, "\(left) \(rear)")
        #expect(effects.allSatisfy { $0 < -50 }, "\(effects)")
        // Speech from both loudspeakers adds up: 11 dB less in each is 8 dB less in the room, and
        // the published gain makes up for it.
        #expect(centre[0] > -11, "\(centre)")
    }

    /// Integrated loudness and true peak after a filter.
    private static func ebur128(
        _ url: URL, _ filter: String
    ) async throws -> (integrated: Double, peak: Double) {
        let result = try await Program("ffmpeg").result([
            "-hide_banner", "-nostdin", "-i", url.path, "-af", "\(filter),ebur128=peak=true", "-f",
            "null", "-",
        ])
        let summary = result.error.components(separatedBy: "Summary:").last ?? ""
        func number(after label: String) -> Double {
            let rest = summary.components(separatedBy: label).dropFirst().first ?? ""
            return rest.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) } ?? .nan
        }
        return (number(after: "I:"), number(after: "Peak:"))
    }

    @Test(arguments: [8000, 22_050, 44_100, 48_000, 96_000, 192_000])
    func figuresAgreeAtEveryRate(rate: Int) async throws {
        let url = try await sound(
            "figures-\(rate).wav",
            "0.4*sin(2*PI*997*t)*(0.3+0.7*gt(sin(2*t),0))|0.3*sin(2*PI*1777*t)+0.05*random(0)",
            rate: rate, seconds: 6.01, options: ["-c:a", "pcm_f32le"])
        let measured = try #require(try await CorpusRun(url).loudness)
        // On the same mix: higher rates come down to 48 kHz first.
        let oracle = try await Self.ebur128(url, rate > 48_000 ? "aresample=48000" : "anull")
        #expect(abs((measured.integratedLUFS ?? 0) - oracle.integrated) <= 0.1)
        #expect(abs((measured.truePeakDBTP ?? 0) - oracle.peak) <= 0.2)
    }
}
