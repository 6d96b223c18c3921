import MediaModel

/// A revision in the making: each step may find more that has to be made, never less.
struct RevisionDraft {
    private var plan: Plan
    private let published: [String: Manifest.Derivative]
    private let omissions: [String: Manifest.Omission]
    private let measured: [String: String]
    private let missing: Set<String>
    private let allAnew: String
    private let isFirst: Bool
    private let whatChanged: String
    /// Why each output is made; what is not in it is kept.
    private var made: [String: String] = [:]
    private var playlists: [PlannedPlaylist] = []
    private var makesPlaylists: String?
    /// Kept tracks whose packets are remuxed.
    private var packets: Set<String> = []

    init(_ plan: Plan, published manifest: Manifest?, missing: Set<String>, allAnew: String) {
        self.plan = plan
        self.missing = missing
        self.allAnew = allAnew
        isFirst = manifest == nil
        published = Dictionary(
            (manifest?.derivatives ?? []).map { ($0.description.name, $0) },
            uniquingKeysWith: { first, _ in first })
        omissions = Dictionary(
            (manifest?.provenance.omitted ?? []).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
        measured = manifest?.provenance.measured ?? [:]
        whatChanged = manifest.map { Self.whatChanged(plan, since: $0) } ?? allAnew
    }

    /// Keys are digests: what is behind a difference is told from what else is recorded.
    private static func whatChanged(_ plan: Plan, since manifest: Manifest) -> String {
        let provenance = manifest.provenance
        var causes: [String] = []
        if provenance.engineRevision != plan.engineRevision {
            causes.append("engine \(provenance.engineRevision) → \(plan.engineRevision)")
        }
        if provenance.recipe != plan.recipe {
            causes.append("recipe \(provenance.recipe) → \(plan.recipe)")
        } else if provenance.recipeDigest != plan.recipeDigest {
            causes.append("the recipe was edited")
        }
        causes += plan.tools.changes(since: Toolchain(provenance.tools))
        return causes.isEmpty ? "what the upload says of itself" : causes.joined(separator: ", ")
    }

    // MARK: Steps

    mutating func compareOutputs() {
        for output in plan.outputs {
            if isFirst {
                made[output.name] = allAnew
            } else if let derivative = published[output.name] {
                if derivative.description.key != output.key {
                    made[output.name] = "made from other parameters: \(whatChanged)"
                } else if missing.contains(output.name) {
                    made[output.name] = "its files are not all in storage"
                }
            } else if omissions[output.name]?.key != output.key {
                made[output.name] = "not published yet"
            }
        }
    }

    /// Lists over kept and new tracks need to know the kept ones as exactly as the new ones.
    mutating func comparePlaylists() {
        let absent = plan.tracks.filter { made[$0.name] == nil && published[$0.name] == nil }
        playlists = plan.playlists(without: Set(absent.map(\.name)))
        guard !playlists.isEmpty else { return }
        for playlist in playlists {
            guard let derivative = published[playlist.name] else {
                makesPlaylists = isFirst ? allAnew : "not published yet"
                break
            }
            if derivative.description.key != playlist.key {
                makesPlaylists = "what it lists changes"
            } else if missing.contains(playlist.name) {
                makesPlaylists = "its file is not in storage"
            }
        }
        if plan.tracks.contains(where: { made[$0.name] != nil }) {
            makesPlaylists = makesPlaylists ?? "what it lists is made anew"
        }
    }

    mutating func holdTogether() {
        // The smaller of the two is published, which only both of them can tell.
        if let animation = plan.animation {
            let both = animation.outputs.map(\.name)
            if both.contains(where: { made[$0] != nil }) {
                for name in both where made[name] == nil {
                    made[name] = "chosen together with the other form"
                }
            }
        }
        holdFormatsTogether()
        findPackets()
        guard makesPlaylists != nil || !packets.isEmpty else { return }
        let index = published[PlannedPlaylist.indexName]
        let isUsable =
            index?.description.mediaType == PlannedPlaylist.indexMediaType
            && !missing.contains(PlannedPlaylist.indexName)
        guard !isUsable else { return }
        for track in plan.tracks where made[track.name] == nil && published[track.name] != nil {
            made[track.name] = "what is known of its segments is not in storage"
        }
        packets = []
        makesPlaylists = makesPlaylists ?? "what it lists is made anew"
    }

    /// AVIF and WebP are offered with all widths or not at all, which only all of them can tell.
    private mutating func holdFormatsTogether() {
        var sets: [String: [String]] = [:]
        plan.eachOutput { output, making in
            guard let picture = making.picture, output.role != .page, picture.fit == .inside,
                !picture.isFallback
            else { return }
            let set = "\(output.role) \(picture.format) \(picture.gamut) \(picture.lossless)"
            sets[set, default: []].append(output.name)
        }
        for names in sets.values where names.contains(where: { made[$0] != nil }) {
            for name in names where made[name] == nil {
                made[name] = "chosen together with its other widths"
            }
        }
    }

    /// Files that are remuxed from segments need those that are kept.
    private mutating func findPackets() {
        let sound = plan.audio?.segmentedOutputs.first?.name
        if let file = plan.video?.progressive, made[file.output.name] != nil {
            packets.formUnion([file.rung, sound].compactMap { $0 })
        }
        let single = plan.audio?.renditions.first { $0.packaging == .m4a }?.output.name
        if let single, made[single] != nil, let sound { packets.insert(sound) }
        packets = packets.filter { made[$0] == nil && published[$0] != nil }
    }

    mutating func compareMeasurements() {
        for index in plan.measurements.indices {
            let measurement = plan.measurements[index]
            plan.measurements[index].isKept =
                !isFirst && measured[measurement.kind.rawValue] == measurement.key
        }
    }

    // MARK: The result

    mutating func finish() -> Revision {
        plan.eachOutput { output, _ in
            output.isKept = made[output.name] == nil
            output.keptByteCount = output.isKept ? published[output.name]?.byteCount : nil
        }
        var entries: [Revision.Entry] = []
        var omitted: [Manifest.Omission] = []
        var kept: [Manifest.Derivative] = []
        for output in plan.outputs {
            if !output.isKept {
                entries.append(entry(output, .make, made[output.name] ?? ""))
            } else if let derivative = published[output.name] {
                kept.append(derivative)
                entries.append(entry(output, .keep, "published with the same key"))
            } else if let omission = omissions[output.name] {
                omitted.append(omission)
                entries.append(entry(output, .keep, "left out: \(omission.reason)"))
            }
        }
        for playlist in playlists {
            let output = PlannedOutput(
                role: playlist.role, name: playlist.name, key: playlist.key, reason: "")
            if let makesPlaylists {
                entries.append(entry(output, .make, makesPlaylists))
            } else if let derivative = published[playlist.name] {
                kept.append(derivative)
                entries.append(entry(output, .keep, "published with the same key"))
            }
        }
        entries += dropped(Set(entries.map(\.name)))
        var needed: [ArtifactFile] = []
        let keepsTracks = plan.tracks.contains { $0.isKept && published[$0.name] != nil }
        if (makesPlaylists != nil && keepsTracks) || !packets.isEmpty,
            let index = published[PlannedPlaylist.indexName]
        {
            plan.trackIndex = index.path
            needed.append(index.file)
        }
        for name in packets.sorted() { needed += published[name]?.allFiles ?? [] }
        plan.makesPlaylists = makesPlaylists != nil
        return Revision(
            entries: entries, work: plan, kept: kept, omitted: omitted, needed: needed,
            hasWork: entries.contains { $0.action == .make }
                || plan.measurements.contains { !$0.isKept })
    }

    private func entry(
        _ output: PlannedOutput, _ action: Revision.Action, _ reason: String
    ) -> Revision.Entry {
        Revision.Entry(
            name: output.name, role: output.role, key: output.key, action: action, reason: reason)
    }

    private func dropped(_ planned: Set<String>) -> [Revision.Entry] {
        published.values.filter { !planned.contains($0.description.name) }
            .sorted { $0.description.name < $1.description.name }
            .map { derivative in
                Revision.Entry(
                    name: derivative.description.name, role: derivative.description.role,
                    key: derivative.description.key, action: .drop,
                    reason: "no longer wanted: \(whatChanged)")
            }
    }
}
