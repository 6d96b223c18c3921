import MediaModel
import Planning
import Testing

/// What is made, kept and dropped when an item is processed again.
struct RevisionTests {
    private let tools = Toolchain([
        "libvips": "8.14.1", "libavcodec": "59.37.100", "x264": "164", "webp": "7.1.5",
    ])

    private static let film = MediaInfo(
        kind: .video, format: "mov", mediaType: "video/mp4", byteCount: 1 << 20,
        durationSeconds: 60,
        video: VideoStreamInfo(
            index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
            codedSize: PixelSize(width: 1280, height: 720), frameRate: Ratio(25, 1),
            endSeconds: 60),
        audio: AudioStreamInfo(
            index: 1, codec: "aac", sampleFormat: "fltp", sampleRate: 48_000, channels: 2,
            endSeconds: 60))

    private static let photograph = MediaInfo(
        kind: .image, format: "jpeg", mediaType: "image/jpeg", byteCount: 1 << 20,
        image: ImageInfo(
            loader: "jpegload_source", codedSize: PixelSize(width: 1000, height: 800), bands: 3,
            hasAlpha: false))

    private func plan(
        _ info: MediaInfo, tools: Toolchain? = nil, sidecar: Sidecar = Sidecar(),
        _ change: (inout Recipe) -> Void = { _ in }
    ) throws -> Plan {
        var recipe = Recipe()
        change(&recipe)
        return try Planner(cores: 2, tools: tools ?? self.tools).plan(
            info, recipe: recipe, source: PlanSource(sha256: "abc", sidecar: sidecar))
    }

    /// A manifest of a plan of which everything was made but for what is left out.
    private func published(_ plan: Plan, leavingOut omitted: Set<String> = []) throws -> Manifest {
        let id = try #require(ItemID("work"))
        func derivative(_ role: Role, _ name: String, _ key: String) -> Manifest.Derivative {
            let type = role == .tracks ? PlannedPlaylist.indexMediaType : "x/y"
            return Manifest.Derivative(
                Artifact(
                    description: DerivativeDescription(
                        role: role, name: name, mediaType: type, key: key, reason: "r"),
                    file: ArtifactFile(path: name, byteCount: 10, sha256: "")))
        }
        let made = plan.outputs.filter { !omitted.contains($0.name) }.map {
            derivative($0.role, $0.name, $0.key)
        }
        let lists = plan.playlists(without: omitted).map {
            derivative($0.role, $0.name, $0.key)
        }
        let upload = Upload(
            itemID: id, fileName: "a", byteCount: 1, sha256: "abc",
            receivedAt: Timestamp(millisecondsSince1970: 0), sidecar: Sidecar())
        let info = MediaInfo(kind: plan.kind, format: "mov", mediaType: "x/y", byteCount: 1)
        return Manifest(
            item: id, generation: 1, state: .ready, kind: plan.kind, title: "a", alt: nil,
            credit: nil, owner: nil, source: Manifest.Source(upload: upload, info: info),
            derivatives: made + lists, play: nil, html: "", placeholder: nil, loudness: nil,
            warnings: [],
            provenance: Manifest.Provenance(
                vitrine: "0", ffmpeg: nil, libvips: plan.tools.versions["libvips"],
                encoders: plan.tools.versions.filter { $0.key != "libvips" },
                recipe: plan.recipe, recipeDigest: plan.recipeDigest,
                engineRevision: plan.engineRevision, sandbox: "active",
                startedAt: upload.receivedAt, finishedAt: upload.receivedAt, cpuSeconds: 1,
                attempts: 1, decisions: [],
                measured: Dictionary(
                    uniqueKeysWithValues: plan.measurements.map { ($0.kind.rawValue, $0.key) }),
                omitted: plan.outputs.filter { omitted.contains($0.name) }.map {
                    Manifest.Omission(name: $0.name, key: $0.key, reason: "r")
                }))
    }

    private func names(_ revision: Revision, _ action: Revision.Action) -> Set<String> {
        Set(revision.entries.filter { $0.action == action }.map(\.name))
    }

    private static let lists: Set<String> = ["hls", "dash", "tracks"]

