package import FFmpeg
package import MediaModel
package import Planning

/// Collects the cues of one subtitle stream.
///
/// Feed it the stream's packets in file order, then `finish`. To be used by one thread at a time.
/// Damaged events are left out, never a reason for the item to fail.
package final class CaptionReader: @unchecked Sendable {
    private let plan: CaptionPlan
    private var decoder: SubtitleDecoder
    private var cues: [CaptionCue] = []
    private var byteCount = 0
    private var damageCount = 0
    private var isFull = false

    /// Hours of dense talk; what is more is not meant to be read.
    private static let maximumCues = 20_000
    /// Of all cues together, in bytes of UTF-8.
    private static let maximumBytes = 4 << 20
    /// How long an event is shown whose end nobody says, at most, in seconds.
    private static let usualSeconds = 5.0

    /// nil when the stream cannot be decoded here.
    package init?(_ plan: CaptionPlan, stream: StreamDescription) {
        self.plan = plan
        do {
            decoder = try SubtitleDecoder(stream: stream)
        } catch {
            return nil
        }
    }

    /// Stream of the upload that it takes packets of.
    package var streamIndex: Int { plan.streamIndex }

    /// Takes the next packet, timestamps as the demuxer gives them.
    package func consume(_ packet: Packet) {
        guard !isFull, let pts = packet.pts ?? packet.dts else { return }
        let base = packet.timeBase.doubleValue
        let time = Double(pts) * base - plan.originSeconds
        do {
            guard let event = try decoder.decode(packet) else { return }
            let text = event.texts.compactMap { CaptionText.webVTT(ass: $0) }
                .joined(separator: "\n")
            guard !text.isEmpty else { return }
            let start = time + Double(event.startOffset) / 1000
            let end =
                packet.duration.map { time + Double($0) * base }
                ?? event.endOffset.map { time + Double($0) / 1000 } ?? start + Self.usualSeconds
            add(text, from: start, to: end)
        } catch {
            damageCount += 1
        }
    }

    /// The cues in order, and what was wrong.
    package func finish() -> (cues: [CaptionCue], warnings: [MediaWarning]) {
        // By time; events of the same moment keep the file's order.
        let sorted = cues.enumerated().sorted {
            ($0.element.startMilliseconds, $0.offset) < ($1.element.startMilliseconds, $1.offset)
        }.map(\.element)
        var warnings: [MediaWarning] = []
        if damageCount > 0 {
            warnings.append(
                MediaWarning(
                    code: "damagedSubtitles",
                    message: "\(damageCount) subtitles of \(plan.label.name) cannot be read."))
        }
        if isFull {
            warnings.append(
                MediaWarning(
                    code: "subtitlesCut",
                    message: "\(plan.label.name) holds more text than anybody reads; "
                        + "the first \(sorted.count) cues were kept."))
        }
        if sorted.isEmpty {
            warnings.append(
                MediaWarning(
                    code: "emptySubtitles",
                    message: "The subtitles \(plan.label.name) hold nothing to read."))
        }
        return (sorted, warnings)
    }

    private func add(_ text: String, from start: Double, to end: Double) {
        let from = Self.milliseconds(max(0, start))
        let to = Self.milliseconds(min(end, plan.durationSeconds))
        guard to > from else { return }
        guard cues.count < Self.maximumCues, byteCount + text.utf8.count <= Self.maximumBytes
        else {
            isFull = true
            return
        }
        byteCount += text.utf8.count
        cues.append(CaptionCue(startMilliseconds: from, endMilliseconds: to, text: text))
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        Int((max(-1, min(seconds, 1e9)) * 1000).rounded())
    }
}
