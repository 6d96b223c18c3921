package import Foundation

/// A second's own tone, so that a test can say *when* a sound of the source is heard.
///
/// Second n sounds at 400 + 100·n hertz.
package enum ToneCode {
    package static func frequency(second: Int) -> Double { 400 + 100 * Double(second) }

    /// The lavfi source of such a sound.
    static func source(seconds: Double, sampleRate: Int, channels: Int) -> String {
        let expression = "0.4*sin(2*PI*(400+100*floor(t))*t)"
        let all = Array(repeating: expression, count: channels).joined(separator: "|")
        return "aevalsrc=exprs='\(all)':s=\(sampleRate):d=\(seconds)"
    }

    /// Which second of the source is heard in each window of `window` seconds; nil = silence or no
    /// tone of the code.
    package static func seconds(
        in file: URL, window: Double = 1, among candidates: Range<Int> = 0..<30
    ) async throws -> [Int?] {
        let rate = 16_000
        let samples = try await samples(of: file, sampleRate: rate)
        let count = Int(window * Double(rate))
        return stride(from: 0, to: samples.count - count / 2, by: count).map { start in
            // The middle half of the window: away from the changes at its ends.
            let end = min(samples.count, start + count)
            let quarter = (end - start) / 4
            return loudest(
                samples[(start + quarter)..<(end - quarter)], among: candidates, sampleRate: rate)
        }
    }

    /// Mono samples −1…1, decoded by `ffmpeg`.
    package static func samples(of file: URL, sampleRate: Int) async throws -> [Float] {
        var arguments = ["-v", "error", "-nostdin"]
        if file.pathExtension == "m3u8" { arguments += ["-allowed_extensions", "ALL"] }
        arguments += [
            "-i", file.path, "-map", "0:a:0", "-ac", "1", "-ar", "\(sampleRate)", "-f", "s16le",
            "-",
        ]
        return floats(try await Program("ffmpeg").run(arguments))
    }

    private static func floats(_ output: Data) -> [Float] {
        let bytes = Array(output)
        return stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            let raw = UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
            return Float(Int16(bitPattern: raw)) / 32768
        }
    }

    /// Goertzel's algorithm at every candidate's frequency.
    private static func loudest(
        _ samples: ArraySlice<Float>, among candidates: Range<Int>, sampleRate: Int
    ) -> Int? {
        let energy = samples.reduce(0) { $0 + Double($1) * Double($1) }
        guard energy / Double(max(1, samples.count)) > 1e-5 else { return nil }
        var best: (second: Int, power: Double)?
        for second in candidates {
            let power = power(samples, second: second, sampleRate: sampleRate)
            if power > best?.power ?? 0 { best = (second, power) }
        }
        guard let best else { return nil }
        // A pure tone of the code holds nearly all the energy: power ≈ energy · n / 2.
        return best.power > 0.25 * energy * Double(samples.count) / 2 ? best.second : nil
    }

    private static func power(
        _ samples: ArraySlice<Float>, second: Int, sampleRate: Int
    ) -> Double {
        let coefficient = 2 * cos(2 * Double.pi * frequency(second: second) / Double(sampleRate))
        var (one, two) = (0.0, 0.0)
        for sample in samples { (one, two) = (Double(sample) + coefficient * one - two, one) }
        return one * one + two * two - coefficient * one * two
    }

    /// Mono samples from the file's own time 0 on: what starts later is preceded by silence, holes
    /// are filled with it, an encoder's priming is left out.
    package static func timeline(of file: URL, sampleRate: Int) async throws -> [Float] {
        var arguments = ["-v", "error", "-nostdin", "-copyts"]
        if file.pathExtension == "m3u8" { arguments += ["-allowed_extensions", "ALL"] }
        arguments += [
            "-i", file.path, "-map", "0:a:0", "-af",
            "aresample=\(sampleRate):async=1:first_pts=0", "-ac", "1", "-f", "s16le", "-",
        ]
        return floats(try await Program("ffmpeg").run(arguments))
    }

    /// When each second's tone takes over from the one before, in seconds of the file's timeline, by
    /// second; to a few milliseconds.
    package static func changeTimes(
        in file: URL, among candidates: Range<Int> = 0..<30
    ) async throws -> [Int: Double] {
        let rate = 16_000
        let samples = try await timeline(of: file, sampleRate: rate)
        // 40 ms tell tones of 100 Hz apart.
        let window = rate / 25
        let hop = rate / 100
        let heard = stride(from: 0, to: samples.count - window, by: hop).map {
            loudest(samples[$0..<($0 + window)], among: candidates, sampleRate: rate)
        }
        var times: [Int: Double] = [:]
        for second in candidates.dropFirst() {
            guard let last = heard.lastIndex(of: second - 1),
                let first = heard[last...].firstIndex(of: second), first - last < 20
            else { continue }
            let places = max(window, last * hop)..<min(samples.count - window, first * hop + window)
            let best = stride(from: places.lowerBound, to: places.upperBound, by: rate / 1000)
                .max { score($0) < score($1) }
            func score(_ place: Int) -> Double {
                power(samples[(place - window)..<place], second: second - 1, sampleRate: rate)
                    + power(samples[place..<(place + window)], second: second, sampleRate: rate)
            }
            if let best { times[second] = Double(best) / Double(rate) }
        }
        return times
    }
}
