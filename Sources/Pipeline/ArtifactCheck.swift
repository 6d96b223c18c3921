import MediaModel
import Planning

/// Holds what a worker says it made against what the plan asked for. Everything here is tainted.
///
/// Sizes and digests of the bytes are checked by the store when it copies them.
enum ArtifactCheck {
    /// Most files of one artifact: a six-hour film in one-second segments.
    static let maximumFiles = 22_000
    /// Most warnings of one attempt; a kind is said once or a few times.
    static let mostWarnings = 1_000

    /// - Parameter kept: what is published already and stays beside it.
    /// - Throws: an `internalError` naming the first thing that does not fit.
    static func check(
        _ result: WorkResult, plan: Plan, kept: [Artifact] = []
    ) throws(Failure) {
        let artifacts = result.artifacts
        if let analysis = result.analysis { try check(analysis) }
        if let loudness = result.loudness { try check(loudness) }
        try check(result.warnings)
        var planned: [String: PlannedOutput] = [:]
        for output in plan.outputs { planned[output.name] = output }
        var seen: Set<String> = []
        var paths: Set<String> = []
        var total: Int64 = 0
        for artifact in artifacts {
            let description = artifact.description
            guard seen.insert(description.name).inserted else {
                throw bad("\(description.name) twice")
            }
            if let output = planned[description.name] {
                guard output.role == description.role, output.key == description.key else {
                    throw bad("\(description.name) with another role or key than planned")
                }
                guard !output.isKept else {
                    throw bad("\(description.name), which is published and was to be kept")
                }
            } else if ![.playlist, .tracks].contains(description.role) || !plan.makesPlaylists {
                throw bad("\(description.name), which is not in the plan")
            }
            try check(description)
            let files = [artifact.file] + artifact.companions
            guard files.count <= maximumFiles else {
                throw bad("\(description.name) with \(files.count) files")
            }
            for file in files {
                guard ContentName.isValidPath(file.path), !file.path.hasPrefix("manifest"),
                    paths.insert(file.path).inserted
                else { throw bad("\(description.name) in the path \(file.path.debugDescription)") }
                guard file.byteCount > 0, file.sha256.utf8.count == 64,
                    file.sha256.allSatisfy({ $0.isHexDigit && !$0.isUppercase })
                else { throw bad("\(file.path) with a size or digest that cannot be") }
                total += file.byteCount
            }
        }
        guard total <= plan.budget.outputBytes else {
            throw .limit(
                "outputBytes", "the size of all outputs", limit: "\(plan.budget.outputBytes) bytes",
                found: "\(total) bytes",
                uploader: "This file becomes too large when processed.")
        }
        for tiles in plan.still?.tiles ?? [] { try checkTiles(artifacts, plan: tiles) }
        if let film = plan.video { try checkFilm(artifacts + kept, plan: film) }
        // A cover is a gift that may fail; everything else that was decided must be there.
        // So must not a film fail because its sound cannot be decoded, if the worker says so.
        var optional = Set((plan.cover?.pictures ?? []).map(\.output.name))
        // A short film has no other moments.
        optional.formUnion((plan.video?.poster.alternatives ?? []).map(\.output.name))
        if plan.kind == .video, result.warnings.contains(where: { $0.code == "audioFailed" }) {
            for sound in (plan.audio.map { [$0] } ?? []) + plan.otherAudio {
                optional.formUnion(sound.outputs.map(\.name))
            }
        }
        if result.warnings.contains(where: { $0.code == "hoverLeftOut" }),
            let hover = plan.video?.hover
        {
            optional.insert(hover.output.name)
        }
        // So may subtitles that turn out to hold nothing.
        if result.warnings.contains(where: { $0.code == "emptySubtitles" }) {
            optional.formUnion(plan.captions.map(\.output.name))
        }
        let published = plan.outputs.filter { $0.keptByteCount != nil }.map(\.name)
        optional.formUnion(
            try checkLeftOut(result, plan: plan, there: seen.union(published)))
        // Of an animation's files the better ones are there.
        if let animation = plan.animation {
            try checkAnimation(artifacts, plan: animation)
            optional.formUnion(animation.outputs.map(\.name))
        }
        optional.formUnion(plan.outputs.filter(\.isKept).map(\.name))
        for name in planned.keys.sorted() where !seen.contains(name) && !optional.contains(name) {
            throw .internalError(
                code: "missingOutput", "the worker finished without \(name), which was planned")
        }
    }

    private static func check(_ description: DerivativeDescription) throws(Failure) {
        let sizes = [description.width, description.height].compactMap { $0 }
        let rates = [
            description.bitrate, description.peakBitrate, description.sampleRate,
            description.channels, description.page,
        ].compactMap { $0 }
        let numbers = [
            description.durationSeconds, description.frameRate, description.quality?.score,
            description.atSeconds,
        ].compactMap { $0 }
        guard sizes.allSatisfy({ (1...100_000).contains($0) }),
            rates.allSatisfy({ (0...1_000_000_000).contains($0) }),
            numbers.allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e7 })
        else { throw bad("\(description.name) with numbers that cannot be") }
        let texts = [
            description.name, description.mediaType, description.codecs ?? "",
            description.language ?? "", description.title ?? "", description.reason,
            description.gamut ?? "",
        ]
        guard
            texts.allSatisfy({ text in
                text.utf8.count <= 1000 && isText(text)
            })
        else { throw bad("\(description.name.bounded(toBytes: 40)) with texts that cannot be") }
    }

    private static func check(_ analysis: FilmAnalysis) throws(Failure) {
        let spans = analysis.black + analysis.frozen
        let moments = analysis.sceneCuts + spans.flatMap { [$0.startSeconds, $0.endSeconds] }
        guard moments.allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e7 }),
            max(analysis.sceneCuts.count, analysis.black.count, analysis.frozen.count)
                <= FilmAnalysis.mostEntries
        else { throw bad("an analysis that cannot be") }
    }

    /// In LUFS, LU, dBTP and dB, all of which are within two hundred of nothing.
    private static func check(_ loudness: Loudness) throws(Failure) {
        let numbers = [
            loudness.integratedLUFS, loudness.rangeLU, loudness.truePeakDBTP, loudness.gainDB,
        ].compactMap { $0 }
        guard numbers.allSatisfy({ $0.isFinite && abs($0) <= 200 }) else {
            throw bad("a loudness that cannot be")
        }
    }

    /// They are copied into the manifest, and shown.
    private static func check(_ warnings: [MediaWarning]) throws(Failure) {
        guard warnings.count <= mostWarnings, warnings.allSatisfy({ $0 == $0.tamed }) else {
            throw bad("warnings that cannot be")
        }
    }

    /// Whether nothing in it is a control character.
    private static func isText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 32 }
    }

    static func bad(_ what: String) -> Failure {
        .internalError(code: "badArtifact", "the worker reported \(what)")
    }
}
