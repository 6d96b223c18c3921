package import Foundation

/// A PDF document written by hand, object by object, so that anything can be in it.
package struct PDFFile: Sendable {
    /// What a page is, and what is drawn on it.
    package struct Page: Sendable {
        /// In points.
        package var width: Double
        package var height: Double
        /// Operators of a content stream. PDF 1.7, annex A.
        package var content: String
        /// More entries of the page's dictionary.
        package var more = ""

        package init(_ width: Double, _ height: Double, _ content: String, more: String = "") {
            self.width = width
            self.height = height
            self.content = content
            self.more = more
        }

        /// Four quarters in the colours of ``Still``, clockwise from the upper left.
        package static func quarters(
            _ width: Double, _ height: Double, more: String = ""
        ) -> Page {
            let (across, down) = (width / 2, height / 2)
            func quarter(_ colour: [UInt8], _ x: Double, _ y: Double) -> String {
                colour.map { "\(Double($0) / 255)" }.joined(separator: " ")
                    + " rg \(x) \(y) \(across) \(down) re f\n"
            }
            // The origin is the lower left.
            return Page(
                width, height,
                quarter(Still.upperLeft, 0, down) + quarter(Still.upperRight, across, down)
                    + quarter(Still.lowerRight, across, 0) + quarter(Still.lowerLeft, 0, 0),
                more: more)
        }

        /// Lines of text in a font that is not in the document.
        package static func text(_ lines: [String], width: Double = 595, height: Double = 842)
            -> Page
        {
            let shown = lines.map { "(\(PDFFile.escaped($0))) Tj T*" }.joined(separator: "\n")
            return Page(width, height, "BT /F 24 Tf 28 TL 40 \(height - 60) Td\n\(shown)\nET")
        }
    }

    package var pages: [Page]
    /// More entries of the catalogue.
    package var catalogue = ""
    /// Entries of the information dictionary.
    package var information = ""
    /// More objects; the first of them has the number ``firstExtra``.
    package var extras: [String] = []
    /// Fonts of every page beside `F`, which is Helvetica.
    package var fonts = ""
    /// Entries of every page's resources beside the fonts.
    package var resources = ""
    /// Instead of the true number of pages.
    package var claimedCount: Int?

    package static let firstExtra = 5

    package init(_ pages: [Page]) { self.pages = pages }

    package var data: Data {
        // 1 catalogue, 2 pages, 3 information, 4 font, extras, then page and content in turn.
        let start = Self.firstExtra + extras.count
        let kids = pages.indices.map { "\(start + 2 * $0) 0 R" }.joined(separator: " ")
        var objects = [
            "<</Type/Catalog/Pages 2 0 R \(catalogue)>>",
            "<</Type/Pages/Kids[\(kids)]/Count \(claimedCount ?? pages.count)>>",
            "<<\(information)>>", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ]
        objects += extras
        for (index, page) in pages.enumerated() {
            objects.append(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 \(page.width) \(page.height)]"
                    + "/Contents \(start + 2 * index + 1) 0 R"
                    + "/Resources<</Font<</F 4 0 R\(fonts)>>\(resources)>>\(page.more)>>")
            objects.append(Self.stream(page.content))
        }
        var bytes = Data("%PDF-1.7\n%\u{e2}\u{e3}\n".utf8)
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(bytes.count)
            bytes.append(Data("\(index + 1) 0 obj\n\(object)\nendobj\n".utf8))
        }
        let table = bytes.count
        bytes.append(Data("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8))
        for offset in offsets {
            let digits = String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset)"
            bytes.append(Data("\(digits) 00000 n \n".utf8))
        }
        bytes.append(
            Data(
                ("trailer\n<</Size \(objects.count + 1)/Root 1 0 R/Info 3 0 R>>\n"
                    + "startxref\n\(table)\n%%EOF\n").utf8))
        return bytes
    }

    /// An object that is a stream.
    package static func stream(_ content: String, _ entries: String = "") -> String {
        "<</Length \(content.utf8.count)\(entries)>>\nstream\n\(content)\nendstream"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("(", with: "\\(").replacing(")", with: "\\)")
    }
}

extension PDFFile {
    /// A form that draws another one ten times, which draws another one ten times …: few bytes, and
    /// more work than there is time.
    package static func bomb(levels: Int) -> PDFFile {
        var file = PDFFile([Page(200, 200, "/X Do")])
        let last = firstExtra + levels - 1
        file.extras = (firstExtra...last).map { number in
            let body =
                number == last
                ? "0 0 100 100 re f 0 0 m 100 100 l S"
                : String(repeating: "/X Do\n", count: 10)
            let next = number == last ? "" : "/Resources<</XObject<</X \(number + 1) 0 R>>>>"
            return stream(body, "/Type/XObject/Subtype/Form/BBox[0 0 200 200]\(next)")
        }
        file.resources = "/XObject<</X \(firstExtra) 0 R>>"
        return file
    }

    /// A script that runs when it is opened, and a file inside.
    package static var hostile: PDFFile {
        var file = PDFFile([.text(["harmless"])])
        file.catalogue =
            "/OpenAction<</S/JavaScript/JS(app.alert\\('canary-script'\\))>>"
            + "/Names<</JavaScript<</Names[(run)<</S/JavaScript/JS(app.alert\\('canary'\\))>>]>>"
            + "/EmbeddedFiles<</Names[(a.exe) 5 0 R]>>>>"
        file.extras = [
            "<</Type/Filespec/F(a.exe)/UF(a.exe)/EF<</F 6 0 R>>>>",
            stream("canary-attachment", "/Type/EmbeddedFile"),
        ]
        return file
    }
}
