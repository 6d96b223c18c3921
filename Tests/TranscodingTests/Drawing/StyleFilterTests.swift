import Testing

@testable import Transcoding

/// What is left of CSS, and how it is written.
struct StyleFilterTests {
    private func sheet(_ text: String) -> String {
        var filter = StyleFilter()
        return filter.sheet(text)
    }

    private func declarations(_ text: String) -> String {
        var filter = StyleFilter()
        return filter.declarations(text)
    }

    @Test func whatDescribesLooksIsKept() {
        #expect(declarations("fill: red; stroke :url(#g)") == "fill:red;stroke:url(#g)")
        #expect(
            sheet(".a,\n  g > .b[id='x'] { fill: red }") == ".a,   g > .b[id='x']{fill:red}\n")
        #expect(
            declarations("font-family: 'A B',\n\tserif") == "font-family:'A B', \tserif")
        #expect(sheet("/* a */ .a { /* b; } */ fill: red /**/ }") == ".a{fill:red}\n")
    }

    /// What would be read in another way by others than it was here.
    @Test(arguments: [
        // Comments that their removal makes.
        "red//**/*", "red//* */* x", "*//**//", "*/ red", "//**/**//**// red",
        // What is open at the end, and what was never opened.
        "\"a", "'a", "\"a'", "url(#a", "rgb(1,2", "a)", "a]", "[a", "(a]",
        // A quotation over two lines ends with the first for others.
        "'a\nb'", "\"a\rb\"", "'a\u{C}b'",
        // Ways out.
        "url(x)", "URL( 'x' )", "url(#a) url(x)", "@import", "\\75rl(x)", "a{b",
    ])
    func aValueThatIsNotWholeIsLeftOut(value: String) {
        #expect(declarations("stroke:lime;fill:\(value)").contains("fill") == false, "\(value)")
        #expect(declarations("fill:\(value)") == "", "\(value)")
        let sheet = sheet(".a{fill:\(value)}")
        // There, comments are taken out once more from each rule's body.
        #expect(!sheet.contains("/*") && !sheet.contains("*/"), "\(value) became \(sheet)")
        if !value.contains("/*") {
            #expect(!sheet.contains("fill"), "\(value) became \(sheet)")
        }
    }

    @Test(arguments: [
        "//**/*", "a//**/*", ".a[b='", ".a[b=\"x]", ".a:not(", ".a)", "a[b", "a]",
        ".a[b='x\ny']", "a[b='url(#x)']", "@import 'x'", "@media (a)", "a\\b", "a/b", "a<b",
    ])
    func aSelectorThatIsNotWholeTakesItsRuleWithIt(prelude: String) {
        let text = sheet("\(prelude){fill:red} .after{fill:lime}")
        #expect(!text.contains("red"), "\(prelude) became \(text)")
    }

    /// CSS is read by code points: an accent hides no parenthesis from it.
    @Test func accentsOnPunctuationHideNothing() {
        #expect(declarations("fill:url(\u{301}x)") == "")
        #expect(declarations("fill:u\u{600}rl(#g);stroke:\u{600}\\75rl(x)").contains("\\") == false)
        #expect(sheet(".a{\u{301}fill:red}\u{301}.b{fill:lime}") == ".a{fill:red}\n.b{fill:lime}\n")
        // On a letter it belongs to the name.
        #expect(sheet(".e\u{301}{fill:red}") == ".e\u{301}{fill:red}\n")
    }

    /// The rule behind one that is left out is read as it is written.
    @Test func whatFollowsIsNotLost() {
        #expect(sheet(".a{fill:'red} .b{fill:lime}") == ".b{fill:lime}\n")
        #expect(sheet(".a[b{fill:red} .b{fill:lime}") == ".b{fill:lime}\n")
    }
}
