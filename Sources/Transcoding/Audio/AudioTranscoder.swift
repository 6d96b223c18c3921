package import FFmpeg
import Foundation
package import MediaModel
package import Planning

/// Makes everything that a recording's plan asks for, in one pass over the upload.
package struct AudioTranscoder: Sendable {
    private let plan: Plan
    private let input: Int32
    private let scratch: ScratchDirectory
    private let events: TranscodingEvents
    private let interrupt: Interrupt

    /// - Parameter input: the upload, borrowed, seekable.
    package init(
        plan: Plan, input: Int32, scratch: ScratchDirectory, events: @escaping TranscodingEvents,
        interrupt: Interrupt
    ) {
        self.plan = plan
        self.input = input
        self.scratch = scratch
        self.events = events
        self.interrupt = interrupt
    }

    /// Reports every artifact when it is made and verified; returns when all are.
    package func run() throws(Failure) {
        guard let audio = plan.audio else {
            throw .internalError(code: "kind", "a plan for a recording without sound")
        }
        var demuxer = try open()
        guard demuxer.streams.indices.contains(audio.streamIndex) else {
            throw .internalError(code: "kind", "the upload has no stream \(audio.streamIndex)")
        }
        // The cover first: its placeholder is what a page shows while the sound is worked on.
        let hasCover = publishCover(try coverBytes(demuxer))
        let index = try TrackIndex(plan, scratch: scratch)
        var made: [SegmentedTrack] = []
        if needsSound(audio) {
            made = try makeSound(audio, &demuxer, index, needsPlaceholder: !hasCover)
        }
        if plan.makesPlaylists { try publishPlaylists(audio, made, index) }
        if let chapters = plan.chapters, !chapters.output.isKept {
            events(.artifact(try CaptionWriter.write(chapters, scratch: scratch)))
        }
        events(.progress(stage: "audio", fraction: 1))
    }

    /// Whether anything is to be made, or found out, of the sound.
    private func needsSound(_ audio: AudioPlan) -> Bool {
        audio.outputs.contains { !$0.isKept } || plan.mustMeasure(.loudness)
            || plan.mustMeasure(.placeholder)
    }

    /// - Returns: what was made of it in segments.
    private func makeSound(
        _ audio: AudioPlan, _ demuxer: inout Demuxer, _ index: TrackIndex, needsPlaceholder: Bool
    ) throws(Failure) -> [SegmentedTrack] {
        let pipeline = try AudioPipeline(
            plan: audio, stream: demuxer.streams[audio.streamIndex], scratch: scratch,
            credit: plan.credit, index: index, interrupt: interrupt)
        for stream in demuxer.streams where stream.index != audio.streamIndex {
            demuxer.discard(.all, stream: stream.index)
        }
        let isWhole = try feed(pipeline, from: &demuxer, audio)
        let result = try pipeline.finish()
        for artifact in result.artifacts { events(.artifact(artifact)) }
        if let loudness = result.loudness { events(.loudness(loudness)) }
        for warning in result.warnings { events(.warning(warning)) }
        if !isWhole, !result.warnings.contains(where: { $0.code == "truncatedSource" }) {
            events(
                .warning(
                    MediaWarning(
                        code: "truncatedSource",
                        message: "The upload is damaged: its end could not be read.")))
        }
        if let waveform = result.waveform {
            try publishShare(audio, waveform, needsPlaceholder: needsPlaceholder)
        }
        return result.tracks
    }

    private func publishPlaylists(
        _ audio: AudioPlan, _ made: [SegmentedTrack], _ index: TrackIndex
    ) throws(Failure) {
        let tracks = audio.segmentedOutputs.compactMap { output in
            output.isKept ? index.track(output) : made.first { $0.output.name == output.name }
        }
        guard !tracks.isEmpty else { return }
        for playlist in try Playlists.publish(
            video: [], audio: tracks, kept: plan.keptTracks, scratch: scratch)
        {
            events(.artifact(playlist))
        }
    }

    private func open() throws(Failure) -> Demuxer {
        guard case .container(let demuxer) = try FormatSniffer.sniff(descriptor: input).reader
        else {
            throw .internalError(code: "kind", "the plan's kind does not fit the content")
        }
        do {
            return try Demuxer(descriptor: input, format: demuxer, interrupt: interrupt)
        } catch {
            throw Self.unreadable(error)
        }
    }

    /// - Returns: `false` when reading ended before the upload did.
    private func feed(
        _ pipeline: AudioPipeline, from demuxer: inout Demuxer, _ audio: AudioPlan
    ) throws(Failure) -> Bool {
        var clock = ClockRepair(formatName: demuxer.formatName)
        var told = 0.0
        while true {
            let packet: Packet
            do {
                guard case .packet(let next) = try demuxer.read() else { return true }
                packet = next
            } catch {
                switch error.code {
                case .interrupted, .outOfMemory: throw Self.unreadable(error)
                // Damage that the demuxer cannot pass: what came before it is honest sound.
                default: return false
                }
            }
            guard packet.streamIndex == audio.streamIndex else { continue }
            clock.apply(to: packet, isContinuous: true)
            try pipeline.consume(packet)
            let fraction = min(0.99, pipeline.presentedSeconds / audio.durationSeconds)
            if fraction - told >= 0.01 {
                told = fraction
                events(.progress(stage: "audio", fraction: fraction))
            }
        }
    }

    private func coverBytes(_ demuxer: borrowing Demuxer) throws(Failure) -> [UInt8]? {
        guard let index = plan.cover?.streamIndex, demuxer.streams.indices.contains(index) else {
            return nil
        }
        do {
            return try demuxer.attachedPicture(stream: index)?.bytes
        } catch {
            throw Failure(error, while: "reading the cover")
        }
    }

    /// A cover may fail without failing the recording.
    private func publishCover(_ bytes: [UInt8]?) -> Bool {
        guard let cover = plan.cover else { return false }
        if cover.pictures.allSatisfy(\.output.isKept), !plan.mustMeasure(.placeholder) {
            return true
        }
        do throws(Failure) {
            guard let bytes else {
                throw Failure(
                    kind: .invalidMedia, code: "noCover", operatorText: "the picture is empty",
                    uploaderText: "The cover could not be read.")
            }
            // The plan knows no cover's size; what is larger than any still may be is refused.
            try StillWriter(scratch: scratch, credit: plan.credit, events: events).writeCover(
                cover.pictures, from: bytes, limits: Limits(), reportPlaceholder: true)
            return true
        } catch {
            events(
                .warning(
                    MediaWarning(
                        code: "coverArtFailed",
                        message: "The cover could not be used: \(error.operatorText)")))
            return false
        }
    }

    /// The share image, and the placeholder when there is no cover for it.
    private func publishShare(
        _ audio: AudioPlan, _ waveform: Waveform, needsPlaceholder: Bool
    ) throws(Failure) {
        let share = audio.share.flatMap { $0.isKept ? nil : $0 }
        guard share != nil || needsPlaceholder else { return }
        let card = try WaveformCard(waveform)
        if needsPlaceholder { try card.reportPlaceholder(scratch: scratch, events: events) }
        if let share {
            events(.artifact(try card.write(share, scratch: scratch)))
        }
    }

    private static func unreadable(_ error: FFmpegError) -> Failure {
        if error.code == .interrupted || error.code == .outOfMemory {
            return Failure(error, while: "reading the upload")
        }
        return Failure(
            kind: .invalidMedia, code: "unreadable",
            operatorText: "the upload cannot be taken apart: \(error)",
            uploaderText: "This file is damaged and cannot be read.")
    }
}
