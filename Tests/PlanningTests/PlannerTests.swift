import MediaModel
import Planning
import Testing

struct PlannerTests {
    private let planner = Planner(cores: 2)
    private let source = PlanSource(sha256: "abc", sidecar: Sidecar())

    private func film(
        _ width: Int = 1920, _ height: Int = 1080, rate: Ratio = Ratio(25, 1), seconds: Double = 60,
        rotation: Int = 0, audio: AudioStreamInfo? = nil
    ) -> MediaInfo {
        MediaInfo(
            kind: .video, format: "mov", mediaType: "video/mp4", byteCount: 1 << 20,
            durationSeconds: seconds,
            video: VideoStreamInfo(
                index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
                codedSize: PixelSize(width: width, height: height), rotation: rotation,
                frameRate: rate, endSeconds: seconds),
            audio: audio)
    }

    private func photograph(
        _ width: Int = 4000, _ height: Int = 3000, orientation: Int = 1, hasAlpha: Bool = false,
        isGraphic: Bool = false
    ) -> MediaInfo {
        MediaInfo(
            kind: .image, format: "jpeg", mediaType: "image/jpeg", byteCount: 1 << 20,
            image: ImageInfo(
                loader: "jpegload_source", codedSize: PixelSize(width: width, height: height),
                orientation: orientation, bands: 3, hasAlpha: hasAlpha, isGraphic: isGraphic))
    }

    private func plan(_ info: MediaInfo, _ recipe: Recipe = Recipe()) throws -> Plan {
        try planner.plan(info, recipe: recipe, source: source)
    }

    private func refusal(_ info: MediaInfo) -> Failure? {
        do throws(Failure) {
            _ = try planner.plan(info, recipe: Recipe(), source: source)
            return nil
        } catch {
            return error
        }
    }

    @Test func aRotatedFilmIsPlannedUpright() throws {
        let video = try #require(try plan(film(rotation: 90)).video)
        #expect(video.rungs[0].size == PixelSize(width: 1080, height: 1920))
        #expect(video.picture.rotation == 90)
    }

    @Test func aFastSourceKeepsEverySecondOrFourthFrame() throws {
        #expect(try plan(film(rate: Ratio(60, 1))).video?.frameStep == 1)
        #expect(try plan(film(rate: Ratio(120, 1))).video?.frameStep == 2)
        #expect(try plan(film(rate: Ratio(240, 1))).video?.frameStep == 4)
        #expect(try plan(film(rate: Ratio(240, 1))).video?.frameRate == Ratio(60, 1))
    }

