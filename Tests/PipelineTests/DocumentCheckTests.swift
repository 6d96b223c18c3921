import MediaModel
import Planning
import Testing

@testable import Pipeline

/// What a worker says of a document, and what a page is told of it.
@Suite struct DocumentCheckTests {
    private func info(_ count: Int, _ runs: [DocumentInfo.PageRun]) -> MediaInfo {
        MediaInfo(
            kind: .document, format: "pdf", mediaType: "application/pdf", byteCount: 1_000,
            document: DocumentInfo(pageCount: count, pageSizes: runs))
    }

    private func run(
        _ first: Int, _ count: Int, _ width: Double = 595, _ height: Double = 842
    ) -> DocumentInfo.PageRun {
        .init(firstPage: first, pageCount: count, width: width, height: height)
    }

    @Test func runsThatFollowEachOtherAreBelieved() throws {
        try InfoCheck.check(info(3, [run(1, 2), run(3, 1, 0, 0)]), byteCount: 1_000)
        // The list may end early.
        try InfoCheck.check(info(1000, [run(1, 2)]), byteCount: 1_000)
    }

    @Test func runsThatCannotBeAreNotBelieved() {
        let lies: [(Int, [DocumentInfo.PageRun])] = [
            (0, []), (-1, []), (3, [run(2, 1)]), (3, [run(1, 2), run(2, 1)]), (3, [run(1, 4)]),
            (3, [run(1, .max)]), (3, [run(1, 0)]), (3, [run(1, -1)]), (3, [run(1, 2), run(3, 2)]),
            (3, [run(1, 1, .nan, 1)]), (3, [run(1, 1, 1, .infinity)]), (3, [run(1, 1, -1, 1)]),
            (3, [run(1, 1, 1e-300, 1)]), (3, [run(1, 1, 1, 1e300)]),
            (9_000, (1...501).map { run($0, 1) }),
        ]
        for (count, runs) in lies {
            #expect(throws: Failure.self, "\(count) \(runs.prefix(2))") {
                try InfoCheck.check(info(count, runs), byteCount: 1_000)
            }
        }
    }

    @Test func onlyTheTextOfPagesWithoutTextMayBeMissing() throws {
        let plan = try Planner(cores: 2).plan(
            info(1, [run(1, 1)]), recipe: Recipe(),
            source: PlanSource(sha256: "abc", sidecar: Sidecar()))
        func result(without name: String, isSaid: Bool = true) -> WorkResult {
            var result = WorkResult()
            if isSaid {
                result.leftOut = plan.outputs.filter { $0.name == name }.map {
                    LeftOut(name: $0.name, key: $0.key, code: .empty, reason: "r")
                }
            }
            result.artifacts = plan.outputs.filter { $0.name != name }.map { output in
                Artifact(
                    description: DerivativeDescription(
                        role: output.role, name: output.name, mediaType: "x/y", key: output.key,
                        reason: "r"),
                    file: ArtifactFile(
                        path: "\(output.name).1", byteCount: 1,
                        sha256: String(repeating: "a", count: 64)))
            }
            return result
        }
        try ArtifactCheck.check(result(without: ""), plan: plan)
        try ArtifactCheck.check(result(without: "text"), plan: plan)
        for (name, isSaid) in [("text", false), ("page-1-800.webp", true), ("share", true)] {
            #expect(throws: Failure.self, "\(name)") {
                try ArtifactCheck.check(result(without: name, isSaid: isSaid), plan: plan)
            }
        }
    }

    private func picture(_ role: Role, page: Int, width: Int, type: String) -> Manifest.Derivative {
        let name = "\(role.rawValue)-\(page)-\(width)"
        var description = DerivativeDescription(
            role: role, name: name, mediaType: type, key: "k", reason: "r")
        description.width = width
        description.height = width * 2
        description.page = page
        return Manifest.Derivative(
            Artifact(
                description: description,
                file: ArtifactFile(path: name, byteCount: 1, sha256: "a")))
    }

    @Test func thePagesStandBelowEachOtherWithTheirNumbers() {
        let html = HTMLSnippet.html(
            kind: .document, title: "<b>", alt: "What it \"is\"",
            derivatives: [
                picture(.cover, page: 1, width: 320, type: "image/jpeg"),
                picture(.page, page: 1, width: 1600, type: "image/webp"),
                picture(.page, page: 1, width: 800, type: "image/webp"),
                picture(.page, page: 10, width: 800, type: "image/webp"),
                picture(.page, page: 2, width: 800, type: "image/webp"),
            ], play: nil, pageCount: 12)
        #expect(
            html.hasPrefix("<section aria-label=\"What it &quot;is&quot;\"><img src=\"page-1-800\"")
        )
        #expect(html.contains("srcset=\"page-1-800 800w, page-1-1600 1600w\""))
        #expect(html.contains("width=\"1600\" height=\"3200\" alt=\"&lt;b&gt;, page 1 of 12\""))
        #expect(
            html.hasSuffix(
                "alt=\"&lt;b&gt;, page 10 of 12\" loading=\"lazy\" decoding=\"async\"></section>"))
        #expect(!html.contains("cover") && !html.contains("<b>"))
    }

    @Test func withoutPagesTheCoverStandsForAll() {
        let html = HTMLSnippet.html(
            kind: .document, title: "t", alt: nil,
            derivatives: [picture(.cover, page: 1, width: 320, type: "image/jpeg")], play: nil)
        #expect(html.hasPrefix("<picture><img src=\"cover-1-320\""))
    }
}
