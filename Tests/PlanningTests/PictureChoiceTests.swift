import MediaModel
import Planning
import Testing

@Suite("Which pictures are published") struct PictureChoiceTests {
    /// Two widths in three formats, with bytes per pixel column as a scale for the sizes.
    private func made(
        avif: Int64, webp: Int64, jpeg: Int64, widths: [Int] = [320, 640]
    ) -> [PictureChoice.Made] {
        widths.flatMap { width in
            [(Picture.Format.avif, avif), (.webp, webp), (.jpeg, jpeg)].map { format, weight in
                PictureChoice.Made(
                    picture(format, width: width), byteCount: weight * Int64(width))
            }
        }
    }

    private func picture(_ format: Picture.Format, width: Int) -> Picture {
        let name = "image-\(width).\(format.fileExtension)"
        return Picture(
            output: PlannedOutput(role: .image, name: name, key: "k \(name)", reason: "r"),
            size: PixelSize(width: width, height: width), fit: .inside, format: format,
            quality: 80, effort: 0, lossless: false, matte: "#ffffff")
    }

    private func codes(_ entries: [LeftOut]) -> [String: LeftOut.Code] {
        Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.code) })
    }

    @Test func everyFormatEarnsItsPlace() {
        let choice = PictureChoice()
        #expect(choice.leftOut(of: made(avif: 1, webp: 2, jpeg: 3)).isEmpty)
        #expect(
            codes(choice.leftOut(of: made(avif: 2, webp: 1, jpeg: 3)))
                == ["image-320.avif": .heavier, "image-640.avif": .heavier])
        #expect(
            codes(choice.leftOut(of: made(avif: 4, webp: 4, jpeg: 3))).values.allSatisfy {
                $0 == .heavier
            })
        #expect(choice.leftOut(of: made(avif: 4, webp: 4, jpeg: 3)).count == 4)
        // AVIF is compared with what is left of the others.
        #expect(
            Set(codes(choice.leftOut(of: made(avif: 2, webp: 4, jpeg: 3))).keys)
                == ["image-320.webp", "image-640.webp"])
    }

    @Test func nothingIsLargerThanTheUpload() {
        let pictures = made(avif: 1, webp: 2, jpeg: 3)
        // 640 × 2 = 1280 bytes are more than the upload has, 640 are not.
        let left = codes(PictureChoice(sourceByteCount: 1000).leftOut(of: pictures))
        #expect(left["image-640.webp"] == .largerThanSource)
        #expect(left["image-320.webp"] == .heavier, "its set does not reach far enough")
        #expect(left["image-640.jpg"] == nil)
        #expect(left["image-640.avif"] == nil && left["image-320.avif"] == nil)
        #expect(left["image-320.jpg"] == nil)
    }

    /// Not what is light in any case: a drawing must not become small for having few bytes.
    @Test func heavyFallbacksAreNotLargerThanTheUploadEither() {
        let pictures = made(avif: 1, webp: 2, jpeg: 400, widths: [100, 150, 300, 640])
        let left = codes(PictureChoice(sourceByteCount: 50_000).leftOut(of: pictures))
        // 40,000, 60,000 and 120,000 bytes, and 256,000.
        #expect(left["image-640.jpg"] == .largerThanSource)
        #expect(left["image-300.jpg"] == .largerThanSource)
        #expect(left["image-150.jpg"] == nil && left["image-100.jpg"] == nil)
        // The narrowest stays whatever it weighs.
        let heavy = codes(
            PictureChoice(sourceByteCount: 10).leftOut(
                of: made(avif: 1, webp: 2, jpeg: 400, widths: [300, 640])))
        #expect(heavy["image-640.jpg"] == .largerThanSource && heavy["image-300.jpg"] == nil)
    }

    /// Of lossless forms the smaller picture is often the larger file.
    @Test func whatIsNarrowerAndHeavierHelpsNobody() {
        var pictures = made(avif: 1, webp: 2, jpeg: 3, widths: [160, 320, 640])
        for index in pictures.indices where pictures[index].picture.output.name == "image-640.jpg" {
            pictures[index].byteCount = 960
            pictures[index].isUpload = true
        }
        let left = codes(PictureChoice(sourceByteCount: 960).leftOut(of: pictures))
        #expect(left["image-320.jpg"] == .heavier)
        #expect(left["image-160.jpg"] == nil && left["image-640.jpg"] == nil)
    }

    @Test func somethingIsAlwaysLeftThatEverybodyCanShow() {
        let pictures = made(avif: 1, webp: 2, jpeg: 3)
        let left = codes(PictureChoice(sourceByteCount: 1).leftOut(of: pictures))
        #expect(left.count == 4 && left["image-320.jpg"] == nil && left["image-640.jpg"] == nil)
    }

    /// A format that lacks the widest picture would hide it from those who take it.
    @Test func aFormatReachesAsFarAsTheFallback() {
        var pictures = made(avif: 1, webp: 1, jpeg: 3)
        for index in pictures.indices where pictures[index].picture.output.name == "image-640.webp"
        {
            pictures[index].byteCount = 3000
        }
        let left = codes(PictureChoice(sourceByteCount: 2000).leftOut(of: pictures))
        #expect(left == ["image-640.webp": .largerThanSource, "image-320.webp": .heavier])
    }

    @Test func theReasonHasTheNumbers() throws {
        let left = PictureChoice().leftOut(of: made(avif: 2, webp: 1, jpeg: 3, widths: [100]))
        let entry = try #require(left.first)
        #expect(entry.byteCount == 200 && entry.key == "k image-100.avif")
        #expect(entry.reason == "all widths together have 200 bytes, those of another format 100")
    }

    @Test(arguments: [
        (Picture.Condition.photographic, false, false, true), (.photographic, true, true, false),
        (.graphic, false, true, true), (.graphic, true, false, false),
        (.photographicAndOpaque, false, false, true), (.photographicAndOpaque, true, false, false),
        (.photographicAndOpaque, false, true, false), (.graphicOrTransparent, false, false, false),
        (.graphicOrTransparent, true, false, true), (.graphicOrTransparent, false, true, true),
    ])
    func contentDecidesWhatIsMade(
        condition: Picture.Condition, isTransparent: Bool, isGraphic: Bool, suits: Bool
    ) {
        var picture = picture(.png, width: 10)
        picture.condition = condition
        let traits = ContentTraits(isTransparent: isTransparent, isGraphic: isGraphic)
        #expect((picture.leftOut(traits) == nil) == suits)
    }
}