    @Test func everythingIsMadeTheFirstTime() throws {
        let plan = try plan(Self.film)
        let revision = Revision(plan, published: nil)
        #expect(names(revision, .make) == Set(plan.outputs.map(\.name)).union(Self.lists))
        #expect(revision.hasWork && revision.kept.isEmpty && revision.needed.isEmpty)
        #expect(revision.work.outputs.allSatisfy { !$0.isKept })
    }

    @Test(arguments: [film, photograph])
    func nothingIsMadeWhenNothingHasChanged(info: MediaInfo) throws {
        let plan = try plan(info)
        let revision = Revision(plan, published: try published(plan))
        #expect(!revision.hasWork)
        #expect(names(revision, .make) == [] && names(revision, .drop) == [])
        #expect(revision.kept.count == plan.outputs.count + plan.playlists().count)
        #expect(revision.workload == .none)
    }

    @Test func anotherWebPQualityMakesExactlyTheWebPs() throws {
        let before = try published(try plan(Self.photograph))
        let revision = Revision(
            try plan(Self.photograph) { $0.image.webpQuality = 70 }, published: before)
        #expect(
            names(revision, .make) == ["image-320.webp", "image-640.webp", "image-1000.webp"])
        #expect(
            revision.entries.filter { $0.action == .make }.allSatisfy { entry in
                entry.reason.contains("recipe was edited")
            })
        // The film's poster, and nothing of its picture or sound.
        let film = Revision(
            try plan(Self.film) { $0.image.webpQuality = 70 },
            published: try published(try plan(Self.film)))
        #expect(names(film, .make) == ["poster-640.webp", "poster-1280.webp"])
        #expect(film.work.trackIndex == nil && !film.work.makesPlaylists)
        let needs = FrameNeeds(film.work, try #require(film.work.video))
        #expect(needs.poster && needs.rungs.isEmpty && !needs.storyboard && !needs.analysis)
    }

    /// AVIF had been heavier than WebP: a new width must not be offered in it alone.
    @Test func oneMoreWidthIsChosenTogetherWithTheOthers() throws {
        let before = try published(
            try plan(Self.photograph),
            leavingOut: ["image-320.avif", "image-640.avif", "image-1000.avif"])
        let revision = Revision(
            try plan(Self.photograph) { $0.image.widths = [320, 480, 640, 1280] },
            published: before)
        let made = names(revision, .make)
        #expect(
            made == [
                "image-320.avif", "image-480.avif", "image-640.avif", "image-1000.avif",
                "image-320.webp", "image-480.webp", "image-640.webp", "image-1000.webp",
                "image-480.jpg",
            ])
        #expect(
            revision.entries.filter { $0.name == "image-640.webp" }.map(\.reason)
                == ["chosen together with its other widths"])
    }

    @Test func oneMoreRungMakesItAndTheListsOverAll() throws {
        let before = try published(try plan(Self.film))
        let revision = Revision(
            try plan(Self.film) {
                $0.video.rungs.insert(Recipe.Rung(height: 540, maximumKilobits: 1800), at: 4)
            }, published: before)
        // What is made of the smallest rung's frames stays as it is: see `Plan.seal`.
        #expect(names(revision, .make) == Self.lists.union(["video-540p"]))
        #expect(revision.work.trackIndex == "tracks" && revision.needed.map(\.path) == ["tracks"])
        #expect(revision.work.keptTracks.contains("video-720p"))
    }

    @Test func oneRungLessIsDroppedWithoutADecode() throws {
        let before = try published(try plan(Self.film))
        let revision = Revision(
            try plan(Self.film) { $0.video.rungs.removeLast() }, published: before)
        #expect(names(revision, .drop) == ["video-360p"])
        #expect(names(revision, .make) == Self.lists)
        #expect(!FrameNeeds(revision.work, try #require(revision.work.video)).any)
    }

    @Test func anotherSoundMakesTheFileThatSharesItAndFetchesItsRung() throws {
        let before = try published(try plan(Self.film))
        let revision = Revision(
            try plan(Self.film) { $0.audio.aacKilobits = 96 }, published: before)
        #expect(names(revision, .make) == Self.lists.union(["audio-aac", "mp4"]))
        #expect(Set(revision.needed.map(\.path)) == ["tracks", "video-720p"])
    }

    @Test func whatTheUploadSaysOfItselfIsInTheKeysOfWhatCarriesIt() throws {
        let before = try published(try plan(Self.film))
        var sidecar = Sidecar()
        sidecar.credit = Credit(creator: "Anna")
        let credited = Revision(try plan(Self.film, sidecar: sidecar), published: before)
        #expect(
            names(credited, .make).isSuperset(of: ["mp4", "hover", "poster-1280.avif", "share"]))
        #expect(names(credited, .keep).isSuperset(of: ["video-720p", "audio-aac", "storyboard"]))
        sidecar.credit = nil
        sidecar.focalPoint = FocalPoint(x: 0.2, y: 0.2)
        let focused = Revision(try plan(Self.film, sidecar: sidecar), published: before)
        #expect(
            names(focused, .make) == ["share", "card-1x1", "card-4x5", "card-16x9"])
        sidecar.focalPoint = nil
        sidecar.posterTime = 12
        let timed = Revision(try plan(Self.film, sidecar: sidecar), published: before)
        #expect(names(timed, .make).isSuperset(of: ["share", "poster-640.jpg"]))
        #expect(timed.work.mustMeasure(.placeholder) && !timed.work.mustMeasure(.analysis))
    }

    @Test func anotherEncoderMakesWhatItMade() throws {
        let before = try published(try plan(Self.film))
        var newer = tools
        newer.versions["x264"] = "165"
        let revision = Revision(try plan(Self.film, tools: newer), published: before)
        let made = names(revision, .make)
        #expect(made.isSuperset(of: ["video-720p", "video-360p", "hover", "mp4"]))
        #expect(made.isDisjoint(with: ["poster-640.webp", "audio-aac", "storyboard"]))
        let reason = try #require(revision.entries.first { $0.name == "video-720p" }?.reason)
        #expect(reason.contains("x264 164 → 165"))
    }

    @Test func loudnessIsMeasuredAgainForAnotherTarget() throws {
        let before = try published(try plan(Self.film))
        let revision = Revision(
            try plan(Self.film) { $0.audio.loudnessTarget = -14 }, published: before)
        #expect(names(revision, .make) == [] && revision.hasWork)
        #expect(revision.work.mustMeasure(.loudness) && !revision.work.mustMeasure(.placeholder))
    }

    @Test func whatIsNotInStorageIsMadeAgain() throws {
        let plan = try plan(Self.film)
        let before = try published(plan)
        let lost = Revision(plan, published: before, missing: ["poster-640.avif"])
        #expect(names(lost, .make) == ["poster-640.avif", "poster-1280.avif"])
        // Without the tracks' index nothing can be listed beside a rung that is made again.
        let blind = Revision(plan, published: before, missing: ["video-480p", "tracks"])
        #expect(names(blind, .make).isSuperset(of: ["video-720p", "audio-aac", "hls", "tracks"]))
        #expect(names(blind, .keep).isSuperset(of: ["poster-640.avif", "storyboard"]))
    }

    @Test func whatWasTriedInVainIsNotTriedAgain() throws {
        let plan = try plan(Self.film)
        let before = try published(plan, leavingOut: ["poster-alternative-3", "audio-aac"])
        let revision = Revision(plan, published: before)
        #expect(!revision.hasWork && names(revision, .make) == [])
        #expect(Set(revision.omitted.map(\.name)) == ["poster-alternative-3", "audio-aac"])
    }

    @Test func estimatesAreCorrectedByPastRuns() throws {
        let revision = Revision(try plan(Self.film), published: nil)
        let guess = revision.workload
        #expect(guess.cpuSeconds > 1 && guess.byteCount > 1e6)
        var experience = Experience.none
        #expect(experience.correct(guess) == guess)
        let twice = Workload(
            cpuSeconds: guess.cpuSeconds * 2, byteCount: guess.byteCount / 4)
        for _ in 1...20 { experience.learn(expected: guess, actual: twice) }
        let corrected = experience.correct(guess)
        #expect(abs(corrected.cpuSeconds / twice.cpuSeconds - 1) < 0.001)
        #expect(abs(corrected.byteCount / twice.byteCount - 1) < 0.001)
        #expect(experience.runs == 20)
        // One picture of a film costs less than all of it.
        let one = Revision(
            try plan(Self.film) { $0.image.webpQuality = 70 },
            published: try published(try plan(Self.film)))
        #expect(one.workload.cpuSeconds < guess.cpuSeconds / 2)
    }
}
