import MediaModel
import Planning
import WorkerProtocol

/// Puts a manifest together from values; reads nothing.
struct ManifestComposer: Sendable {
    /// Vitrine's own version.
    let version: String

    func compose(
        upload: Upload, examination found: Examination, result: WorkResult, readiness: Readiness,
        generation: Int, startedAt: Timestamp, finishedAt: Timestamp, usage: WorkUsage,
        attempts: Int, stages: [Stage]
    ) -> Manifest {
        let (info, plan, revision) = (found.info, found.plan, found.revision)
        let made = result.artifacts.map { Manifest.Derivative($0, generation: generation) }
        let derivatives = Self.ordered(revision.kept + made, plan)
        let sidecar = upload.sidecar
        let title = sidecar.title ?? info.tags["title"] ?? Self.title(of: upload.fileName)
        let play = play(info.kind, derivatives, plan.captions)
        var encoders = readiness.versions
        let ffmpeg = encoders.removeValue(forKey: "ffmpeg")
        let libvips = encoders.removeValue(forKey: "libvips")
        func known<Value>(_ kind: Measurement.Kind, _ value: Value?) -> Value? {
            plan.mustMeasure(kind) ? nil : value
        }
        return Manifest(
            item: upload.itemID, generation: generation, state: .ready, kind: info.kind,
            title: title, alt: sidecar.alt, credit: Credit(sidecar.credit, completedBy: info.tags),
            owner: sidecar.owner,
            source: Manifest.Source(upload: upload, info: info), derivatives: derivatives,
            play: play,
            html: HTMLSnippet.html(
                kind: info.kind, title: title, alt: sidecar.alt, derivatives: derivatives,
                play: play, plays: info.image?.animation?.plays ?? 0,
                pageCount: info.document?.pageCount ?? 1),
            placeholder: result.placeholder ?? known(.placeholder, found.published?.placeholder),
            loudness: result.loudness ?? known(.loudness, found.published?.loudness),
            analysis: result.analysis ?? known(.analysis, found.published?.analysis),
            warnings: Self.warnings(found, result),
            provenance: Manifest.Provenance(
                vitrine: version, ffmpeg: ffmpeg, libvips: libvips, encoders: encoders,
                recipe: plan.recipe, recipeDigest: plan.recipeDigest,
                engineRevision: plan.engineRevision, sandbox: readiness.sandbox,
                sandboxMissing: readiness.sandboxMissing?.keys.sorted(),
                startedAt: startedAt, finishedAt: finishedAt, cpuSeconds: usage.cpuSeconds,
                attempts: attempts, decisions: plan.decisions,
                measured: Dictionary(
                    uniqueKeysWithValues: plan.measurements.map { ($0.kind.rawValue, $0.key) }),
                omitted: revision.omitted + Self.omissions(plan, result), stages: stages,
                settings: Self.settings(made, found), noticed: Self.noticed(found, result)))
    }

    /// One per code: probe and execution may word the same finding differently. Those of parts that
    /// are kept stay true, so what was said when they were made is said again.
    private static func warnings(_ found: Examination, _ result: WorkResult) -> [MediaWarning] {
        var seen: Set<String> = []
        let made = result.warnings.sorted { ($0.code, $0.message) < ($1.code, $1.message) }
        var before = found.revision.kept.isEmpty ? [] : found.published?.warnings ?? []
        // What the probe or the planner said then, they say now if it is still true.
        if let noticed = found.published?.provenance.noticed {
            before.removeAll { !noticed.contains($0.code) }
        }
        before.removeAll { isAbout($0.code, madeBy: found.plan, found.revision.work) }
        return (found.plan.warnings + made + before).filter { seen.insert($0.code).inserted }
    }

    /// Whether a warning is about something that was tried once more: then only what was said now counts.
    private static func isAbout(_ code: String, madeBy plan: Plan, _ work: Plan) -> Bool {
        let roles: [String: Set<Role>] = [
            "audioFailed": [.audio], "hoverLeftOut": [.hover], "emptySubtitles": [.captions],
            "textCut": [.text], "noText": [.text],
        ]
        guard let about = roles[code] else { return false }
        return work.outputs.contains { about.contains($0.role) && !$0.isKept }
            || !plan.outputs.contains { about.contains($0.role) }
    }

    /// Codes of what came up while something was made, of parts that are kept included.
    private static func noticed(_ found: Examination, _ result: WorkResult) -> [String] {
        let planned = Set(found.plan.warnings.map(\.code))
        return warnings(found, result).map(\.code).filter { !planned.contains($0) }
    }

