import MediaModel
import Planning
import WorkerProtocol

/// Puts a manifest together from values; reads nothing.
struct ManifestComposer: Sendable {
    /// Vitrine's own version.
    let version: String

    func compose(
        upload: Upload, info: MediaInfo, plan: Plan, result: WorkResult, readiness: Readiness,
        generation: Int, startedAt: Timestamp, finishedAt: Timestamp, usage: WorkUsage,
        attempts: Int
    ) -> Manifest {
        let derivatives = Self.ordered(result.artifacts, plan).map(Manifest.Derivative.init)
        let sidecar = upload.sidecar
        let title = sidecar.title ?? info.tags["title"] ?? Self.title(of: upload.fileName)
        let play = play(info.kind, derivatives, plan.captions)
        // One warning per code: probe and execution may word the same finding differently.
        var seen: Set<String> = []
        let found = result.warnings.sorted { ($0.code, $0.message) < ($1.code, $1.message) }
        let warnings = (plan.warnings + found).filter { seen.insert($0.code).inserted }
        var encoders = readiness.versions
        let ffmpeg = encoders.removeValue(forKey: "ffmpeg")
        let libvips = encoders.removeValue(forKey: "libvips")
        return Manifest(
            item: upload.itemID, generation: generation, state: .ready, kind: info.kind,
            title: title, alt: sidecar.alt, credit: Self.credit(sidecar.credit, info.tags),
            owner: sidecar.owner,
            source: Manifest.Source(upload: upload, info: info), derivatives: derivatives,
            play: play,
            html: HTMLSnippet.html(
                kind: info.kind, title: title, alt: sidecar.alt, derivatives: derivatives,
                play: play, plays: info.image?.animation?.plays ?? 0),
            placeholder: result.placeholder, loudness: result.loudness,
            analysis: result.analysis, warnings: warnings,
            provenance: Manifest.Provenance(
                vitrine: version, ffmpeg: ffmpeg, libvips: libvips, encoders: encoders,
                recipe: plan.recipe, recipeDigest: plan.recipeDigest,
                engineRevision: plan.engineRevision, sandbox: readiness.sandbox,
                sandboxMissing: readiness.sandboxMissing?.keys.sorted(),
                startedAt: startedAt, finishedAt: finishedAt, cpuSeconds: usage.cpuSeconds,
                attempts: attempts, decisions: plan.decisions,
                leftOut: result.leftOut.isEmpty
                    ? nil : result.leftOut.sorted { $0.name < $1.name }))
    }

    /// The plan's order, then what no plan names: a worker's threads finish in any order, and the
    /// same upload shall give the same manifest.
    private static func ordered(_ artifacts: [Artifact], _ plan: Plan) -> [Artifact] {
        var places: [String: Int] = [:]
        for (place, output) in plan.outputs.enumerated() { places[output.name] = place }
        func place(_ artifact: Artifact) -> (Int, String) {
            (places[artifact.description.name] ?? .max, artifact.description.name)
        }
        return artifacts.sorted { place($0) < place($1) }
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

    /// What the site says, completed by what the file says; nil when neither says anything.
    private static func credit(_ given: Credit?, _ tags: [String: String]) -> Credit? {
        let credit = Credit(
            creator: given?.creator ?? tags["creator"] ?? tags["artist"],
            copyright: given?.copyright ?? tags["copyright"],
            license: given?.license ?? tags["license"])
        return credit == Credit() ? nil : credit
    }

    /// The file name without its extension, as a title of last resort.
    private static func title(of fileName: String) -> String {
        guard let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex else {
            return fileName
        }
        return String(fileName[..<dot])
    }
}
