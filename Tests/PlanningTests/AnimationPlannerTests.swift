import MediaModel
import Planning
import Testing

/// What is decided for an animated picture.
struct AnimationPlannerTests {
    private func info(
        _ size: PixelSize = PixelSize(width: 480, height: 270), frames: Int = 20,
        isFlat: Bool = false, hasAlpha: Bool = false, shortestDelay: Int = 40, plays: Int = 0,
        poster: Int = 0, format: String = "gif"
    ) -> MediaInfo {
        MediaInfo(
            kind: .animation, format: format, mediaType: "image/\(format)", byteCount: 100_000,
            durationSeconds: 1,
            image: ImageInfo(
                loader: "gifload_source", codedSize: size, bands: hasAlpha ? 4 : 3,
                hasAlpha: hasAlpha, pageCount: frames, isAnimated: true, isGraphic: true,
                animation: AnimationInfo(
                    frameCount: frames, plays: plays, shortestDelay: shortestDelay,
                    posterFrame: poster, isFlat: isFlat)))
    }

    private func plan(
        _ info: MediaInfo, _ recipe: Recipe = Recipe(), limits: Limits = Limits()
    ) throws -> Plan {
        try Planner(limits: limits, cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
    }

    @Test func anAnimationHasAFilmAWebPAndItsPostersStills() throws {
        let plan = try plan(info(poster: 3))
        let animation = try #require(plan.animation)
        #expect(animation.outputs.map(\.name) == ["animation.mp4", "animation.webp"])
        #expect(animation.outputs.allSatisfy { $0.role == .animation })
        #expect(plan.still?.pictures.isEmpty == false)
        #expect(animation.posterFrame == 3)
        #expect(!plan.warnings.contains { $0.code == "firstPageOnly" })
        #expect(plan.decisions.contains { $0.subject == "poster" && $0.choice == "frame 3" })
        // Another poster is another picture under another key.
        let other = try self.plan(info(poster: 4))
        #expect(other.still?.pictures[0].output.key != plan.still?.pictures[0].output.key)
    }

    @Test(arguments: [
        ("gif", AnimationPlan.Reader.roll(loader: "gifload_source")), ("apng", .png),
        ("avif", .track(demuxer: "mov")),
    ])
    func theFormatDecidesTheReader(format: String, reader: AnimationPlan.Reader) throws {
        #expect(try plan(info(format: format)).animation?.reader == reader)
    }

    @Test func theFilmIsEvenAndNothingIsUpscaled() throws {
        let odd = try #require(try plan(info(PixelSize(width: 101, height: 51))).animation)
        #expect(odd.size == PixelSize(width: 101, height: 51))
        #expect(odd.video.size == PixelSize(width: 102, height: 52))
        let large = try #require(try plan(info(PixelSize(width: 3000, height: 1501))).animation)
        #expect(large.size == PixelSize(width: 1920, height: 961))
        #expect(large.video.size == PixelSize(width: 1920, height: 962))
        let line = try #require(try plan(info(PixelSize(width: 1, height: 5000))).animation)
        #expect(line.size == PixelSize(width: 1, height: 1920))
    }

    @Test func flatGraphicsAreLosslessAndPreferred() throws {
        let flat = try #require(try plan(info(isFlat: true)).animation)
        #expect(flat.webp?.lossless == true && flat.choice.prefersWebP)
        let film = try #require(try plan(info(isFlat: false)).animation)
        #expect(film.webp?.lossless == false && !film.choice.prefersWebP)
    }

    @Test func aLongOpaqueFilmIsNotTriedAsWebP() throws {
        let size = PixelSize(width: 1280, height: 720)
        #expect(try plan(info(size, frames: 2000)).animation?.webp == nil)
        #expect(try plan(info(size, frames: 2000, hasAlpha: true)).animation?.webp != nil)
        #expect(try plan(info(size, frames: 2000, isFlat: true)).animation?.webp != nil)
    }

    @Test func quickFramesAreShownAsBrowsersDo() throws {
        let quick = try plan(info(shortestDelay: 10))
        #expect(quick.animation?.shortestDelay == 11 && quick.animation?.replacementDelay == 100)
        #expect(quick.decisions.contains { $0.subject == "delays" })
        #expect(try !plan(info(shortestDelay: 20)).decisions.contains { $0.subject == "delays" })
    }

    @Test func tooManyFramesAreRefusedWithTheFinding() throws {
        var limits = Limits()
        limits.animationFrames = 19
        let failure = try #require(throws: Failure.self) { try plan(info(), limits: limits) }
        #expect(failure.kind == .limitExceeded && failure.code == "animationFrames")
        #expect(failure.operatorText.contains("20") && failure.operatorText.contains("19"))
    }

    @Test func everyParameterOfTheBytesIsInTheKey() throws {
        let base = try #require(try plan(info(plays: 2)).animation)
        var recipe = Recipe()
        recipe.animation.crf = 30
        #expect(
            try plan(info(plays: 2), recipe).animation?.video.output.key != base.video.output.key)
        recipe = Recipe()
        recipe.image.matte = "#000000"
        #expect(
            try plan(info(plays: 2), recipe).animation?.video.output.key != base.video.output.key)
        #expect(
            try plan(info(plays: 2), recipe).animation?.webp?.output.key == base.webp?.output.key)
        recipe = Recipe()
        recipe.animation.webpQuality = 60
        #expect(
            try plan(info(plays: 2), recipe).animation?.webp?.output.key != base.webp?.output.key)
        #expect(try plan(info(plays: 3)).animation?.webp?.output.key != base.webp?.output.key)
    }

    // Bytes of the upload, the MP4, the WebP; transparent, flat; what is published.
    @Test(arguments: [
        (1000, 300, 500, false, false, true, false), (1000, 500, 300, false, false, false, true),
        (1000, 300, 500, true, false, true, true), (1000, 500, 300, true, false, false, true),
        // Flat: lossless is worth more than bytes, up to the upload's own.
        (1000, 300, 500, false, true, true, true), (1000, 500, 300, false, true, false, true),
        (400, 300, 500, false, true, true, false), (400, 300, 500, true, true, true, true),
    ])
    func theSmallestWinsUnlessTheWebPIsNeeded(
        source: Int64, video: Int64, webp: Int64, isTransparent: Bool, isFlat: Bool,
        keepsVideo: Bool, keepsWebP: Bool
    ) {
        let choice = AnimationChoice(sourceByteCount: source, prefersWebP: isFlat)
        let published = choice.published(
            videoBytes: video, webpBytes: webp, isTransparent: isTransparent)
        #expect(published == AnimationChoice.Published(video: keepsVideo, webp: keepsWebP))
    }

    @Test func withoutAWebPTheFilmIsPublishedWhateverItWeighs() {
        let choice = AnimationChoice(sourceByteCount: 1, prefersWebP: false)
        #expect(
            choice.published(videoBytes: 9, webpBytes: nil, isTransparent: false)
                == AnimationChoice.Published(video: true, webp: false))
    }
}
