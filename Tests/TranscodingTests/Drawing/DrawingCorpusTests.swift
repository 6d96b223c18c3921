import Foundation
import MediaModel
import TestSupport
import Testing

/// Real drawings, as the corpus' index expects.
@Suite struct DrawingCorpusTests {
    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("image-svg-external-url.svg", ["drawingSanitised"]),
            ("image-svg-script-handlers.svg", ["drawingSanitised"]), ("image-svg-w3c.svg", []),
        ])
    func realDrawingsAreShown(name: String, warnings: [String]) throws {
        let run = try DrawingRun()
        try run.run(Corpus.file(name))
        #expect(run.info?.warnings.map(\.code).filter { $0 == "drawingSanitised" } == warnings)
        let copy = try run.copy()
        for word in ["<script", "http://127", "onclick", "onload", "javascript:"] {
            #expect(!copy.contains(word), "\(word)")
        }
        #expect(
            run.events.artifacts.contains {
                $0.description.name == "image-400.png"
                    || $0.description.name == "image-400.avif"
            })
    }
}
