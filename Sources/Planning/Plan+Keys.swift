import MediaModel

extension Plan {
    /// Completes the keys by what decides about the bytes of many outputs at once: versions of
    /// libraries, who made the work, which frames are shown.
    ///
    /// Not part of a key, though they can change bytes in ways that nobody sees: how many threads an
    /// encoder has, and from which larger size a smaller one is scaled. With them in it, an upgrade
    /// of the machine, or one more rung, would make everything anew.
    mutating func seal(_ tools: Toolchain, source: PlanSource) {
        self.tools = tools
        let credit = "credit \(Fingerprint.digest(credit))"
        let frames = video.map {
            "frames \($0.frameStep) \($0.minimumSpacingSeconds) \(Fingerprint.digest($0.picture))"
        }
        let moment = video.map { "at \($0.poster.atSeconds.map { "\($0)" } ?? "chosen")" }
        let focal = "focal \(Fingerprint.digest(source.sidecar.focalPoint))"
        eachOutput { output, making in
            var words = [output.key] + tools.words(making.libraries)
            if making.carriesCredit { words.append(credit) }
            if making.showsFrames, let frames { words.append(frames) }
            if case .poster(let picture) = making {
                if let moment { words.append(moment) }
                if picture.fit != .inside { words.append(focal) }
            }
            if case .cover(let picture) = making, picture.fit != .inside { words.append(focal) }
            output.key = Fingerprint.digest(words)
        }
        sealProgressive()
        measurements = measured(tools, source: source, frames: frames, moment: moment)
    }

    /// It holds the packets of a rung and of the sound that plays by itself.
    private mutating func sealProgressive() {
        guard let film = video, let file = film.progressive else { return }
        let rung = film.rungs.first { $0.output.name == file.rung }?.output.key
        let sound = audio?.segmentedOutputs.first?.key
        video?.progressive?.output.key = Fingerprint.digest(
            [file.output.key] + [rung, sound].compactMap { $0 })
    }

    private func measured(
        _ tools: Toolchain, source: PlanSource, frames: String?, moment: String?
    ) -> [Measurement] {
        func measurement(
            _ kind: Measurement.Kind, _ parameters: [String?], _ libraries: [String]
        ) -> Measurement {
            Measurement(
                kind: kind,
                key: Fingerprint.key(
                    source: source.sha256,
                    [kind.rawValue] + parameters.compactMap { $0 } + tools.words(libraries)))
        }
        let picture =
            still?.pictures.first ?? cover?.pictures.first ?? video?.poster.pictures.first
            ?? drawing?.pictures.first ?? document?.pages.first?.pictures.first
        var all = [
            measurement(
                .placeholder,
                [
                    frames, moment, picture.map { "matte \($0.matte)" }, "palette",
                    still?.color.map { "colour \(Fingerprint.digest($0))" },
                ],
                ["libvips"])
        ]
        if let audio {
            all.append(
                measurement(
                    .loudness,
                    ["\(audio.loudnessTargetLUFS)", "\(audio.truePeakCeilingDBTP)"],
                    ["libavcodec", "libavfilter", "libswresample"]))
        }
        if video != nil {
            all.append(measurement(.analysis, [frames], ["libavcodec", "libavfilter"]))
        }
        return all
    }
}

extension AudioPlan {
    /// What of it is a track of playlists.
    package var segmentedOutputs: [PlannedOutput] {
        allRenditions.filter { $0.packaging == .segments }.map(\.output)
    }
}
