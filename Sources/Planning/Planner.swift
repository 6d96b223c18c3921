package import MediaModel

/// Turns what was found and what is wanted into numbers and reasons.
///
/// Pure, total, deterministic: no C, no clock, no disk. Every finding leads to a plan or to a
/// `Failure` that says which limit or lack stands in the way.
package struct Planner: Sendable {
    package var limits: Limits
    /// Processor cores one worker may keep busy.
    package var cores: Int
    /// What the worker that will do the plan is made of: part of the keys.
    package var tools: Toolchain

    package init(limits: Limits = Limits(), cores: Int, tools: Toolchain = Toolchain()) {
        self.limits = limits
        self.cores = max(1, cores)
        self.tools = tools
    }

    /// - Parameter source: digest and sidecar of the upload: part of every key.
    package func plan(
        _ info: MediaInfo, recipe: Recipe, source: PlanSource
    ) throws(Failure) -> Plan {
        var draft = PlanDraft(source: source)
        draft.warnings = info.warnings
        draft.decide("kind", info.kind.rawValue, because: Self.kindReason(info))
        if let credentials = info.contentCredentials {
            draft.decide(
                "content credentials", "not carried over",
                because: "\(credentials) signs the upload's own bytes, which are kept as they are; "
                    + "it was found and not validated")
        }

        var plan = Plan(
            engineRevision: Plan.engineRevision, recipe: recipe.name,
            recipeDigest: Fingerprint.digest(recipe), kind: info.kind, format: info.format,
            budget: stillBudget([]), credit: source.sidecar.credit, decisions: [], warnings: [])
        if [.video, .audio].contains(info.kind) {
            // Other kinds' own metadata says more than these tags, and is read where it is decoded.
            plan.credit = Credit(plan.credit, completedBy: info.tags)
        }
        switch info.kind {
        case .video:
            guard let video = info.video else { throw Self.lacks("a video stream") }
            let origin = Self.origin(info)
            let end = max(video.endSeconds, info.audio?.endSeconds ?? 0)
            plan.video = try planVideo(
                video, origin: origin, end: end, recipe: recipe, draft: &draft)
            plan.captions = planCaptions(info, origin: origin, end: end, draft: &draft)
            plan.chapters = planChapters(info, origin: origin, end: end, draft: &draft)
            if let audio = info.audio {
                plan.audio = try planAudio(
                    audio, origin: origin, isFilm: true, hasCover: false, recipe: recipe,
                    draft: &draft)
                plan.otherAudio = try planOtherAudio(
                    info, origin: origin, main: plan.audio, recipe: recipe, draft: &draft)
            } else {
                draft.decide("audio", "none", because: "the film is silent")
            }
            plan.budget = transcodeBudget(info)
            // What the encoders' caps allow in that time, in every form it is written in.
            let caps = (plan.video?.everyRung ?? []).reduce(0) {
                $0 + $1.maximumBitrate.bitsPerSecond
            }
            plan.budget.outputBytes += Int64(Double(caps) / 8 * 2 * min(end - origin, 1e6))
        case .audio:
            guard let audio = info.audio else { throw Self.lacks("an audio stream") }
            plan.audio = try planAudio(
                audio, origin: audio.startSeconds, isFilm: false,
                hasCover: info.coverStreamIndex != nil, recipe: recipe, draft: &draft)
            plan.chapters = planChapters(
                info, origin: audio.startSeconds, end: audio.endSeconds, draft: &draft)
            if !info.otherAudio.isEmpty {
                draft.decide(
                    "other tracks", "none", because: "a recording is one track: the default one")
            }
            if let index = info.coverStreamIndex {
                plan.cover = planCover(stream: index, recipe: recipe, draft: &draft)
            }
            plan.budget = transcodeBudget(info)
        case .document:
            guard let document = info.document else { throw Self.lacks("a page") }
            let pages = try planDocument(document, recipe: recipe, draft: &draft)
            plan.document = pages
            plan.budget = documentBudget(pages)
        case .image where info.drawing != nil:
            guard let drawing = info.drawing else { throw Self.lacks("a drawing") }
            let drawn = try planDrawing(drawing, recipe: recipe, draft: &draft)
            plan.drawing = drawn
            plan.budget = drawingBudget(drawn)
        case .image, .animation:
            guard let image = info.image else { throw Self.lacks("a picture") }
            let still = try planStill(
                image, byteCount: info.byteCount, recipe: recipe, draft: &draft)
            plan.still = still
            plan.budget = stillBudget(still.pictures, tiles: still.tiles)
            if info.kind == .animation, let animation = image.animation {
                plan.animation = try planAnimation(
                    image, animation, info: info, recipe: recipe, draft: &draft)
                plan.budget = animationBudget(
                    image, animation, info, stills: plan.budget)
            }
        }
        plan.decisions = draft.decisions
        plan.warnings = draft.warnings
        plan.seal(tools, source: source)
        return plan
    }

    /// The earliest presented moment of the chosen streams.
    private static func origin(_ info: MediaInfo) -> Double {
        let starts = [info.video?.startSeconds, info.audio?.startSeconds].compactMap { $0 }
        return starts.min() ?? 0
    }

    private static func kindReason(_ info: MediaInfo) -> String {
        switch info.kind {
        case .video:
            "the content is \(info.format) with a moving picture (stream \(info.video?.index ?? 0))"
        case .audio:
            "the content is \(info.format) with sound and no moving picture"
        case .image: "the content is \(info.format), a still"
        case .animation: "the content is \(info.format) that moves"
        case .document: "the content is \(info.format), a document"
        }
    }

    private static func lacks(_ what: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "noContent",
            operatorText:
                "the probe found no \(what.dropFirst(2)) although the content is of a kind "
                + "that has \(what).",
            uploaderText: "This file holds nothing that can be shown or played.")
    }

    /// For the pictures that are encoded; large AVIF at high effort is what takes time.
    func stillBudget(_ pictures: [Picture], tiles: [TilesPlan] = []) -> WorkBudget {
        // Another decode, encoding four thirds of it, and reading that back: ten times what it took.
        let cut = tiles.reduce(0) { $0 + $1.size.area }
        let cutting = Double(cut) / 1_000_000 * 3
        let work = pictures.reduce(cutting) { $0 + $1.encodingSeconds }
        // 60 s of processor time, five times what 24 megapixels take, twice, for a loaded machine; then what
        // the encoders take. The deadline leaves room for both.
        let seconds = 120 + Int(min(work, 86_400))
        // Tiles are written twice: into an archive, and out of it.
        let pixels = pictures.reduce(cut * 2) { $0 + $1.size.area }
        return WorkBudget(
            deadlineSeconds: 180 + seconds, stallSeconds: max(limits.stallSeconds, seconds),
            cpuSeconds: seconds, addressSpaceBytes: limits.stillAddressSpace,
            // No encoder makes more of a pixel than four bytes and a little.
            outputBytes: max(1 << 30, Int64(pixels) * 5), cores: cores)
    }

    func transcodeBudget(_ info: MediaInfo) -> WorkBudget {
        // Never the reason why healthy slow work ends: the stall detector watches progress. The
        // deadline only bounds work that pretends to progress: one megapixel of source per core
        // second is a tenth of what the slowest decoder (JPEG 2000) does here.
        let seconds = info.durationSeconds ?? 0
        let rate = info.video?.frameRate?.value ?? 0
        let pixels = Double(info.video?.codedSize.area ?? 0) * max(1, seconds * rate)
        let deadline = 600 + seconds + pixels / 1_000_000
        let bounded = Int(min(deadline, 7 * 86_400))
        return WorkBudget(
            deadlineSeconds: bounded, stallSeconds: limits.stallSeconds,
            cpuSeconds: bounded * cores,
            addressSpaceBytes: limits.transcodeAddressSpace,
            // Four times the source and 256 MiB are more than any ladder makes; a tiny but long source still makes
            // whole rungs, so the caps of all rungs over the duration count too.
            outputBytes: 4 * info.byteCount + (256 << 20) + Int64(seconds * 6_000_000),
            cores: cores)
    }
}

