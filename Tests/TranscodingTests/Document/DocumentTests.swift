import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding

/// Documents as they should be, judged by qpdf, pdfinfo, pdftotext and the colours drawn on them.
@Suite struct DocumentTests {
    let run: DocumentRun

    init() throws { run = try DocumentRun() }

    private func near(_ found: [UInt8], _ expected: [UInt8]) -> Bool {
        zip(found, expected).allSatisfy { abs(Int($0) - Int($1)) <= 14 }
    }

    @Test func everyPageIsDrawnInItsColoursAtBothWidths() async throws {
        try run.run(
            run.fixture(PDFFile([.quarters(400, 300), .quarters(300, 400, more: "/Rotate 90")])))
        let names = Set(run.events.artifacts.map(\.description.name))
        #expect(
            names.isSuperset(of: [
                "cover-100.jpg", "share", "page-1-120.webp", "page-1-60.webp", "page-2-120.webp",
                "page-2-60.webp",
            ]))
        for artifact in run.events.artifacts where artifact.description.role != .share {
            let file = run.directory.file(artifact.file.path)
            let pixels = try await Pixels(file)
            #expect(pixels.width == artifact.description.width)
            #expect(pixels.height == pixels.width * 3 / 4, "\(artifact.file.path)")
            let (right, bottom) = (pixels.width - 4, pixels.height - 4)
            let isTurned = artifact.description.page == 2
            let corners = [Still.upperLeft, Still.upperRight, Still.lowerRight, Still.lowerLeft]
            let seen = isTurned ? [corners[3], corners[0], corners[1], corners[2]] : corners
            #expect(near(pixels.pixel(x: 3, y: 3), seen[0]), "\(artifact.file.path)")
            #expect(near(pixels.pixel(x: right, y: 3), seen[1]), "\(artifact.file.path)")
            #expect(near(pixels.pixel(x: right, y: bottom), seen[2]), "\(artifact.file.path)")
            #expect(near(pixels.pixel(x: 3, y: bottom), seen[3]), "\(artifact.file.path)")
        }
        #expect(run.events.artifacts.allSatisfy { $0.description.page != nil })
        let placeholder = try #require(run.events.placeholders.first)
        #expect(abs(placeholder.aspectRatio - 4.0 / 3) < 0.02)
        #expect(run.events.warnings == ["noText"])
    }

    @Test func pageCountAndSizesAreThoseOfOtherReaders() async throws {
        let file = try run.fixture(
            PDFFile([
                .quarters(595.28, 841.89), .quarters(595.28, 841.89),
                .quarters(200, 100, more: "/Rotate 270"),
                .quarters(500, 500, more: "/CropBox[100 100 300 250]"),
                .quarters(100, 100, more: "/UserUnit 2"),
            ]))
        let info = try run.probe(file)
        let document = try #require(info.document)
        #expect(document.pageCount == 5)
        #expect(
            document.pageSizes.prefix(3) == [
                .init(firstPage: 1, pageCount: 2, width: 595.28, height: 841.89),
                .init(firstPage: 3, pageCount: 1, width: 100, height: 200),
                .init(firstPage: 4, pageCount: 1, width: 200, height: 150),
            ])
        let count = try await Program("qpdf").run(["--show-npages", file.path])
        #expect(
            String(decoding: count, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                == "5")
        let said = try await Program("pdfinfo").run(["-l", "5", file.path])
        #expect(String(decoding: said, as: UTF8.self).contains("Page    4 size:  200 x 150 pts"))
    }

    @Test func theTextIsThatOfTheDocument() async throws {
        let file = try run.fixture(
            PDFFile([.text(["First line", "Gr\\374\\337e"]), .quarters(50, 50), .text(["Last"])]))
        try run.run(file)
        let text = try run.text()
        #expect(text.split(separator: "\u{0C}", omittingEmptySubsequences: false).count == 3)
        let words = text.split(whereSeparator: \.isWhitespace)
        let said = try await Program("pdftotext").run(["-enc", "UTF-8", file.path, "-"])
        #expect(
            words
                == String(decoding: said, as: UTF8.self).split(whereSeparator: \.isWhitespace))
        #expect(words.prefix(2) == ["First", "line"] && words.last == "Last")
        #expect(try run.artifact("text").description.mediaType == "text/plain; charset=utf-8")
        #expect(run.events.warnings == [])
    }

    @Test func textEndsAtItsLimitWithAWholeCharacter() throws {
        var limits = Limits()
        limits.documentTextBytes = 10
        try run.run(
            run.fixture(
                PDFFile([
                    // In Helvetica's own encoding æ, which UTF-8 writes in two bytes.
                    .init(595, 842, "BT /F 24 Tf 28 TL 40 780 Td (123456789\\361) Tj T* (b) Tj ET")
                ])), limits: limits)
        #expect(try run.text() == "123456789")
        #expect(run.events.warnings == ["textCut"])
    }

    @Test func creditIsKeptAndSidecarsWin() async throws {
        var file = PDFFile([.quarters(40, 30)])
        file.information = "/Title(The  \\nbook)/Author(An Author)"
        let url = try run.fixture(file)
        var sidecar = Sidecar()
        sidecar.credit = Credit(creator: nil, copyright: "2026 The House", license: nil)
        try run.run(url, sidecar: sidecar)
        #expect(run.info?.tags == ["title": "The book", "creator": "An Author"])
        for name in ["page-1-120.webp", "cover-100.jpg", "share"] {
            let tags = try await ExifTool(run.file(name)).tags
            #expect(tags.values.contains("An Author"), "\(name)")
            #expect(tags.values.contains("2026 The House"), "\(name)")
        }
    }

    @Test func aThousandPagesAreShownUpToTheCapAndReadToTheEnd() throws {
        var recipe = DocumentRun.recipe
        recipe.document.maximumPages = 2
        let pages = (1...1000).map {
            PDFFile.Page.text(["page \($0) here"], width: 300, height: 100)
        }
        try run.run(run.fixture(PDFFile(pages)), recipe: recipe)
        #expect(run.info?.document?.pageSizes.count == 1)
        #expect(run.plan?.warnings.map(\.code) == ["pagesLeftOut"])
        #expect(run.events.artifacts.filter { $0.description.role == .page }.count == 4)
        let said = try run.text().split(separator: "\u{0C}")
        #expect(said.count == 1000)
        #expect(said.last?.contains("page 1000 here") == true)
    }
}
