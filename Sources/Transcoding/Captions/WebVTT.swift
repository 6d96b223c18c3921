import Foundation

/// WebVTT files (<https://www.w3.org/TR/webvtt1/>): written, and read back to be verified.
package enum WebVTT {
    package static let mediaType = "text/vtt"

    /// A file of cues in the order given.
    package static func text(_ cues: [CaptionCue]) -> String {
        var text = "WEBVTT\n"
        for cue in cues {
            text += "\n\(clock(milliseconds: cue.startMilliseconds)) --> "
            text += "\(clock(milliseconds: cue.endMilliseconds))\n\(cue.text)\n"
        }
        return text
    }

    /// `hh:mm:ss.ttt`.
    static func clock(milliseconds time: Int) -> String {
        String(
            format: "%02d:%02d:%02d.%03d", time / 3_600_000, time / 60_000 % 60, time / 1000 % 60,
            time % 1000)
    }

    /// Reads a file back; nil when it is not exactly what `text` may write.
    package static func parse(_ text: String) -> [CaptionCue]? {
        var blocks = text.components(separatedBy: "\n\n")
        guard text.hasSuffix("\n"), let head = blocks.first?.split(separator: "\n"),
            head == ["WEBVTT"]
        else { return nil }
        blocks.removeFirst()
        var cues: [CaptionCue] = []
        for block in blocks {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: true)
            guard lines.count >= 2 else { return nil }
            let times = lines[0].components(separatedBy: " --> ").map(milliseconds)
            guard times.count == 2, let start = times[0], let end = times[1], end > start,
                start >= cues.last?.startMilliseconds ?? 0
            else { return nil }
            let cue = lines.dropFirst().joined(separator: "\n")
            guard isHarmless(cue) else { return nil }
            cues.append(
                CaptionCue(startMilliseconds: start, endMilliseconds: end, text: cue))
        }
        return cues
    }

    private static func milliseconds(_ clock: String) -> Int? {
        let parts = clock.split(whereSeparator: { $0 == ":" || $0 == "." }).map(String.init)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 4, parts[1].count == 2, parts[2].count == 2, parts[3].count == 3,
            numbers[1] < 60, numbers[2] < 60, numbers.allSatisfy({ $0 >= 0 })
        else { return nil }
        return ((numbers[0] * 60 + numbers[1]) * 60 + numbers[2]) * 1000 + numbers[3]
    }

    /// Only `<i>`, `<b>` in pairs, only the three escapes, no control characters.
    ///
    /// Read by code points, as browsers do: an accent makes one character of itself and the `;` before.
    private static func isHarmless(_ text: String) -> Bool {
        var open: [String] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "<":
                guard let end = rest.firstIndex(of: ">") else { return false }
                let tag = String(rest[..<end])
                if tag == "i" || tag == "b" {
                    open.append(tag)
                } else {
                    guard let opened = open.popLast(), tag == "/\(opened)" else { return false }
                }
                rest = rest[rest.index(after: end)...]
            case ">": return false
            case "&":
                guard
                    let escape = ["amp;", "lt;", "gt;"].map(\.unicodeScalars)
                        .first(where: { rest.starts(with: $0) })
                else { return false }
                rest = rest.dropFirst(escape.count)
            default:
                guard scalar == "\n" || scalar.properties.generalCategory != .control else {
                    return false
                }
            }
        }
        return open.isEmpty
    }
}