    @Test func otherCodecsAreMadeOfTheRungsThatTheRecipeNames() throws {
        var recipe = Recipe()
        recipe.video.hevc.heights = [2160, 1080, 720]
        recipe.video.av1.heights = [360]
        let plan = try plan(film(), recipe)
        let video = try #require(plan.video)
        #expect(
            video.alternatives.map(\.rung.output.name) == [
                "video-1080p-hevc", "video-720p-hevc", "video-360p-av1",
            ])
        for alternative in video.alternatives {
            let shared = video.rungs[alternative.position]
            #expect(alternative.rung.size == shared.size)
            #expect(alternative.rung.maximumBitrate < shared.maximumBitrate)
        }
        #expect(plan.outputs.filter { $0.role == .rendition }.count == 4 + 3 + 1)
        #expect(video.progressive?.rung == "video-720p")
        // Every number that changes the bytes changes the key, and no other rung's.
        let keys = Set(video.everyRung.map(\.output.key))
        recipe.video.av1.crf = 34
        let changed = try #require(try self.plan(film(), recipe).video)
        #expect(Set(changed.everyRung.map(\.output.key)).subtracting(keys).count == 1)
        #expect(try self.plan(film()).video?.alternatives == [])
    }

    @Test func aTinyFilmStaysInOneCodec() throws {
        var recipe = Recipe()
        recipe.video.hevc.heights = [360]
        let plan = try plan(film(64, 36), recipe)
        #expect(plan.video?.alternatives == [])
        let decision = plan.decisions.first { $0.subject.hasSuffix("-hevc") }
        #expect(decision?.choice == "left out")
    }

    @Test func theProgressiveFileSharesARung() throws {
        let video = try #require(try plan(film()).video)
        #expect(video.progressive?.rung == "video-720p")
        let small = try #require(try plan(film(320, 240)).video)
        #expect(small.progressive?.rung == "video-240p")
    }

    @Test func pictureAndSoundShareOneOrigin() throws {
        var info = film()
        info.video?.startSeconds = 10.2
        info.video?.endSeconds = 20
        info.audio = AudioStreamInfo(
            index: 1, codec: "aac", sampleFormat: "fltp", sampleRate: 48_000, channels: 2,
            startSeconds: 10, endSeconds: 20)
        let plan = try plan(info)
        #expect(plan.video?.originSeconds == 10)
        #expect(plan.audio?.originSeconds == 10)
        #expect(plan.video?.durationSeconds == 10)
    }

    @Test func theSidecarsMomentBecomesThePosterWithinTheFilm() throws {
        var sidecar = Sidecar()
        for (asked, given) in [(5.0, 5.0), (-3, 0), (1e9, 60)] {
            sidecar.posterTime = asked
            let plan = try planner.plan(
                film(), recipe: Recipe(), source: PlanSource(sha256: "abc", sidecar: sidecar))
            #expect(plan.video?.poster.atSeconds == given)
        }
    }

    @Test func aStillGetsEveryWidthUpToItsOwn() throws {
        let still = try #require(try plan(photograph(1000, 800)).still)
        let avif = still.pictures.filter { $0.format == .avif }.map(\.size.width)
        #expect(avif == [1000, 640, 320])
    }

    @Test func aQuarterTurnedPhotographIsPlannedUpright() throws {
        let still = try #require(try plan(photograph(orientation: 6)).still)
        #expect(still.pictures[0].size == PixelSize(width: 3000, height: 4000))
    }

    @Test func transparencyAndGraphicsAskForPNG() throws {
        func formats(_ info: MediaInfo) throws -> Set<Picture.Format> {
            Set(try plan(info).still?.pictures.filter { $0.fit == .inside }.map(\.format) ?? [])
        }
        #expect(try formats(photograph()) == [.avif, .webp, .jpeg])
        #expect(try formats(photograph(hasAlpha: true)) == [.avif, .webp, .jpeg, .png])
        #expect(try formats(photograph(isGraphic: true)) == [.webp, .png])
    }

    @Test func whichPartOfTheUploadIsReadIsDecidedAndInEveryKey() throws {
        func plan(_ change: (inout ImageInfo) -> Void) throws -> Plan {
            var info = photograph()
            if var image = info.image {
                change(&image)
                info.image = image
            }
            return try self.plan(info)
        }
        let whole = try plan { _ in }
        let part = try plan {
            $0.window = ByteWindow(offset: 4_096, length: 1_000)
            $0.sensorSize = PixelSize(width: 6_000, height: 4_500)
        }
        let elsewhere = try plan { $0.window = ByteWindow(offset: 4_097, length: 1_000) }
        let page = try plan { $0.page = 1 }
        #expect(part.still?.window == ByteWindow(offset: 4_096, length: 1_000))
        #expect(page.still?.page == 1)
        let keys = [whole, part, elsewhere, page].map { Set($0.outputs.map(\.key)) }
        for (index, some) in keys.enumerated() {
            for other in keys[(index + 1)...] { #expect(some.isDisjoint(with: other)) }
        }
        let decision = try #require(part.decisions.first { $0.subject == "picture" })
        #expect(decision.choice.contains("4000x3000") && decision.choice.contains("6000x4500"))
        #expect(decision.reason.contains("RAW"))
        #expect(page.decisions.contains { $0.subject == "page" && $0.choice == "2" })
        #expect(!whole.decisions.contains { ["picture", "page"].contains($0.subject) })
    }

    @Test func onePixelIsEnoughForAPicture() throws {
        let still = try #require(try plan(photograph(1, 1)).still)
        #expect(still.pictures.allSatisfy { $0.size.width == 1 && $0.size.height == 1 })
    }

    @Test func theSamePlanHasTheSameKeys() throws {
        #expect(try plan(film()).outputs == plan(film()).outputs)
    }

    @Test func aKeyChangesExactlyWithWhatChangesTheBytes() throws {
        let before = Dictionary(
            uniqueKeysWithValues: try plan(film()).outputs.map { ($0.name, $0.key) })
        func changed(_ change: (inout Recipe) -> Void) throws -> Set<String> {
            var recipe = Recipe()
            change(&recipe)
            return Set(
                try plan(film(), recipe).outputs.filter { before[$0.name] != $0.key }.map(\.name))
        }
        #expect(try changed { $0.name = "other" } == [])
        #expect(try changed { $0.audio.opusKilobits = 64 } == [])
        #expect(try changed { $0.video.storyboard.quality = 50 } == ["storyboard"])
        #expect(
            try changed { $0.image.webpQuality = 70 }
                == ["poster-640.webp", "poster-1280.webp", "poster-1920.webp"])
        let crf = try changed { $0.video.crf = 20 }
        #expect(crf == ["video-1080p", "video-720p", "video-480p", "video-360p", "mp4"])
        let oneRung = try changed { $0.video.rungs[3].maximumKilobits = 3500 }
        #expect(oneRung == ["video-720p", "mp4"])
    }

    @Test func anotherSourceHasOtherKeys() throws {
        let other = try planner.plan(
            film(), recipe: Recipe(), source: PlanSource(sha256: "def", sidecar: Sidecar()))
        #expect(Set(other.outputs.map(\.key)).isDisjoint(with: try plan(film()).outputs.map(\.key)))
    }

    @Test func aRefusalNamesTheLimitItsValueAndTheFinding() throws {
        for (info, code, value, finding) in [
            (film(9000, 100), "videoSide", "8192", "9000"),
            (film(8192, 8193), "videoSide", "8192", "8193"),
            (film(seconds: 30_000), "durationSeconds", "21600", "30000"),
            (photograph(20_000, 14_000), "stillPixels", "100000000", "280000000"),
            (photograph(70_000, 10), "stillSide", "65500", "70000"),
        ] {
            let failure = try #require(refusal(info))
            #expect(failure.kind == .limitExceeded)
            #expect(failure.code == code)
            #expect(failure.operatorText.contains(value), "\(failure.operatorText)")
            #expect(failure.operatorText.contains(finding), "\(failure.operatorText)")
            #expect(failure.operatorText.contains("limits.\(code)"))
        }
    }

    @Test func aLyingHeaderWithAnAreaBeyondIntIsRefused() throws {
        let failure = try #require(refusal(photograph(.max, 2)))
        #expect(failure.code == "stillPixels")
    }

    /// What the musician wrote into the master stays in what visitors save.
    @Test func ofFilmsAndSongsTheOwnTagsAreKept() throws {
        var film = film()
        film.tags = ["artist": "Ada", "copyright": "© Ada", "comment": "first take"]
        #expect(try plan(film).credit == Credit(creator: "Ada", copyright: "© Ada"))
        var sidecar = Sidecar()
        sidecar.credit = Credit(creator: "Ada Lovelace", license: "CC-BY")
        let given = try planner.plan(
            film, recipe: Recipe(), source: PlanSource(sha256: "abc", sidecar: sidecar))
        #expect(
            given.credit
                == Credit(creator: "Ada Lovelace", copyright: "© Ada", license: "CC-BY"))
        film.tags = ["comment": "first take"]
        #expect(try plan(film).credit == nil)
    }

    @Test func aSilentFilmIsAFilmAndASongWithCoverIsASong() throws {
        #expect(try plan(film()).audio == nil)
        let song = MediaInfo(
            kind: .audio, format: "mp3", mediaType: "audio/mpeg", byteCount: 1, durationSeconds: 5,
            audio: AudioStreamInfo(
                index: 0, codec: "mp3", sampleFormat: "fltp", sampleRate: 44_100, channels: 2,
                endSeconds: 5),
            coverStreamIndex: 1)
        let plan = try plan(song)
        #expect(plan.video == nil && plan.cover != nil)
        #expect(plan.audio?.share == nil)
        #expect(
            Set(plan.audio?.renditions.map(\.output.name) ?? [])
                == ["audio-aac", "audio-m4a", "audio-opus"])
    }

    @Test func identityOfAJobChangesWithUploadRecipeAndSidecar() throws {
        func upload(_ digest: String, _ title: String?) -> Upload {
            var sidecar = Sidecar()
            sidecar.title = title
            return Upload(
                itemID: ItemID(fileName: "a.jpg", sha256: digest), fileName: "a.jpg", byteCount: 1,
                sha256: digest, receivedAt: Timestamp(millisecondsSince1970: 0), sidecar: sidecar)
        }
        let first = Fingerprint.job(upload: upload("a", nil), recipe: Recipe())
        #expect(first == Fingerprint.job(upload: upload("a", nil), recipe: Recipe()))
        #expect(first != Fingerprint.job(upload: upload("b", nil), recipe: Recipe()))
        #expect(first != Fingerprint.job(upload: upload("a", "t"), recipe: Recipe()))
        #expect(first != Fingerprint.job(upload: upload("a", nil), recipe: Recipe(name: "x")))
    }

    @Test func digestsAreSHA256OfSortedJSON() {
        // printf '["a","b"]' | sha256sum
        #expect(
            Fingerprint.digest(["a", "b"])
                == "0473ef2dc0d324ab659d3580c1134e9d812035905c4781fdd6d529b0c6860e13")
    }
}
