import Foundation
import Testing

@testable import Transcoding

/// What strangers write into subtitles comes out as text that a browser only shows.
@Suite struct CaptionTextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("{\\i1}slanted{\\i0} upright", "<i>slanted</i> upright"),
        ("{\\b1\\i1}both{\\r} none", "<b><i>both</i></b> none"),
        ("{\\b700}heavy{\\b400} light", "<b>heavy</b> light"),
        ("{\\an8\\pos(10,20)\\c&H00FF00&\\bord3\\be1}placed", "placed"),
        ("one\\Ntwo\\nthree", "one\ntwo\nthree"),
        ("one\\N\\N\\Ntwo", "one\ntwo"),
        ("a {\\i1}b\\Nc{\\i0} d", "a <i>b</i>\n<i>c</i> d"),
        ("{\\p1}m 0 0 l 100 0 100 100{\\p0}shown", "shown"),
        ("hard\\hspace", "hard\u{a0}space"),
        ("1 < 2 & 3 --> 4", "1 &lt; 2 &amp; 3 --&gt; 4"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a brace \\{kept\\} and a back\\\\slash", "a brace {kept} and a back\\slash"),
        ("never {closed", "never {closed"),
        ("  spaces  ", "spaces"),
        ("nul\u{0}bell\u{7}", "nul bell"),
        ("line\r\nline\u{2028}line", "line\nline\nline"),
    ])
    func overridesBecomeTagsOrNothing(ass: String, expected: String) {
        #expect(CaptionText.webVTT(ass: ass) == expected)
    }

    @Test(arguments: ["", "   ", "\\N\\N", "{\\an8}", "{\\p1}m 0 0 l 1 1{\\p0}", "\n\n"])
    func whatHoldsNothingToReadIsNoCue(ass: String) {
        #expect(CaptionText.webVTT(ass: ass) == nil)
    }

    @Test func endlessTextIsCut() {
        let text = CaptionText.webVTT(ass: String(repeating: "a{\\i1}b{\\i0}", count: 100_000))
        #expect((text?.count ?? 0) < 20_000)
    }

    @Test func titlesHaveNoMarkup() {
        #expect(
            CaptionText.webVTT(plain: "Part {\\i1}<b>1</b>\nof --> 2")
                == "Part {\\i1}&lt;b&gt;1&lt;/b&gt; of --&gt; 2")
    }

    /// Whatever goes in, one cue comes out, and it reads back the same.
    @Test func hostileTextIsReadBackAsItWasWritten() {
        for seed in 1...300 { Self.writeAndRead(seed: seed) }
    }

    private static func writeAndRead(seed: Int) {
        var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let pieces = [
            "a", "-->", "\n", "\\N", "{", "}", "{\\i1}", "{\\b1}", "<", ">", "&", "</i>", "&lt;",
            "WEBVTT", "NOTE", "STYLE", "\u{0}", "\u{202e}", "\r", "\u{85}", "00:00:01.000", "\\",
            "\u{301}", "\u{200d}", "\u{feff}", "::cue", "👩‍👩‍👧", "e\u{301}", " ", "\t", "{\\p1}",
            "{\\p0}", "\u{1b}[31m",
        ]
        let ass = (0..<(1 + next(40))).map { _ in pieces[next(pieces.count)] }.joined()
        guard let text = CaptionText.webVTT(ass: ass) else { return }
        let cue = CaptionCue(startMilliseconds: 10, endMilliseconds: 20, text: text)
        #expect(
            WebVTT.parse(WebVTT.text([cue, cue])) == [cue, cue],
            "seed \(seed): \(ass.debugDescription)")
    }

    /// An accent after what is escaped makes one character of it and the `;`.
    @Test func accentsOnPunctuationAreReadBack() {
        for ass in ["&\u{306}", ">\u{306}", "{\\i1}\u{306}a{\\i0}", "a\u{306}"] {
            let text = CaptionText.webVTT(ass: ass) ?? ""
            #expect(text.unicodeScalars.contains("\u{306}"), "\(ass.debugDescription)")
            let cue = CaptionCue(startMilliseconds: 10, endMilliseconds: 20, text: text)
            #expect(WebVTT.parse(WebVTT.text([cue])) == [cue], "\(ass.debugDescription)")
        }
    }

    @Test func whatIsNoWebVTTIsNotTakenForIt() {
        let good = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n"
        #expect(WebVTT.parse(good)?.count == 1)
        for bad in [
            "", "WEBVTT", good.replacing("WEBVTT", with: "WEBVT"),
            good.replacing("02.000", with: "01.000"), good.replacing(" --> ", with: " -> "),
            good.replacing("Hello", with: "<script>"), good.replacing("Hello", with: "<i>open"),
            good.replacing("Hello", with: "a & b"), good.replacing("Hello", with: "a\u{7}"),
            good.replacing("\nHello", with: ""),
            good + "\n00:00:00.500 --> 00:00:02.000\nbefore\n",
        ] {
            #expect(WebVTT.parse(bad) == nil, "\(bad.debugDescription)")
        }
    }
}
