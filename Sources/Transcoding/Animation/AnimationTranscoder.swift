package import FFmpeg
package import MediaModel
package import Planning
import Vips

/// Turns an animated picture into what its plan lists: the stills of its poster, then the MP4 and the
/// animated WebP from one decode, side by side; the better of them, by the plan's rule, is reported.
package struct AnimationTranscoder: Sendable {
    private let plan: AnimationPlan
    private let still: StillPlan
    private let credit: Credit?
    private let descriptor: Int32
    private let scratch: ScratchDirectory
    private let cores: Int
    private let events: TranscodingEvents
    private let interrupt: Interrupt

    /// Share of the work that is done with the stills.
    private static let stillShare = 0.3

    /// - Parameters:
    ///   - descriptor: the open upload; its offset is neither used nor moved.
    ///   - cores: that may be kept busy.
    ///   - credit: overrides what the picture's metadata says, field by field.
    package init(
        plan: AnimationPlan, still: StillPlan, credit: Credit?, descriptor: Int32,
        scratch: ScratchDirectory, cores: Int, events: @escaping TranscodingEvents,
        interrupt: Interrupt
    ) {
        self.plan = plan
        self.still = still
        self.credit = credit
        self.descriptor = descriptor
        self.scratch = scratch
        self.cores = cores
        self.events = events
        self.interrupt = interrupt
    }

    /// Does it all; returns when every thread of it has ended.
    package func run() throws(Failure) {
        let (attribution, delays) = try makeStills()
        guard delays.count == plan.frameCount else { throw Self.changed() }
        // Both forms or none: which is published depends on both.
        if plan.outputs.allSatisfy(\.isKept) {
            return events(.progress(stage: "animation", fraction: 1))
        }
        let clock = AnimationClock(plan)
        var times = delays.map(clock.shown)
        var outcome = try AnimationEncoding(
            plan: plan, delays: times, attribution: attribution, descriptor: descriptor,
            scratch: scratch, events: inPart, interrupt: interrupt
        ).run()
        if case .endsEarly(let count, let failure) = outcome {
            // What is before the damage can be shown; that much is encoded anew, because how long an
            // animated WebP is must be known when it begins.
            guard count > 0 else { throw failure }
            events(
                .warning(
                    MediaWarning(
                        code: "truncatedSource",
                        message: "Of \(times.count) frames the first \(count) could be decoded; "
                            + "no more is shown.")))
            times = Array(times.prefix(count))
            outcome = try AnimationEncoding(
                plan: plan, delays: times, attribution: attribution, descriptor: descriptor,
                scratch: scratch, events: inPart, interrupt: interrupt
            ).run()
        }
        switch outcome {
        case .endsEarly(_, let failure): throw failure
        case .made(let made): try publish(made)
        }
        events(.progress(stage: "animation", fraction: 1))
    }

    /// The placeholder first, then the stills of the poster.
    private func makeStills() throws(Failure) -> (Attribution, [Int]) {
        let frames = try AnimationReader.open(
            plan.reader, descriptor: descriptor, interrupt: interrupt)
        var found: PackedFrame?
        for _ in 0...plan.posterFrame { found = try frames.next() }
        guard let found else { throw AnimationReader.damaged("its poster is not there") }
        guard found.width == plan.codedSize.width, found.height == plan.codedSize.height else {
            throw Self.changed()
        }
        for warning in frames.warnings { events(.warning(warning)) }
        let attribution = frames.attribution.overridden(by: credit)
        let picture = try poster(found)
        let matte = still.pictures.first?.matte ?? plan.video.matte
        let aspect = Double(picture.width) / Double(picture.height)
        events(.placeholder(try picture.placeholder(aspectRatio: aspect, matte: matte)))
        let encoder = PictureEncoder(scratch: scratch, attribution: attribution)
        let events = events
        try PictureSet(
            pictures: still.pictures, choice: still.choice, encoder: encoder, cores: cores
        ) { event in
            guard case .progress(let stage, let fraction) = event else { return events(event) }
            events(.progress(stage: stage, fraction: fraction * Self.stillShare))
        }.write(from: picture)
        return (attribution, frames.delays)
    }

    /// Upright, in memory, without a transparency that says nothing.
    private func poster(_ frame: PackedFrame) throws(Failure) -> Image {
        let upright = try FrameFitter(plan).upright(frame)
        do {
            guard !frame.isTransparent else { return try upright.copiedToMemory() }
            return try upright.extractingBands(from: 0, count: 3).copiedToMemory()
        } catch {
            throw .internalError(code: "poster", "the poster cannot be made: \(error)")
        }
    }

    private func publish(_ made: AnimationEncoding.Made) throws(Failure) {
        let published = plan.choice.published(
            videoBytes: made.video.byteCount, webpBytes: made.webp?.byteCount,
            isTransparent: made.isTransparent)
        try publish(
            made.video, AnimatedVideoWriter.workingName(plan.video), "mp4", published.video)
        if let webp = plan.webp, let file = made.webp {
            try publish(file, AnimatedWebPWriter.workingName(webp), "webp", published.webp)
        }
    }

    private func publish(
        _ file: AnimationEncoding.File, _ working: String, _ fileExtension: String, _ wins: Bool
    ) throws(Failure) {
        guard wins else { return try scratch.remove(working) }
        let adopted = try scratch.adopt(
            working, stem: "animation", fileExtension: fileExtension)
        events(.artifact(Artifact(description: file.description, file: adopted)))
    }

    /// Progress of what comes after the stills.
    private var inPart: TranscodingEvents {
        let events = events
        return { event in
            guard case .progress(let stage, let fraction) = event else { return events(event) }
            let whole = Self.stillShare + fraction * (1 - Self.stillShare)
            events(.progress(stage: stage, fraction: whole))
        }
    }

    private static func changed() -> Failure {
        Failure(
            kind: .invalidMedia, code: "changedPicture",
            operatorText: "the animation has other frames than the probe found; the upload changed "
                + "between probe and decode.",
            uploaderText: "This animation cannot be read. Please upload it again.")
    }
}
