import Foundation
import MediaModel
import TestSupport
import Testing

/// A document through the daemon, drawn by a confined worker.
struct PublishedDocumentTests {
    /// Text in a font that is not in it, coloured quarters, and Japanese in an encoding that is not
    /// in it.
    static func booklet() -> PDFFile {
        var file = PDFFile([.text(["Vitrine", "shows works"]), .quarters(400, 300)])
        file.information = "/Title(The booklet)/Author(A. Writer)"
        file.extras = [
            "<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UTF16-H"
                + "/DescendantFonts[6 0 R]>>",
            "<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/CIDSystemInfo"
                + "<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 7 0 R>>",
            "<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 4/FontBBox[0 -200 1000 900]"
                + "/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        ]
        file.pages.append(
            PDFFile.Page(300, 100, "BT /J 40 Tf 20 30 Td <65E5672C> Tj ET"))
        file.fonts = "/J 5 0 R"
        return file
    }

    @Test func pagesCoverAndTextArePublished() async throws {
        let booklet = try await Gallery.published("booklet.pdf")
        #expect(booklet.manifest.kind == .document && booklet.manifest.title == "The booklet")
        #expect(booklet.manifest.credit?.creator == "A. Writer")
        #expect(booklet.manifest.source.mediaType == "application/pdf")
        #expect(booklet.manifest.source.info.pageCount == 3)
        #expect(
            booklet.manifest.source.info.pageSizes?.map(\.width) == [595, 400, 300])
        let pages = booklet.derivatives(.page)
        #expect(pages.map(\.description.page) == [1, 1, 2, 2, 3, 3])
        #expect(pages.map(\.description.width) == [1600, 800, 1600, 800, 1600, 800])
        #expect(
            Set(booklet.derivatives(.cover).compactMap(\.description.width))
                == [320, 640, 1280, 1920])
        #expect(booklet.derivatives(.card).count == 3)
        for page in pages where page.description.page == 2 {
            let pixels = try await Pixels(booklet.file(page.path))
            let corner = pixels.pixel(x: 5, y: 5)
            #expect(
                zip(corner, Still.upperLeft).allSatisfy { abs(Int($0) - Int($1)) <= 14 })
        }
    }

    /// The sandbox leaves the fonts that stand in, and the tables that say what characters are.
    @Test func fontsAndEncodingsThatAreNotInItAreFound() async throws {
        let booklet = try await Gallery.published("booklet.pdf")
        let page = try #require(booklet.derivatives(.page).last { $0.description.page == 1 })
        let pixels = try await Pixels(booklet.file(page.path))
        let dark = stride(from: 0, to: pixels.bytes.count, by: pixels.bands)
            .filter { pixels.bytes[$0] < 100 }.count
        #expect((500...20_000).contains(dark), "\(dark)")
        let text = try #require(booklet.derivatives(.text).first)
        let said = try String(contentsOf: booklet.file(text.path), encoding: .utf8)
        #expect(
            said.split(separator: "\u{0C}", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .newlines)
            }
                == ["Vitrine\nshows works", "", "日本"])
    }

    @Test func theHTMLShowsEveryPageAndNamesIt() async throws {
        let booklet = try await Gallery.published("booklet.pdf")
        for page in booklet.derivatives(.page) {
            #expect(booklet.manifest.html.contains(page.path), "\(page.path)")
        }
        #expect(booklet.manifest.html.contains("The booklet, page 3 of 3"))
    }
}
