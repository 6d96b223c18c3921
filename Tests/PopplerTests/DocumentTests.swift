import Foundation
import Poppler
import TestSupport
import Testing

/// The wrapper against documents that are known byte for byte.
@Suite struct DocumentTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("poppler") }

    private func open(_ data: Data) throws -> Document {
        let file = try directory.write(data, to: "a.pdf")
        let handle = try FileHandle(forReadingFrom: file)
        let document = try Document(descriptor: handle.fileDescriptor)
        // The document has a descriptor of its own.
        try handle.close()
        return document
    }

    private func pixel(_ pixels: [UInt8], _ x: Int, _ y: Int, width: Int) -> [UInt8] {
        Array(pixels[(y * width + x) * 3..<(y * width + x) * 3 + 3])
    }

    @Test func pagesHaveTheirNumberSizeAndText() throws {
        var file = PDFFile([.text(["Hello", "there"]), .quarters(300, 200)])
        file.information = "/Title(A title)/Author(An author)"
        let document = try open(file.data)
        #expect(document.pageCount == 2)
        #expect(document.title == "A title" && document.author == "An author")
        #expect(document.metadata == nil)
        #expect(!document.hasScripts && !document.hasAttachments && document.allowsCopying)
        let sizes = try [document.page(0).size, document.page(1).size]
        #expect(sizes.map(\.width) == [595, 300] && sizes.map(\.height) == [842, 200])
        #expect(try document.page(0).text == "Hello\nthere")
        #expect(try document.page(1).text == "")
    }

    @Test func aPageIsDrawnInItsColoursPixelByPixel() throws {
        let document = try open(PDFFile([.quarters(40, 20)]).data)
        let pixels = try document.page(0).drawn(width: 8, height: 4)
        #expect(pixels.count == 8 * 4 * 3)
        for y in 0..<4 {
            for x in 0..<8 {
                let expected =
                    switch (x < 4, y < 2) {
                    case (true, true): Still.upperLeft
                    case (false, true): Still.upperRight
                    case (false, false): Still.lowerRight
                    case (true, false): Still.lowerLeft
                    }
                #expect(pixel(pixels, x, y, width: 8) == expected, "\(x), \(y)")
            }
        }
    }

    @Test func aTurnedPageIsUpright() throws {
        let document = try open(PDFFile([.quarters(40, 20, more: "/Rotate 90")]).data)
        let size = try document.page(0).size
        #expect(size.width == 20 && size.height == 40)
        let pixels = try document.page(0).drawn(width: 4, height: 8)
        // A quarter clockwise: what was lower left is upper left.
        #expect(pixel(pixels, 0, 0, width: 4) == Still.lowerLeft)
        #expect(pixel(pixels, 3, 0, width: 4) == Still.upperLeft)
        #expect(pixel(pixels, 3, 7, width: 4) == Still.upperRight)
    }

    @Test func nothingIsDrawnIsWhiteAndLettersAreGrey() throws {
        let document = try open(PDFFile([.text(["Vitrine"])]).data)
        let pixels = try document.page(0).drawn(width: 595, height: 842)
        #expect(pixel(pixels, 590, 840, width: 595) == [255, 255, 255])
        var ink = 0
        for index in stride(from: 0, to: pixels.count, by: 3) {
            let (red, green, blue) = (pixels[index], pixels[index + 1], pixels[index + 2])
            #expect(red == green && green == blue)
            if red < 128 { ink += 1 }
        }
        // Seven letters of 24 points, of the font that stands in.
        #expect((300...1500).contains(ink), "\(ink)")
    }

    @Test func scriptsAndAttachmentsAreSeen() throws {
        let document = try open(PDFFile.hostile.data)
        #expect(document.hasScripts && document.hasAttachments)
    }

    @Test func whatIsNoDocumentIsDamaged() throws {
        for data in [Data("%PDF-1.7\n".utf8), Data(), Data("%PDF-1.7\n1 0 obj <<".utf8)] {
            let error = try #require(throws: PopplerError.self) { try open(data) }
            #expect(error.kind == .damaged, "\(error)")
        }
    }

    @Test func aLockedDocumentSaysSo() async throws {
        let plain = try directory.write(PDFFile([.quarters(40, 20)]).data, to: "plain.pdf")
        let locked = directory.file("locked.pdf")
        try await Program("qpdf").run(
            ["--encrypt", "secret", "owner", "256", "--", plain.path, locked.path])
        let error = try #require(throws: PopplerError.self) {
            try open(Data(contentsOf: locked))
        }
        #expect(error.kind == .encrypted)
    }

    @Test func pagesThatAreNotThereAreRefused() throws {
        let document = try open(PDFFile([.quarters(40, 20)]).data)
        for index in [-1, 1, Int.max] {
            let error = try #require(throws: PopplerError.self) { _ = try document.page(index) }
            #expect(error.kind == .noPage)
        }
    }

    @Test func complaintsAreKeptForWhoeverAsks() throws {
        _ = try open(PDFFile([.quarters(40, 20)]).data)
        _ = Complaints.take()
        let document = try open(
            PDFFile([PDFFile.Page(40, 20, "(no operand) Tj BT /Q 1 Tf ET")]).data)
        _ = try document.page(0).drawn(width: 4, height: 2)
        #expect(!Complaints.take().isEmpty)
        #expect(Complaints.take().isEmpty)
    }
}
