import Foundation
import Glibc
import Poppler
import Transcoding
import Vips

/// Pictures that need fonts, other loaders or temporary files.
enum Drawing {
    /// White letters on black.
    static func text() throws(VipsError) -> Image {
        var operation = try Operation("text")
        try operation.set("text", "Vitrine")
        try operation.set("font", "sans 40")
        try operation.run()
        return try operation.image()
    }

    /// How far a picture is from white, in its darkest channel's mean, 0…255.
    static func ink(of bytes: [UInt8], _ loader: Loader) throws(VipsError) -> Double {
        let picture = try Image.load(Source(bytes: bytes), with: loader)
        return 255 - (try picture.extractingBands(from: 0).average())
    }

    static let svg = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="300" height="60">
        <rect width="300" height="60" fill="#fff"/>
        <text x="4" y="48" font-family="sans-serif" font-weight="bold" font-size="56">VITRINE</text>
        </svg>
        """.utf8)

    /// One that holds a PNG, for which another library looks for loaders.
    static func svgWithPicture() throws(VipsError) -> [UInt8] {
        let black = try Image.plain(width: 8, height: 8, colour: [0, 0, 0])
        let data = Data(try black.encoded(as: .png())).base64EncodedString()
        return Array(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">
            <image width="80" height="80" href="data:image/png;base64,\(data)"/>
            </svg>
            """.utf8)
    }

    /// Its font is not in it, so one of the machine's stands in.
    static let pdf: [UInt8] = {
        let page = "BT /F 48 Tf 8 12 Td (VITRINE) Tj ET"
        return Array(
            """
            %PDF-1.4
            1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
            2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
            3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 240 60]/Contents 4 0 R
            /Resources<</Font<</F 5 0 R>>>>>> endobj
            4 0 obj <</Length \(page.utf8.count)>> stream
            \(page)
            endstream endobj
            5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
            trailer <</Root 1 0 R>>
            %%EOF
            """.utf8)
    }()

    /// How far the page of ``pdf`` is from white, 0…255.
    static func page(in scratch: ScratchDirectory) throws -> Double {
        try scratch.write(Data(pdf), to: "a.pdf")
        let file = try scratch.open("a.pdf")
        defer { close(file) }
        let pixels = try Document(descriptor: file).page(0).drawn(width: 240, height: 60)
        return 255 - Double(pixels.reduce(0) { $0 + Int($1) }) / Double(pixels.count)
    }

    /// Whether a picture that memory should not hold can be read in any order.
    static func readsOutOfOrder() throws(VipsError) -> Bool {
        let grey = try Image.plain(width: 512, height: 512, colour: [90, 90, 90])
        let picture = try Image.load(
            Source(bytes: try grey.encoded(as: .png())), with: .png, LoadOptions(access: .random))
        return try picture.values(x: 500, y: 500) == [90, 90, 90]
    }

    /// What libvips has vector code for, which it would compile now.
    static func shrinksAndCrops() throws(VipsError) -> Bool {
        let grey = try Image.plain(width: 512, height: 512, colour: [90, 90, 90])
        let small = try grey.scaled(toWidth: 100, height: 70)
        return try small.smartCropped(width: 40, height: 40).copiedToMemory().width == 40
    }
}
