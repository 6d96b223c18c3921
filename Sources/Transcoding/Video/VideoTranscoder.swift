package import FFmpeg
package import MediaModel
package import Planning

/// Makes everything a film becomes from one decode: rungs, sound, poster, storyboard, playlists,
/// progressive file, each verified before it is handed over.
///
/// Decides nothing: all numbers are the plan's. Synchronous; runs its own threads and has ended all
/// of them when it returns or throws.
package struct VideoTranscoder: Sendable {
    private let plan: Plan
    private let descriptor: Int32
    private let demuxer: String
    private let scratch: ScratchDirectory
    private let events: TranscodingEvents
    private let interrupt: Interrupt

    /// - Parameters:
    ///   - descriptor: the upload, readable and seekable; stays the caller's.
    ///   - demuxer: the one demuxer that its bytes call for.
    ///   - events: called from any thread.
    package init(
        plan: Plan, descriptor: Int32, demuxer: String, scratch: ScratchDirectory,
        events: @escaping TranscodingEvents, interrupt: Interrupt
    ) {
        self.plan = plan
        self.descriptor = descriptor
        self.demuxer = demuxer
        self.scratch = scratch
        self.events = events
        self.interrupt = interrupt
    }

    package func run() throws(Failure) -> VideoResult {
        guard let video = plan.video else {
            preconditionFailure("a film's plan has a video part")
        }
        let input = try openInput(video)
        let index = try TrackIndex(plan, scratch: scratch)
        let kept = plan.keptTracks
        let sounds = try openAudio(input, index)
        let meter = ProgressMeter(durationSeconds: video.encodedSeconds, events: events)
        let needs = FrameNeeds(plan, video)
        let graph = TranscodeGraph(
            plan: video, needs: needs, credit: plan.credit, scratch: scratch,
            meter: meter, events: events, interrupt: interrupt)
        let readers = openCaptions(input)
        let results = try graph.run(
            input, audio: sounds, continuous: continuousStreams(video), captions: readers)
        let audio = sounds.keys.sorted().compactMap { results.audio[$0] }
        let main = results.audio[0]

        meter.packaging()
        // What decoders and encoders had: an MP4's index, which grows with the film, needs no more than
        // they did then.
        FFmpegLibrary.trimMemory()
        let tracks = video.everyRung.indices.compactMap { results.tracks[$0] }
        let warnings = results.warnings + (needs.any ? Self.missingEnd(video, results) : [])
        try VideoVerifier(
            plan: video, frameCount: results.frameCount, endSeconds: results.endSeconds,
            scratch: scratch, interrupt: interrupt
        ).verify(tracks, beside: index.tracks.filter { kept.contains($0.output.name) })
        try SkewVerifier.verify(
            video: tracks, pictureStart: results.startSeconds, pictureEnd: results.endSeconds)
        for sound in audio {
            for track in sound.tracks {
                try SkewVerifier.verify(audio: track, soundEnd: sound.durationSeconds)
            }
        }
        for track in tracks { events(.artifact(track.artifact)) }
        for artifact in audio.flatMap(\.artifacts) { events(.artifact(artifact)) }
        if let loudness = main?.loudness { events(.loudness(loudness)) }
        let captions = try writeCaptions(readers)
        try package(
            video, Listed(plan, tracks + audio.flatMap(\.tracks), captions.tracks, index))
        let all = warnings + audio.flatMap(\.warnings) + captions.warnings
        for warning in all { events(.warning(warning)) }
        meter.finished()
        return VideoResult(
            tracks: tracks, audio: main?.track, loudness: main?.loudness, warnings: all,
            frameCount: results.frameCount,
            durationSeconds: results.endSeconds)
    }

    private func openInput(_ video: VideoPlan) throws(Failure) -> DemuxerBox {
        do throws(FFmpegError) {
            let input = try Demuxer(descriptor: descriptor, format: demuxer, interrupt: interrupt)
            guard input.streams.indices.contains(video.streamIndex) else {
                throw FFmpegError(.invalidData, operation: "avformat_open_input", path: demuxer)
            }
            return DemuxerBox(input)
        } catch {
            throw Failure(error, while: "opening the upload")
        }
    }

    /// By position among the plan's sounds: those of which something is to be made or measured.
    private func openAudio(
        _ input: DemuxerBox, _ index: TrackIndex
    ) throws(Failure) -> [Int: AudioPipeline] {
        var sounds: [Int: AudioPipeline] = [:]
        let all = (plan.audio.map { [$0] } ?? []) + plan.otherAudio
        for (position, audio) in all.enumerated()
        where input.value.streams.indices.contains(audio.streamIndex) {
            guard
                audio.outputs.contains(where: { !$0.isKept })
                    || (audio.isMeasured && plan.mustMeasure(.loudness))
            else { continue }
            sounds[position] = try AudioPipeline(
                plan: audio, stream: input.value.streams[audio.streamIndex], scratch: scratch,
                credit: plan.credit, index: index, interrupt: interrupt)
        }
        return sounds
    }

    private func continuousStreams(_ video: VideoPlan) -> Set<Int> {
        let sounds = (plan.audio.map { [$0] } ?? []) + plan.otherAudio
        return Set([video.streamIndex] + sounds.map(\.streamIndex))
    }

    private func openCaptions(_ input: DemuxerBox) -> [CaptionReader] {
        plan.captions.compactMap { caption in
            guard !caption.output.isKept else { return nil }
            guard input.value.streams.indices.contains(caption.streamIndex) else { return nil }
            return CaptionReader(caption, stream: input.value.streams[caption.streamIndex])
        }
    }

    /// Subtitles may fail without failing the film; each that does is said.
    private func writeCaptions(
        _ readers: [CaptionReader]
    ) throws(Failure) -> (tracks: [CaptionTrack], warnings: [MediaWarning]) {
        var tracks: [CaptionTrack] = []
        var warnings: [MediaWarning] = []
        for caption in plan.captions where !caption.output.isKept {
            guard let reader = readers.first(where: { $0.streamIndex == caption.streamIndex })
            else {
                warnings.append(
                    MediaWarning(
                        code: "emptySubtitles",
                        message: "The subtitles \(caption.label.name) cannot be decoded."))
                continue
            }
            let found = reader.finish()
            warnings += found.warnings
            guard !found.cues.isEmpty else { continue }
            let track = try CaptionWriter.write(found.cues, plan: caption, scratch: scratch)
            events(.artifact(track.artifact))
            tracks.append(track)
        }
        if let chapters = plan.chapters, !chapters.output.isKept {
            events(.artifact(try CaptionWriter.write(chapters, scratch: scratch)))
        }
        return (tracks, warnings)
    }

    private func package(_ video: VideoPlan, _ listed: Listed) throws(Failure) {
        if plan.makesPlaylists {
            for artifact in try Playlists.publish(
                video: listed.rungs, audio: listed.sounds, captions: listed.captions,
                kept: plan.keptTracks, scratch: scratch)
            {
                events(.artifact(artifact))
            }
        }
        guard let progressive = video.progressive, !progressive.output.isKept else { return }
        guard let rung = listed.rungs.first(where: { $0.output.name == progressive.rung }) else {
            throw .internalError(
                code: "planMismatch", "the plan's MP4 shares a rung \(progressive.rung) it lacks")
        }
        events(
            .artifact(
                try ProgressiveWriter.write(
                    video: rung, audio: listed.mainSound, output: progressive.output,
                    credit: plan.credit, scratch: scratch, interrupt: interrupt)))
    }

    /// A picture that ends before the film does is said, unless its damage already was.
    private static func missingEnd(
        _ plan: VideoPlan, _ results: TranscodeGraph.Results
    ) -> [MediaWarning] {
        let missing = plan.durationSeconds - results.ownEndSeconds
        // Two frames: the cadence's rounding and a frame the decoder may keep.
        let allowed = 2 / max(plan.frameRate.value, 0.001) + 0.001
        let isSaid = results.warnings.contains { $0.code == "missingFrames" }
        guard missing > allowed, !isSaid else { return [] }
        return [
            MediaWarning(
                code: "missingFrames",
                message: "The picture ends \((missing * 1000).rounded() / 1000) s early.")
        ]
    }
}
