import FFmpeg
import MediaModel
import Planning
import Synchronization
import Vips

/// One decode of an animation into the MP4 and the animated WebP, on two threads.
///
/// Memory: a few frames, and what the encoders hold.
final class AnimationEncoding: Sendable {
    /// A verified file under its working name.
    struct File: Sendable {
        var byteCount: Int64
        var description: DerivativeDescription
    }

    struct Made: Sendable {
        var video: File
        var webp: File?
        var isTransparent: Bool
    }

    enum Outcome: Sendable {
        case made(Made)
        /// So many frames can be decoded, and why no more; nothing is left in scratch.
        case endsEarly(after: Int, Failure)
    }

    /// What the thread that decodes has found.
    private struct Findings {
        var video: File?
        var isTransparent = false
        /// Frames that differ from the one before, the first included.
        var distinctFrames = 0
        var endsEarly: (after: Int, failure: Failure)?
    }

    /// Pictures that wait for the WebP's encoder, the slower one.
    private static let waiting = 2
    /// What is left for verification when the last frame is encoded.
    private static let encodingShare = 0.95

    private let plan: AnimationPlan
    /// How long each frame is shown, in milliseconds; so many are encoded.
    private let delays: [Int]
    private let attribution: Attribution
    private let descriptor: Int32
    private let scratch: ScratchDirectory
    private let events: TranscodingEvents
    private let interrupt: Interrupt
    private let queue = BoundedQueue<PackedFrame>(capacity: waiting)
    private let findings = Mutex(Findings())

    init(
        plan: AnimationPlan, delays: [Int], attribution: Attribution, descriptor: Int32,
        scratch: ScratchDirectory, events: @escaping TranscodingEvents,
        interrupt: Interrupt
    ) {
        self.plan = plan
        self.delays = delays
        self.attribution = attribution
        self.descriptor = descriptor
        self.scratch = scratch
        self.events = events
        self.interrupt = interrupt
    }

    func run() throws(Failure) -> Outcome {
        let group = WorkGroup()
        group.onCancel { [queue] in queue.cancel() }
        group.start("frames") { [self] () throws(Failure) in
            defer { Runtime.shutdownThread() }
            try decode()
        }
        if let writer {
            group.start("webp") { [queue] () throws(Failure) in
                defer { Runtime.shutdownThread() }
                try writer.write { queue.take() }
            }
        }
        do throws(Failure) {
            try group.wait(interrupt)
        } catch {
            guard let end = findings.withLock({ $0.endsEarly }) else { throw error }
            try scratch.remove(AnimatedVideoWriter.workingName(plan.video))
            if let webp = plan.webp { try scratch.remove(AnimatedWebPWriter.workingName(webp)) }
            return .endsEarly(after: end.after, end.failure)
        }
        return .made(try collect())
    }

    private var writer: AnimatedWebPWriter? {
        plan.webp.map {
            AnimatedWebPWriter(
                plan: $0, size: plan.size, plays: plan.plays, delays: delays,
                attribution: attribution, scratch: scratch)
        }
    }

    /// Decodes everything, encodes the MP4, and hands the pictures on.
    private func decode() throws(Failure) {
        let video = try AnimatedVideoWriter(
            plan.video, credit: attribution.asCredit, scratch: scratch, interrupt: interrupt)
        let fitter = FrameFitter(plan)
        let frames = try AnimationReader.open(
            plan.reader, descriptor: descriptor, interrupt: interrupt)
        var last: PackedFrame?
        for (index, delay) in delays.enumerated() {
            let picture = try fitter.fit(try next(of: frames, index))
            let isNew = last.map { $0.pixels != picture.pixels } ?? true
            findings.withLock { findings in
                if isNew { findings.distinctFrames += 1 }
                if !findings.isTransparent { findings.isTransparent = picture.isTransparent }
            }
            last = picture
            try video.write(picture, delay: delay)
            if plan.webp != nil, !queue.put(picture) { return }
            events(
                .progress(
                    stage: "animation",
                    fraction: Double(index + 1) / Double(delays.count) * Self.encodingShare))
        }
        queue.finish()
        let (byteCount, description) = try video.finish()
        findings.withLock { $0.video = File(byteCount: byteCount, description: description) }
    }

    private func next(
        of frames: any AnimationFrames, _ index: Int
    ) throws(Failure) -> PackedFrame {
        if interrupt.isRaised { throw .interrupted(while: "encoding the animation") }
        let failure: Failure
        do throws(Failure) {
            if let picture = try frames.next() { return picture }
            failure = AnimationReader.damaged("it has \(index) frames only")
        } catch {
            failure = error
        }
        if failure.kind == .invalidMedia {
            findings.withLock { $0.endsEarly = (index, failure) }
        }
        throw failure
    }

    private func collect() throws(Failure) -> Made {
        let (video, isTransparent, distinct) = findings.withLock {
            ($0.video, $0.isTransparent, $0.distinctFrames)
        }
        guard let video else {
            throw .internalError(code: "animation", "the animation was given up without a reason")
        }
        var made = Made(video: video, webp: nil, isTransparent: isTransparent)
        if let writer {
            let description = try writer.verify(distinctFrames: distinct)
            let file = try scratch.measure(AnimatedWebPWriter.workingName(writer.plan))
            made.webp = File(byteCount: file.byteCount, description: description)
        }
        return made
    }
}

extension Attribution {
    /// For formats that keep no more.
    fileprivate var asCredit: Credit? {
        let credit = Credit(creator: creator, copyright: copyright, license: license)
        return credit == Credit() ? nil : credit
    }
}