    /// Of what was made now, and of what was made before and is kept.
    private static func settings(
        _ made: [Manifest.Derivative], _ found: Examination
    ) -> [String: String] {
        let now = found.plan.settings
        var all: [String: String] = [:]
        for derivative in found.revision.kept {
            let name = derivative.description.name
            all[name] = found.published?.provenance.settings[name]
        }
        for derivative in made {
            all[derivative.description.name] = now[derivative.description.name]
        }
        return all
    }

    /// What was planned and not kept, and yet did not come: the check has allowed it.
    private static func omissions(_ plan: Plan, _ result: WorkResult) -> [Manifest.Omission] {
        let made = Set(result.artifacts.map(\.description.name))
        let said = Dictionary(
            result.leftOut.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
        return plan.outputs.filter { !$0.isKept && !made.contains($0.name) }.map { output in
            let usual =
                switch output.role {
                case .candidate: "the film has no other moment"
                case .animation: "the other form is the better one"
                case .cover, .share: "the cover has fewer pixels, or cannot be used"
                case .hover: "nothing of the excerpts can be shown, or they are too heavy"
                case .captions: "the subtitles hold nothing"
                default: "the sound cannot be decoded"
                }
            return Manifest.Omission(
                name: output.name, key: output.key, reason: said[output.name] ?? usual)
        }
    }

    /// The plan's order, then what no plan names: a worker's threads finish in any order, and the
    /// same upload shall give the same manifest.
    private static func ordered(
        _ derivatives: [Manifest.Derivative], _ plan: Plan
    ) -> [Manifest.Derivative] {
        var places: [String: Int] = [:]
        for (place, output) in plan.outputs.enumerated() { places[output.name] = place }
        func place(_ derivative: Manifest.Derivative) -> (Int, String) {
            (places[derivative.description.name] ?? .max, derivative.description.name)
        }
        return derivatives.sorted { place($0) < place($1) }
    }

    private func play(
        _ kind: MediaKind, _ derivatives: [Manifest.Derivative], _ captions: [CaptionPlan]
    ) -> Manifest.Play? {
        guard kind == .video || kind == .audio || kind == .animation else { return nil }
        func path(_ role: Role, where fits: (Manifest.Derivative) -> Bool) -> String? {
            derivatives.first { $0.description.role == role && fits($0) }?.path
        }
        var play = Manifest.Play()
        play.hls = path(.playlist) { $0.description.mediaType == "application/vnd.apple.mpegurl" }
        play.dash = path(.playlist) { $0.description.mediaType == "application/dash+xml" }
        play.mp4 = path(.rendition) { $0.description.mediaType == "video/mp4" && $0.files.isEmpty }
        if kind == .animation {
            play.mp4 = path(.animation) { $0.description.mediaType == "video/mp4" }
            play.webp = path(.animation) { $0.description.mediaType == "image/webp" }
        }
        play.audio = path(.audio) { $0.description.mediaType == "audio/mp4" && $0.files.isEmpty }
        // A poster attribute takes one picture: JPEG (an animation's may be PNG, with its
        // transparency) is shown everywhere, 1280 suits most players.
        let posters = derivatives.filter {
            (kind == .animation ? [.image] : [.poster, .cover]).contains($0.description.role)
                && ["image/jpeg", "image/png"].contains($0.description.mediaType)
        }.sorted { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
        play.poster = (posters.last { ($0.description.width ?? 0) <= 1280 } ?? posters.first)?.path
        play.alpha = path(.rendition) { $0.description.mediaType == "video/webm" }
        play.storyboard = path(.storyboard) { _ in true }
        play.hover = path(.hover) { _ in true }
        play.waveform = path(.waveform) { $0.description.name == "waveform.json" }
        play.chapters = path(.chapters) { _ in true }
        play.captions = captions.compactMap { caption in
            path(.captions) { $0.description.name == caption.output.name }.map {
                Manifest.Captions(
                    path: $0, kind: caption.kind.rawValue, language: caption.label.language,
                    label: caption.label.name)
            }
        }
        return play
    }

    /// The file name without its extension, as a title of last resort.
    private static func title(of fileName: String) -> String {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else {
            return fileName
        }
        return String(fileName[..<dot])
    }
}

extension Manifest {
    /// Whether a visitor would see any difference, or the next job would: all but the generation and
    /// how it was made.
    func saysTheSame(as other: Manifest) -> Bool {
        var theirs = other
        theirs.generation = generation
        theirs.provenance = provenance
        func tried(_ manifest: Manifest) -> [String] {
            manifest.provenance.omitted.map { "\($0.name) \($0.key)" }.sorted()
        }
        return theirs == self && tried(other) == tried(self)
            && other.provenance.measured == provenance.measured
    }
}
