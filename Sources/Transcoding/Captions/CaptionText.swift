/// Subtitle text as WebVTT cue text: what a stranger wrote, made harmless.
///
/// Italics and bold are kept, everything else that styles, places or draws is dropped; markup is
/// escaped, so that nothing is read as a tag, a timing line or the end of the cue.
package enum CaptionText {
    /// Longest text of one cue, in code points: several times what fits a screen.
    static let maximumCharacters = 1000

    /// - Parameter ass: with ASS overrides, as `SubtitleDecoder` gives it.
    /// - Returns: nil when there is nothing to read.
    package static func webVTT(ass: String) -> String? {
        var reader = Reader()
        for scalar in ass.unicodeScalars.prefix(maximumCharacters * 4) { reader.read(scalar) }
        reader.end()
        let lines = reader.lines.map(markup).filter { !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// Plain text: no markup is meant, none comes out.
    package static func webVTT(plain text: String) -> String? {
        var reader = Reader()
        for scalar in text.unicodeScalars.prefix(maximumCharacters) { reader.show(scalar) }
        reader.end()
        let lines = reader.lines.map(markup).filter { !$0.isEmpty }
        return lines.isEmpty ? nil : lines.joined(separator: " ")
    }

    private struct Run {
        var text = ""
        var isItalic = false
        var isBold = false
    }

    /// Takes ASS apart into lines of runs.
    ///
    /// By code points: many scripts write a vowel as a mark on what is before it, and before the first
    /// syllable of a song that is the brace of an override.
    private struct Reader {
        private(set) var lines: [[Run]] = []
        private var line: [Run] = []
        private var run = Run()
        private var isDrawing = false
        private var count = 0
        /// The override block under way, without its brace.
        private var block: String?
        private var afterBackslash = false

        mutating func read(_ scalar: Unicode.Scalar) {
            if let open = block {
                if scalar == "}" {
                    apply(open)
                    block = nil
                } else {
                    block?.unicodeScalars.append(scalar)
                }
            } else if afterBackslash {
                afterBackslash = false
                switch scalar {
                case "N", "n": endLine()
                case "h": show("\u{a0}")
                case "{", "}", "\\": show(scalar)
                default:
                    show("\\")
                    read(scalar)
                }
            } else if scalar == "{" {
                block = ""
            } else if scalar == "\\" {
                afterBackslash = true
            } else if !isDrawing {
                show(scalar)
            }
        }

        /// Takes a code point for what it is.
        mutating func show(_ scalar: Unicode.Scalar) {
            guard count < CaptionText.maximumCharacters else { return }
            if Character(scalar).isNewline {
                endLine()
                return
            }
            count += 1
            switch scalar.properties.generalCategory {
            case .control, .surrogate, .unassigned: run.text += " "
            default: run.text.unicodeScalars.append(scalar)
            }
        }

        mutating func end() {
            if afterBackslash { show("\\") }
            // A brace that nobody closed was text.
            if let block, !isDrawing {
                show("{")
                for scalar in block.unicodeScalars { show(scalar) }
            }
            endLine()
        }

        private mutating func endLine() {
            endRun()
            lines.append(line)
            line = []
        }

        private mutating func endRun() {
            if !run.text.isEmpty { line.append(run) }
            run.text = ""
        }

        /// `\i1`, `\b700`, `\p1` (drawing), `\r` (reset); all else is for the eye only.
        private mutating func apply(_ overrides: String) {
            endRun()
            for tag in overrides.split(separator: "\\") {
                let value = tag.dropFirst()
                let isNumber = value.allSatisfy(\.isNumber)
                switch tag.first {
                case "i" where isNumber: run.isItalic = value.isEmpty ? false : value != "0"
                case "b" where isNumber: run.isBold = value == "1" || (Int(value) ?? 0) >= 600
                case "p" where isNumber: isDrawing = !(value.isEmpty || value == "0")
                case "r": (run.isItalic, run.isBold) = (false, false)
                default: break
                }
            }
        }
    }

    /// Tags are closed at the end of every run, so that they always balance.
    private static func markup(_ line: [Run]) -> String {
        var result = ""
        var runs = line
        if let first = runs.indices.first {
            runs[first].text = String(runs[first].text.drop(while: \.isWhitespace))
        }
        while let last = runs.indices.last {
            while runs[last].text.last?.isWhitespace == true { runs[last].text.removeLast() }
            if !runs[last].text.isEmpty { break }
            runs.removeLast()
        }
        for run in runs where !run.text.isEmpty {
            var text = escaped(run.text)
            if run.isItalic { text = "<i>\(text)</i>" }
            if run.isBold { text = "<b>\(text)</b>" }
            result += text
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
