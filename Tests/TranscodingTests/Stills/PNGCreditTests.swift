import Foundation
import MediaModel
import Planning
import Testing

/// Who made a PNG, in each of the places that a PNG has for it: all derivatives say it, by ExifTool.
@Suite struct PNGCreditTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private static let creator = "Zoë Ada"
    private static let rights = "© 2026 Zoë & Ada"

    /// - Parameter place: the chunk that is there, and alone.
    private func picture(_ place: String) throws -> URL {
        let file = try run.testPicture("a.png", width: 400, height: 300)
        let plain = run.fixture("plain.png")
        try run.pillow("Image.open(args[0]).save(args[1])", file.path, plain.path)
        switch place {
        case "eXIf", "XMP in iTXt":
            let group = place == "eXIf" ? "EXIF" : "XMP-dc"
            let name = place == "eXIf" ? "Artist" : "Creator"
            let right = place == "eXIf" ? "Copyright" : "Rights"
            try Oracle.run(
                "exiftool",
                [
                    "-q", "-overwrite_original", "-\(group):\(name)=\(Self.creator)",
                    "-\(group):\(right)=\(Self.rights)", plain.path,
                ])
        default:
            // tEXt is Latin-1, iTXt UTF-8.
            try run.pillow(
                """
                from PIL import PngImagePlugin
                chunks = PngImagePlugin.PngInfo()
                add = chunks.add_text if args[1] == "tEXt" else chunks.add_itxt
                add("Author", args[2])
                add("Copyright", args[3])
                Image.open(args[0]).save(args[0], pnginfo=chunks)
                """, plain.path, place, Self.creator, Self.rights)
        }
        return plain
    }

    @Test(arguments: [
        ("eXIf", "eXIf"), ("XMP in iTXt", "iTXt"), ("tEXt", "tEXt"), ("iTXt", "iTXt"),
    ])
    func everyDerivativeSaysWhoMadeIt(place: String, chunk: String) throws {
        let file = try picture(place)
        let bytes = try Data(contentsOf: file)
        for name in ["eXIf", "iTXt", "tEXt", "zTXt"] {
            try #require((bytes.range(of: Data(name.utf8)) != nil) == (name == chunk), "\(name)")
        }
        var recipe = Recipe()
        // Its own width as well: there the upload's own pixels may be what is published.
        recipe.image.widths = [400, 160]
        recipe.image.avifEffort = 0
        try run.run(file, recipe: recipe)
        #expect(run.info?.tags["creator"] == Self.creator)
        #expect(run.info?.tags["copyright"] == Self.rights)
        #expect(run.events.artifacts.contains { $0.description.mediaType == "image/png" })
        for artifact in run.events.artifacts {
            let made = run.directory.appendingPathComponent(artifact.file.path)
            let name = artifact.description.name
            #expect(try Oracle.exif(["-XMP-dc:Creator"], made) == Self.creator, "\(name)")
            #expect(try Oracle.exif(["-XMP-dc:Rights"], made) == Self.rights, "\(name)")
        }
    }
}
