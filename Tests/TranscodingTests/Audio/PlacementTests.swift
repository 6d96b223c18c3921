import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Where each loudspeaker of a surround recording is heard in stereo: every channel has a tone of its
/// own, so one run tells them all. The shares are those of ITU-R BS.775-3, annex 4: centre and
/// surrounds 3 dB below the fronts, one lone rear shared by both sides 6 dB below, no effects channel,
/// and all of them together at most full scale.
@Suite struct PlacementTests {
    private static let rear = 0.5.squareRoot()

    /// Left and right share of each channel before scaling, in FFmpeg's order.
    private static let layouts: [(name: String, shares: [(left: Double, right: Double)])] = [
        (
            "7.1",
            [(1, 0), (0, 1), (rear, rear), (0, 0), (rear, 0), (0, rear), (rear, 0), (0, rear)]
        ),
        ("6.1", [(1, 0), (0, 1), (rear, rear), (0, 0), (0.5, 0.5), (rear, 0), (0, rear)]),
        ("5.0", [(1, 0), (0, 1), (rear, rear), (rear, 0), (0, rear)]),
        ("4.0", [(1, 0), (0, 1), (rear, rear), (0.5, 0.5)]),
        ("quad", [(1, 0), (0, 1), (rear, 0), (0, rear)]),
        ("3.0", [(1, 0), (0, 1), (rear, rear)]),
    ]

    private static func frequency(_ channel: Int) -> Double { 500 + 250 * Double(channel) }

    private static func file(
        _ name: String, channels: Int, layout: String?, options: [String]
    ) async throws -> URL {
        let tones = (0..<channels).map { "0.4*sin(2*PI*\(frequency($0))*t)" }
        return try await sound(
            name, tones.joined(separator: "|") + (layout.map { ":c=\($0)" } ?? ""), rate: 48_000,
            seconds: 2, options: options)
    }

    /// Share of each channel's tone in the left and the right output.
    private static func shares(_ run: CorpusRun, channels: Int) async throws -> [(
        left: Double, right: Double
    )] {
        let samples = try await Decoded.floats(try run.file("audio-m4a"))
        // A second from the middle: a whole number of periods of every tone.
        let part = samples[2 * 24_000..<2 * 72_000]
        return (0..<channels).map { channel in
            let turn = 2 * Double.pi * frequency(channel) / 48_000
            func share(_ side: Int) -> Double {
                var (sine, cosine) = (0.0, 0.0)
                for index in 0..<48_000 {
                    let value = Double(part[part.startIndex + 2 * index + side])
                    sine += value * sin(turn * Double(index))
                    cosine += value * cos(turn * Double(index))
                }
                return 2 * hypot(sine, cosine) / 48_000 / 0.4
            }
            return (share(0), share(1))
        }
    }

    @Test(arguments: layouts.indices) func everyLoudspeakerHasItsPlace(index: Int) async throws {
        let (name, expected) = Self.layouts[index]
        let file = try await Self.file(
            "placement-\(name).wav", channels: expected.count, layout: name,
            options: ["-c:a", "pcm_s24le"])
        let told = try await FFprobe(file).audio?.fields["channel_layout"]?.string
        #expect(told == name)
        let run = try await CorpusRun(file)
        let found = try await Self.shares(run, channels: expected.count)
        let most = max(
            expected.reduce(0) { $0 + $1.left }, expected.reduce(0) { $0 + $1.right })
        for (channel, (found, wanted)) in zip(found, expected).enumerated() {
            let (left, right) = (wanted.left / most, wanted.right / most)
            // 0.2 dB, and what AAC adds to silence.
            #expect(abs(found.left - left) <= 0.025 * left + 0.002, "\(name) \(channel): \(found)")
            #expect(
                abs(found.right - right) <= 0.025 * right + 0.002, "\(name) \(channel): \(found)")
        }
    }

    /// Nothing says where these channels belong; none of them may go missing.
    @Test(arguments: [4, 5, 6, 7, 8]) func everyChannelWithoutAPlaceIsHeard(
        channels: Int
    ) async throws {
        let file = try await Self.file(
            "unplaced-\(channels).aiff", channels: channels, layout: nil,
            options: ["-c:a", "pcm_s24be"])
        let run = try await CorpusRun(file)
        let found = try await Self.shares(run, channels: channels)
        print("unplaced \(channels): \(found)")
        for (channel, share) in found.enumerated() {
            // The effects channel of what is by convention 5.1 and 7.1 is left out of a stereo mix.
            if channels >= 6, channel == 3 { continue }
            #expect(
                max(share.left, share.right) > 0.05, "channel \(channel) of \(channels): \(share)")
        }
    }
}
