import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// Real stills, as the corpus' index expects; judged by ExifTool, and by Pillow with Little CMS.
@Suite(.serialized) struct StillCorpusTests {
    /// Names and sizes as seen.
    private static let stills: [(name: String, width: Int, height: Int)] =
        [
            ("image-heic-iphone-12MP-displayp3-gps.heic", 3024, 4032),
            ("image-jpeg-adobergb-progressive.jpg", 1900, 1263),
            ("image-jpeg-camera-11MP.jpg", 4104, 2736),
            ("image-jpeg-cmyk-adobe-noprofile.jpg", 510, 532),
            ("image-jpeg-cmyk-icc.jpg", 493, 500),
            ("image-jpeg-motionphoto-pixel.jpg", 3024, 4032),
            ("image-jpeg-phone-12MP-orient6-extendedxmp.jpg", 3024, 4032),
            ("image-jpeg-ultrahdr-gainmap-gps.jpg", 3072, 4080),
            ("image-jxl-lossy.jxl", 2048, 2560), ("image-jp2.jp2", 320, 240),
            ("image-png-16bit-grey-interlaced.png", 32, 32),
            ("image-png-16bit-hdr-icc.png", 676, 449), ("image-png-displayp3.png", 1000, 1000),
            ("image-png-grey-alpha.png", 510, 532), ("image-png-palette-trns.png", 32, 32),
            ("image-psd-layers-icc.psd", 710, 512), ("image-tiff-16bit.tiff", 317, 211),
            ("image-tiff-cmyk-icc.tif", 1000, 1000), ("image-tiff-multipage-fax.tif", 2464, 3248),
            ("image-webp-lossless-alpha.webp", 300, 300), ("image-webp-lossy.webp", 1165, 859),
            ("image-bmp-24bit.bmp", 435, 353), ("image-avif-8bit-icc-exif.avif", 403, 302),
            ("image-avif-10bit-pq-p3.avif", 1024, 428),
        ] + (2...8).map { ("image-jpeg-exif-orient\($0).jpg", 1800, 1200) }

    /// One width: what is tested here depends on no other.
    private func made(_ name: String, jpegQuality: Int? = nil) throws -> StillRun {
        let run = try StillRun()
        var recipe = Recipe.small
        recipe.image.avifEffort = 0
        if let jpegQuality { recipe.image.jpegQuality = jpegQuality }
        return try run.run(Corpus.file(name), recipe: recipe)
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing), arguments: stills)
    func realStillsAreShownInTheirShapeWithoutWhereTheyWereTaken(
        name: String, width: Int, height: Int
    ) throws {
        let run = try made(name)
        #expect(run.info?.image?.displaySize == PixelSize(width: width, height: height))
        let shown = min(320, width)
        var isFallback = false
        for artifact in run.events.artifacts {
            let file = run.directory.appendingPathComponent(artifact.file.path)
            let all = try Oracle.everything(file)
            for secret in ["GPS", "SerialNumber", "Thumbnail", "MotionPhoto", "MakerNote"] {
                #expect(!all.contains(secret), "\(artifact.description.name): \(secret)")
            }
            guard artifact.description.role == .image else { continue }
            let size = try Oracle.exif(["-ImageSize"], file)
            let exact = Double(shown) * Double(height) / Double(width)
            let words = size.split(separator: "x").compactMap { Int($0) }
            #expect(words.first == shown, "\(artifact.description.name): \(size)")
            #expect(
                abs(Double(words.last ?? 0) - exact) <= 1, "\(artifact.description.name): \(size)")
            let type = artifact.description.mediaType
            isFallback = isFallback || type == "image/jpeg" || type == "image/png"
        }
        #expect(isFallback && run.events.artifacts.contains { $0.description.name == "share" })
        #expect(run.events.placeholders.count == 1)
    }

    /// The upload in the colours of its profile, and upright; ours; both as 16 by 16 means, so that how
    /// sharply they were brought down does not count. Prints the mean difference of a channel.
    private static let colours = """
        import io
        from PIL import ImageChops, ImageCms, ImageStat
        theirs = Image.open(args[0])
        profile = theirs.info.get("icc_profile")
        theirs = ImageOps.exif_transpose(theirs)
        if profile:
            # Relative, with compensation of the black point.
            theirs = ImageCms.profileToProfile(
                theirs, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"),
                renderingIntent=1, outputMode="RGB", flags=0x2000)
        both = [one.convert("RGB").resize((16, 16), Image.Resampling.BOX)
                for one in (theirs, Image.open(args[1]))]
        print(max(ImageStat.Stat(ImageChops.difference(*both)).mean))
        """

    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            "image-jpeg-adobergb-progressive.jpg", "image-jpeg-camera-11MP.jpg",
            "image-jpeg-motionphoto-pixel.jpg", "image-jpeg-phone-12MP-orient6-extendedxmp.jpg",
            "image-jpeg-ultrahdr-gainmap-gps.jpg", "image-tiff-cmyk-icc.tif",
            "image-webp-lossy.webp", "image-bmp-24bit.bmp", "image-psd-layers-icc.psd",
        ] + (2...8).map { "image-jpeg-exif-orient\($0).jpg" })
    func realStillsHaveTheColoursThatLittleCMSSees(name: String) throws {
        // At the usual quality the coding of a strongly coloured picture alone moves such a mean by 1.6.
        let run = try made(name, jpegQuality: 95)
        let names = run.events.artifacts.map(\.description.name)
        let ours = try run.file(
            names.contains("image-320.png") ? "image-320.png" : "image-320.jpg")
        let said = try run.pillow(Self.colours, Corpus.file(name).path, ours.path)
        let difference = try #require(Double(said.trimmingCharacters(in: .whitespacesAndNewlines)))
        print("\(name): \(difference) of 255 from Little CMS")
        // What differs by one step of 255 is the same to the eye.
        #expect(difference < 1)
    }
}
