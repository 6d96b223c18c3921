import Foundation
import MediaModel
import TestSupport
import Testing

/// Real documents, as the corpus' index expects.
@Suite struct DocumentCorpusTests {
    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("pdf-10pages-cc0.pdf", 10), ("pdf-14pages-figures.pdf", 14),
            ("pdf-corrupt-xref.pdf", 1), ("pdf-encrypted-empty-user-password.pdf", 1),
            ("pdf-evil-recursive-xobjects.pdf", 1),
        ])
    func realDocumentsAreShown(name: String, pages: Int) async throws {
        let run = try DocumentRun()
        try run.run(Corpus.file(name))
        #expect(run.info?.document?.pageCount == pages)
        #expect(run.events.artifacts.filter { $0.description.role == .page }.count == pages * 2)
        let said = try await Program("pdftotext").run(
            ["-enc", "UTF-8", Corpus.file(name).path, "-"])
        // Where words end, the two of them see differently (scores, divided words); not which letters
        // there are.
        func letters(_ text: String) -> [Character: Int] {
            Dictionary(text.filter(\.isLetter).map { ($0, 1) }, uniquingKeysWith: +)
        }
        let expected = letters(String(decoding: said, as: UTF8.self))
        let text = run.events.artifacts.contains { $0.description.role == .text }
        #expect(text == !expected.isEmpty)
        guard text else { return }
        let found = letters(try run.text())
        let missing = expected.reduce(0) { $0 + max(0, $1.value - (found[$1.key] ?? 0)) }
        #expect(missing * 20 <= expected.values.reduce(0, +), "\(missing)")
    }

    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("pdf-encrypted-needs-password.pdf", "encrypted"),
            ("pdf-fuzzed-negative-pagecount.pdf", "noPages"),
        ])
    func realDocumentsThatCannotBeShownSayWhy(name: String, code: String) throws {
        let run = try DocumentRun()
        let failure = try #require(throws: Failure.self) { try run.run(Corpus.file(name)) }
        #expect(failure.kind == .invalidMedia && failure.code == code)
    }
}
