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
        let audio = try openAudio(input)
        let meter = ProgressMeter(durationSeconds: video.durationSeconds, events: events)
        let graph = TranscodeGraph(
            plan: video, credit: plan.credit, scratch: scratch, meter: meter, events: events,
            interrupt: interrupt)
        let results = try graph.run(input, audio: audio, audioIndex: plan.audio?.streamIndex)

        meter.packaging()
        let tracks = video.everyRung.indices.compactMap { results.tracks[$0] }
        let warnings = results.warnings + Self.missingEnd(video, results)
        try VideoVerifier(
            plan: video, frameCount: results.frameCount, endSeconds: results.endSeconds,
            scratch: scratch, interrupt: interrupt
        ).verify(tracks)
        try SkewVerifier.verify(
            video: tracks, pictureStart: results.startSeconds, pictureEnd: results.endSeconds,
            audio: results.audio?.track, soundEnd: results.audio?.durationSeconds ?? 0)
        for track in tracks { events(.artifact(track.artifact)) }
        for artifact in results.audio?.artifacts ?? [] { events(.artifact(artifact)) }
        if let loudness = results.audio?.loudness { events(.loudness(loudness)) }
        try package(video, tracks, results.audio?.track)
        for warning in warnings + (results.audio?.warnings ?? []) { events(.warning(warning)) }
        meter.finished()
        return VideoResult(
            tracks: tracks, audio: results.audio?.track, loudness: results.audio?.loudness,
            warnings: warnings + (results.audio?.warnings ?? []), frameCount: results.frameCount,
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

    private func openAudio(_ input: DemuxerBox) throws(Failure) -> AudioPipeline? {
        guard let audio = plan.audio, input.value.streams.indices.contains(audio.streamIndex)
        else { return nil }
        return try AudioPipeline(
            plan: audio, stream: input.value.streams[audio.streamIndex], scratch: scratch,
            credit: plan.credit, interrupt: interrupt)
    }

    private func package(
        _ video: VideoPlan, _ tracks: [SegmentedTrack], _ audio: SegmentedTrack?
    ) throws(Failure) {
        let sound = audio.map { [$0] } ?? []
        for artifact in try Playlists.publish(video: tracks, audio: sound, scratch: scratch) {
            events(.artifact(artifact))
        }
        guard let progressive = video.progressive else { return }
        guard let rung = tracks.first(where: { $0.output.name == progressive.rung }) else {
            throw .internalError(
                code: "planMismatch", "the plan's MP4 shares a rung \(progressive.rung) it lacks")
        }
        events(
            .artifact(
                try ProgressiveWriter.write(
                    video: rung, audio: audio, output: progressive.output,
                    credit: plan.credit, scratch: scratch, interrupt: interrupt)))
    }

    /// A picture that ends before the film does is said, unless its damage already was.
    private static func missingEnd(
        _ plan: VideoPlan, _ results: TranscodeGraph.Results
    ) -> [MediaWarning] {
        let missing = plan.durationSeconds - results.endSeconds
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
