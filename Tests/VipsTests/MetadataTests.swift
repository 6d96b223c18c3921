import Foundation
import Testing
import Vips

@Suite struct MetadataTests {
    let scratch: Scratch

    init() throws {
        try Runtime.start()
        scratch = try Scratch()
    }

    @Test func editingChangesTheCopyAndNotTheOriginal() throws {
        let original = try Image.plain(width: 2, height: 2, colour: [1, 2, 3])
            .editingMetadata { $0.set("note", "first") }
        let edited = try original.editingMetadata { editor in
            editor.set("note", "second")
            editor.set("number", 7)
            editor.set(Field.xmp, [1, 2, 3])
        }
        #expect(original.string("note") == "first")
        #expect(!original.has("number"))
        #expect(edited.string("note") == "second")
        #expect(edited.int("number") == 7)
        #expect(edited.blob(Field.xmp) == [1, 2, 3])
        #expect(edited.fields.contains("number"))
        let removed = try edited.editingMetadata { $0.removeAll { $0 == "note" } }
        #expect(!removed.has("note"))
        #expect(edited.has("note"))
    }

    @Test func aFieldOfAnotherTypeIsNotThere() throws {
        let image = try Image.plain(width: 2, height: 2, colour: [1])
            .editingMetadata { $0.set("number", 7) }
        #expect(image.string("number") == nil)
        #expect(image.blob("number") == nil)
        #expect(image.int("nothing") == nil)
    }

    @Test func removedFieldsDoNotReachTheFile() throws {
        let tagged = try scratch.photograph("tagged.jpg")
        try Oracle.run(
            "exiftool", "-q", "-overwrite_original", "-GPSLatitude=52.5", "-GPSLatitudeRef=N",
            "-Copyright=© Ada", "-SerialNumber=12345", tagged.path)
        let image = try load(tagged, with: .jpeg)
        #expect(image.fields.contains { $0.hasPrefix("exif-ifd3-GPS") })
        let clean = try image.editingMetadata { editor in
            editor.removeAll { $0.hasPrefix("exif-") || $0 == Field.xmp || $0 == Field.iptc }
            editor.set("exif-ifd0-Copyright", "© Ada")
        }
        let file = try scratch.write(clean.encoded(as: .jpeg(quality: 80)), "clean.jpg")
        let report = try Oracle.run("exiftool", "-G1", "-a", file.path)
        // EXIF text is ASCII: libvips writes the nearest letters.
        #expect(report.contains("(C) Ada"))
        #expect(!report.contains("GPS"))
        #expect(!report.contains("12345"))
    }
}
