import Foundation
import Testing
import Vips

@Suite struct SaveTests {
    let scratch: Scratch

    init() throws {
        try Runtime.start()
        scratch = try Scratch()
    }

    @Test(arguments: [
        (Encoding.jpeg(quality: 80), "o.jpg", "jpegload"),
        (.webp(quality: 80), "o.webp", "webpload"),
        (.avif(quality: 60), "o.avif", "heifload"),
        (.png(), "o.png", "pngload"),
    ])
    func aThumbnailIsWrittenToADescriptor(
        encoding: Encoding, name: String, loader: String
    ) throws {
        let image = try load(try scratch.photograph("in.png"), with: .png)
            .thumbnail(width: 161, height: 121)
        let file = scratch[name]
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        try image.save(as: encoding, to: Target(descriptor: handle.fileDescriptor))
        try handle.close()
        #expect(try Oracle.size(file) == "161x121")
        #expect(try Oracle.header("vips-loader", file) == loader)
        #expect(try Oracle.run("exiftool", "-s3", "-ImageSize", file.path) == "161x121")
    }

    @Test func losslessIsLossless() throws {
        let image = try load(try scratch.photograph("in.png"), with: .png)
        let expected = try image.pixels()
        for (encoding, loader) in [
            (Encoding.png(), Loader.png), (.webp(quality: 80, lossless: true), .webp),
        ] {
            let bytes = try image.encoded(as: encoding)
            #expect(try Image.load(Source(bytes: bytes), with: loader).pixels() == expected)
        }
    }

    @Test func alphaSurvivesWhereTheFormatHasIt() throws {
        let image = try Image.packed(width: 32, height: 32, bands: 4) { span in
            for index in 0..<(32 * 32) {
                span[index * 4 + 3] = UInt8(index % 256)
            }
        }
        for (encoding, loader) in [
            (Encoding.png(), Loader.png), (.webp(quality: 80), .webp), (.avif(quality: 60), .heif),
        ] {
            let bytes = try image.encoded(as: encoding)
            #expect(try Image.load(Source(bytes: bytes), with: loader).hasAlpha, "\(encoding)")
        }
    }

    @Test func aFailingWriteIsAnError() throws {
        let image = try Image.plain(width: 500, height: 500, colour: [1, 2, 3])
        let full = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
        #expect(throws: VipsError.self) {
            try image.save(as: .png(compression: 0), to: Target(descriptor: full.fileDescriptor))
        }
    }

    @Test func aBrokenInputFailsAtTheSave() throws {
        let whole = [UInt8](try Data(contentsOf: try scratch.photograph("in.png")))
        let half = Array(whole.prefix(whole.count / 2))
        let image = try Image.load(
            Source(bytes: half), with: .png, LoadOptions(failOn: .truncated))
        let error = try #require(throws: VipsError.self) {
            try image.encoded(as: .jpeg(quality: 80))
        }
        #expect(error.operation == "jpegsave_target")
        #expect(!error.detail.isEmpty)
    }
}
