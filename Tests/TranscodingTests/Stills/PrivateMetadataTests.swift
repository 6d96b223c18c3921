import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// What a camera knows of a place, a device and a person, planted wherever a format has room for it:
/// none of it is in any published file, and who made the work is in each.
@Suite struct PrivateMetadataTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Long enough that no coded pixels have them by chance.
    private static let secrets = [
        "SN-private-4711", "Spycam", "private words", "Private Owner", "52.516", "xmp.did:private",
        "makernote-private", "extended-private", "Berlin-private",
    ]
    private static let creator = "Zoë Ada"
    private static let rights = "© 2026 Zoë & Ada"

    private static let tags = [
        "-GPSLatitude=52.516", "-GPSLatitudeRef=N", "-GPSLongitude=13.377", "-GPSLongitudeRef=E",
        "-GPSAltitude=34.5", "-GPSDateStamp=2026:01:02", "-SerialNumber=SN-private-4711",
        "-LensSerialNumber=SN-private-4711", "-OwnerName=Private Owner", "-Make=Spycam",
        "-Model=Spycam 9", "-UserComment=private words", "-XMP-exif:GPSLatitude=52.516",
        "-XMP-exif:GPSLongitude=13.377", "-XMP-aux:SerialNumber=SN-private-4711",
        "-XMP-xmpMM:DocumentID=xmp.did:private", "-XMP-iptcExt:LocationCreatedCity=Berlin-private",
        "-XMP-photoshop:City=Berlin-private", "-EXIF:Artist=\(creator)",
        "-EXIF:Copyright=\(rights)", "-XMP-dc:Creator=\(creator)", "-XMP-dc:Rights=\(rights)",
    ]

    private func plant(_ file: URL, _ more: [String] = []) throws {
        try Oracle.run(
            "exiftool", ["-q", "-m", "-overwrite_original"] + Self.tags + more + [file.path])
    }

    /// Everything that was made: pictures, cards, tiles, descriptions of tiles.
    private func made() throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: run.directory.path)
            .filter { !$0.hasPrefix("in-") }
            .map { run.directory.appendingPathComponent($0) }
            .filter { !$0.hasDirectoryPath && (try? Data(contentsOf: $0)) != nil }
    }

    private func expectNothingPrivate(_ more: [Data] = []) throws {
        let files = try made()
        #expect(files.count >= run.events.artifacts.count && files.count >= 4)
        for file in files {
            let bytes = try Data(contentsOf: file)
            for secret in Self.secrets.map({ Data($0.utf8) }) + more {
                #expect(
                    bytes.range(of: secret) == nil,
                    "\(file.lastPathComponent): \(secret.count) bytes beginning \(secret.first ?? 0)"
                )
            }
        }
        // One call for all of them; unknown tags and what is embedded in others, too.
        let pictures = files.filter { !["dzi", "json"].contains($0.pathExtension) }.map(\.path)
        let tags = try Oracle.run("exiftool", ["-a", "-u", "-U", "-ee", "-G1", "-s"] + pictures)
        for line in tags.split(separator: "\n") where !line.hasPrefix("========") {
            for word in ["GPS", "Serial", "Thumbnail", "MakerNote", "Owner", "Preview", "Lens"] {
                #expect(!line.contains(word), "\(line)")
            }
        }
    }

    private func expectTheCredit() throws {
        for artifact in run.events.artifacts where artifact.description.role != .tiles {
            // Of an image service the picture in one piece says whose it is.
            let whole = artifact.companions.first { $0.path.hasSuffix("/full/max/0/default.jpg") }
            let path = artifact.description.role == .iiif ? whole?.path : artifact.file.path
            let file = run.directory.appendingPathComponent(try #require(path))
            let name = artifact.description.name
            #expect(try Oracle.exif(["-XMP-dc:Creator"], file) == Self.creator, "\(name)")
            #expect(try Oracle.exif(["-XMP-dc:Rights"], file) == Self.rights, "\(name)")
            // libvips 8.14 writes no Exif into a PNG that had none.
            guard artifact.description.mediaType != "image/png" else { continue }
            // EXIF is ASCII.
            #expect(try Oracle.exif(["-IFD0:Artist"], file) == "Zoe Ada", "\(name)")
            let copyright = try Oracle.exif(["-IFD0:Copyright"], file)
            #expect(copyright.contains("2026 Zoe & Ada"), "\(name): \(copyright)")
            guard file.pathExtension == "jpg" else { continue }
            #expect(try Oracle.exif(["-IPTC:By-line"], file) == Self.creator, "\(name)")
            #expect(try Oracle.exif(["-IPTC:CopyrightNotice"], file) == Self.rights, "\(name)")
        }
    }

    /// The thumbnail is a picture of what the photographer may have cropped away since.
    @Test func nothingOfACamerasJPEGIsLeft() throws {
        let (plain, thumbnail) = (run.fixture("plain.jpg"), run.fixture("thumbnail.jpg"))
        let text = run.fixture("text.txt")
        _ = try run.testPicture("source.png", width: 1310, height: 820)
        // A maker note as a camera's maker has it: bytes that nobody else understands.
        try run.pillow(
            """
            image = Image.open(args[0]).convert("RGB")
            exif = Image.Exif()
            exif[0x8769] = {0x927C: b"makernote-private" * 40}
            image.save(args[1], quality=92, exif=exif)
            image.resize((160, 100)).save(args[2], quality=60)
            open(args[3], "w").write("extended-private " * 5000)
            """, run.fixture("source.png").path, plain.path, thumbnail.path, text.path)
        try plant(
            plain,
            [
                "-ThumbnailImage<=\(thumbnail.path)", "-XMP-dc:Description<=\(text.path)",
                "-Comment=private words", "-IPTC:City=Berlin-private",
                "-IPTC:By-line=\(Self.creator)",
            ])
        let upload = try Data(contentsOf: plain)
        let small = try Data(contentsOf: thumbnail)
        let slice = small.dropFirst(small.count / 2).prefix(48)
        for planted in [
            slice, Data("makernote-private".utf8), Data("http://ns.adobe.com/xmp/extension/".utf8),
            Data("extended-private".utf8),
        ] { try #require(upload.range(of: planted) != nil) }
        var recipe = Recipe()
        // Its own width as well: there the upload's own pixels may be what is published.
        recipe.image.widths = [1310, 320]
        recipe.image.deepZoom.aboveMegapixels = 1
        recipe.image.deepZoom.tileSide = 510
        recipe.image.deepZoom.iiifAddress = "https://media.example.org"
        try run.run(plain, recipe: recipe)
        let roles = Set(run.events.artifacts.map(\.description.role))
        #expect(roles == [.image, .share, .card, .tiles, .iiif])
        try expectNothingPrivate([slice, Data("http://ns.adobe.com/xmp/extension/".utf8)])
        try expectTheCredit()
    }

    @Test(arguments: ["a.png", "a.webp", "a.tif", "a.avif", "a.heic"])
    func nothingOfOtherFormatsIsLeft(name: String) throws {
        let source = try run.testPicture("source.png", width: 400, height: 300)
        let file = run.fixture(name)
        let isHEIF = ["heic", "avif"].contains(file.pathExtension)
        try Oracle.run(
            isHEIF ? "heif-enc" : "convert",
            isHEIF ? [source.path, "-o", file.path] : [source.path, file.path])
        try plant(file, name == "a.png" ? ["-PNG:Comment=private words"] : [])
        let planted = try Oracle.everything(file)
        try #require(
            planted.contains("GPS") && planted.contains("SN-private-4711"), "\(planted)")
        var recipe = Recipe()
        recipe.image.widths = [400, 160]
        try run.run(file, recipe: recipe)
        try expectNothingPrivate()
        try expectTheCredit()
    }

    /// The boxes around its codestream hold Exif and XMP.
    @Test func ofJPEGXLThePrivateGoesAndTheCreditStays() throws {
        let source = try run.testPicture("source.png", width: 400, height: 300)
        let file = run.fixture("a.jxl")
        try Oracle.run("cjxl", [source.path, file.path])
        try plant(file)
        try #require(try Oracle.everything(file).contains("SN-private-4711"))
        var recipe = Recipe()
        recipe.image.widths = [400, 160]
        try run.run(file, recipe: recipe)
        try expectNothingPrivate()
        try expectTheCredit()
    }
}
