import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

/// Pages as `pdftoppm` draws them: its renderer (Splash) is another one than ours (cairo).
///
/// It draws at 800 pixels, whatever the width of ours: what it draws at 400 has its thin strokes made a
/// pixel wide, which is lettering of twice the weight.
@Suite struct DocumentPixelTests {
    let run: DocumentRun

    init() throws { run = try DocumentRun() }

    /// Both brought down to an eighth of ours, where how edges are smoothed no longer counts: the mean
    /// difference, that of `pdftoppm`'s page from white paper, and the largest.
    private static let compare = """
        import sys
        from PIL import Image, ImageChops, ImageStat
        ours, theirs = (Image.open(name).convert("RGB") for name in sys.argv[1:3])
        ratio = [their / our for their, our in zip(theirs.size, ours.size)]
        assert max(ratio) - min(ratio) < 0.01, (ours.size, theirs.size)
        size = (max(1, ours.width // 8), max(1, ours.height // 8))
        ours, theirs = (one.resize(size, Image.Resampling.BOX) for one in (ours, theirs))
        white = Image.new("RGB", size, "white")
        off = ImageChops.difference(ours, theirs)
        print(sum(ImageStat.Stat(off).mean) / 3,
              sum(ImageStat.Stat(ImageChops.difference(theirs, white)).mean) / 3,
              max(high for _, high in off.getextrema()))
        """

    private static let drawnWidth = 800

    private func differences(
        _ artifact: String, page: Int, of source: URL, isTurned: Bool = false
    ) throws -> (mean: Double, ink: Double, worst: Double) {
        let found = try run.artifact(artifact)
        let (width, height) = (
            try #require(found.description.width), try #require(found.description.height)
        )
        var sides = [Self.drawnWidth, height * Self.drawnWidth / width]
        // It wants the size of the page before it is turned.
        if isTurned { sides.reverse() }
        let drawn = run.directory.file("drawn-\(page)")
        try Oracle.run(
            "pdftoppm",
            [
                "-cropbox", "-png", "-singlefile", "-f", "\(page)", "-l", "\(page)",
                "-scale-to-x", "\(sides[0])", "-scale-to-y", "\(sides[1])", source.path,
                drawn.path,
            ])
        let said = try Oracle.run(
            "/usr/bin/python3",
            ["-c", Self.compare, try run.file(artifact).path, drawn.path + ".png"]
        ).split(separator: " ").compactMap { Double($0) }
        try #require(said.count == 3)
        return (said[0], said[1], said[2])
    }

    private static var recipe: Recipe {
        var recipe = DocumentRun.recipe
        recipe.document.coverWidths = [800]
        recipe.document.pageWidths = [400, 800]
        recipe.document.maximumPages = 4
        return recipe
    }

    /// Embedded fonts, figures and pictures of real documents.
    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: ["pdf-14pages-figures.pdf", "pdf-10pages-cc0.pdf"])
    func realPagesLookAsAnotherRendererDrawsThem(name: String) throws {
        let source = Corpus.file(name)
        try run.run(source, recipe: Self.recipe)
        for (artifact, page) in [
            ("cover-800.jpg", 1), ("page-1-800.webp", 1), ("page-1-400.webp", 1),
            ("page-4-800.webp", 4), ("page-4-400.webp", 4),
        ] {
            let found = try differences(artifact, page: page, of: source)
            print("\(name) \(artifact): \(found)")
            #expect(found.mean < max(1, found.ink / 4), "\(artifact): \(found)")
        }
    }

    /// Rotation, a box that is cut out, transparency, CMYK in fills and pictures, a font that is not there.
    private static var pages: [PDFFile.Page] {
        let cmyk = [
            "FF000000", "00FF0000", "0000FF00", "000000FF", "80804000", "20406010",
        ].joined()
        return [
            .quarters(400, 300, more: "/Rotate 90"),
            .quarters(400, 300, more: "/Rotate 270/CropBox[50 60 390 280]"),
            .init(
                400, 300,
                "1 0 0 rg 20 20 220 200 re f /Half gs 0 0 1 rg 120 80 240 200 re f "
                    + "/Multiply gs 0 1 0 rg 60 120 200 60 re f"),
            .init(
                400, 300,
                "0.1 0.8 0.6 0.05 k 10 10 180 280 re f q 180 0 0 180 210 60 cm BI /W 3 /H 2 /CS "
                    + "/CMYK /BPC 8 /F /AHx ID \(cmyk)> EI Q"),
            .text(["A font that is nowhere", "in this document"], width: 400, height: 300),
        ]
    }

    @Test func everyKindOfPageLooksAsAnotherRendererDrawsIt() throws {
        var file = PDFFile(Self.pages)
        file.resources = "/ExtGState<</Half<</ca 0.5>>/Multiply<</ca 1/BM/Multiply>>>>"
        let source = try run.fixture(file)
        var recipe = Self.recipe
        recipe.document.maximumPages = Self.pages.count
        try run.run(source, recipe: recipe)
        for page in 1...Self.pages.count {
            for width in [400, 800] {
                let found = try differences(
                    "page-\(page)-\(width).webp", page: page, of: source,
                    isTurned: Self.pages[page - 1].more.contains("/Rotate"))
                print("page \(page) at \(width): \(found)")
                #expect(found.ink > 2, "nothing is drawn: \(found)")
                #expect(found.mean < max(1, found.ink / 40), "page \(page) at \(width): \(found)")
                // Of 8 by 8 pixels: a picture in other colours is off by more than a hundred.
                #expect(found.worst < 64, "page \(page) at \(width): \(found)")
            }
        }
    }
}