/// The parts of an upload that planning needs.
package struct PlanSource: Codable, Hashable, Sendable {
    package var sha256: String
    package var sidecar: Sidecar
    /// The directory of what is published of it, below the storage's; ends with a slash.
    package var place: String

    package init(sha256: String, sidecar: Sidecar, place: String = "") {
        self.sha256 = sha256
        self.sidecar = sidecar
        self.place = place
    }
}

/// What grows while a plan is made.
struct PlanDraft {
    let source: PlanSource
    var decisions: [Decision] = []
    var warnings: [MediaWarning] = []

    init(source: PlanSource) { self.source = source }

    mutating func decide(_ subject: String, _ choice: String, because reason: String) {
        decisions.append(Decision(subject, choice, because: reason))
    }

    func output(
        _ role: Role, _ name: String, _ reason: String, parameters: [String]
    ) -> PlannedOutput {
        PlannedOutput(
            role: role, name: name,
            key: Fingerprint.key(source: source.sha256, [role.rawValue, name] + parameters),
            reason: reason)
    }
}

extension Picture {
    /// Processor time that encoding may well take, in seconds: generous, for limits only.
    fileprivate var encodingSeconds: Double {
        let megapixels = Double(size.area) / 1_000_000
        return switch format {
        // Every step of effort takes up to twice as long as the one before.
        case .avif: megapixels * Double(2 << min(max(effort, 0), 9))
        case .webp: megapixels * (lossless ? 10 : 2)
        case .png: megapixels * 2
        case .jpeg: megapixels * 0.5
        }
    }
}
