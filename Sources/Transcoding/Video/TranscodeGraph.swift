import FFmpeg
import Foundation
import MediaModel
import Planning

/// The threads and queues of one film: demux → decode → normalise → scale in cascade → one thread
/// per encoder, with poster, storyboard and sound on the way.
///
/// Every queue is bounded by what its frames weigh. The first failure of any thread ends all.
final class TranscodeGraph: @unchecked Sendable {
    /// What came out of the threads.
    struct Results: Sendable {
        /// By position in the plan's `everyRung`.
        var tracks: [Int: SegmentedTrack] = [:]
        /// By position among the plan's sounds; missing when nothing of one could be decoded.
        var audio: [Int: AudioResult] = [:]
        var warnings: [MediaWarning] = []
        /// Start of the first frame, in seconds from the origin.
        var startSeconds = 0.0
        /// End of the last frame, in seconds from the origin.
        var endSeconds = 0.0
        /// Where the upload's own last picture ends, before it is held any longer.
        var ownEndSeconds = 0.0
        /// Frames handed to the encoders.
        var frameCount = 0
    }

    private let plan: VideoPlan
    private let needs: FrameNeeds
    private let credit: Credit?
    private let scratch: ScratchDirectory
    private let stills: StillWriter
    private let meter: ProgressMeter
    private let events: TranscodingEvents
    private let interrupt: Interrupt
    private let group = WorkGroup()
    private let lock = NSLock()
    private var results = Results()

    /// Bytes that frames waiting in one queue may hold.
    private static let queueBytes = 64 << 20
    /// As many as keep two cores busy; more gained nothing.
    private static let queueFrames = 4...32
    /// Coded pictures may be megabytes each (ProRes), so few; sound is small.
    private static let videoPackets = 16
    private static let audioPackets = 256

    init(
        plan: VideoPlan, needs: FrameNeeds, credit: Credit?, scratch: ScratchDirectory,
        meter: ProgressMeter, events: @escaping TranscodingEvents, interrupt: Interrupt
    ) {
        self.plan = plan
        self.needs = needs
        self.credit = credit
        self.meter = meter
        self.scratch = scratch
        // Its progress is that of a still; a film has its own.
        stills = StillWriter(scratch: scratch, credit: credit) { event in
            if case .progress = event { return }
            events(event)
        }
        self.events = events
        self.interrupt = interrupt
    }

    /// Runs to the end.
    /// - Parameters:
    ///   - audio: the sounds that are decoded, by position among the plan's.
    ///   - continuous: streams that play all the time, decoded or not: clocks are joined by them.
    ///   - captions: see their packets while the file is read; to be finished by the caller.
    func run(
        _ input: DemuxerBox, audio: [Int: AudioPipeline], continuous: Set<Int>,
        captions: [CaptionReader] = []
    ) throws(Failure) -> Results {
        guard needs.any || !audio.isEmpty || !captions.isEmpty else { return results }
        var packets: [Int: BoundedQueue<Packet>] = [:]
        for pipeline in audio.values {
            packets[pipeline.streamIndex] = queue(of: Packet.self, capacity: Self.audioPackets)
        }
        var startPicture: () -> Void = {}
        if needs.any {
            let videoPackets = queue(of: Packet.self, capacity: Self.videoPackets)
            packets[plan.streamIndex] = videoPackets
            startPicture = try preparePicture(input, from: videoPackets)
        }
        startDemuxer(input, into: packets, continuous, captions)
        for (position, pipeline) in audio {
            guard let packets = packets[pipeline.streamIndex] else { continue }
            startAudio(pipeline, position, packets)
        }
        startPicture()
        try group.wait(interrupt)
        return results
    }

    /// Opens everything that is made of the frames, so that what can be refused is refused before
    /// the first thread starts.
    /// - Returns: what starts the threads.
    private func preparePicture(
        _ input: DemuxerBox, from videoPackets: BoundedQueue<Packet>
    ) throws(Failure) -> () -> Void {
        let threads = plan.rungs[0].threads
        let source = try FrameSource(
            plan, stream: input.value.streams[plan.streamIndex], threads: threads)
        let decoded = frameQueue(Frame.self, plan.picture.codedSize)
        let normaliser = PictureNormaliser(
            plan.picture, output: plan.rungs[0].size, rate: plan.sourceFrameRate,
            threads: threads)
        let storyboard =
            needs.storyboard
            ? StoryboardBuilder(
                plan.storyboard, durationSeconds: plan.durationSeconds, stills: stills,
                scratch: scratch) : nil
        let hover = try prepareHover()
        let alpha = try prepareAlpha()
        var encoders: [Int: (encoder: RungEncoder, frames: BoundedQueue<TimedFrame>)] = [:]
        for (position, rung) in plan.everyRung.enumerated() where needs.rungs.contains(position) {
            encoders[position] = (
                try RungEncoder(rung, plan: plan, scratch: scratch),
                frameQueue(TimedFrame.self, rung.size)
            )
        }
        // What the next rung is scaled from has this rung's size.
        let scaled = plan.rungs.indices.map { frameQueue(TimedFrame.self, plan.rungs[$0].size) }
        let smallest = needs.smallestRung
        // Who gets a rung's frames: its own encoder, those of the same size in other codecs, and
        // what is made smaller from them.
        let readers = plan.rungs.indices.map { position in
            let others = plan.alternatives.indices.filter {
                plan.alternatives[$0].position == position
            }
            let isRead =
                position < smallest
                || (position == smallest && (storyboard != nil || hover != nil))
            return ([position] + others.map { plan.rungs.count + $0 })
                .compactMap { encoders[$0]?.frames } + (isRead ? [scaled[position]] : [])
        }
        return { [self] in
            startDecoder(source, from: videoPackets, to: decoded, andTo: alpha?.frames)
            if let alpha { startAlpha(alpha.encoder, from: alpha.frames) }
            startNormaliser(normaliser, source, from: decoded, to: readers[0])
            for position in plan.rungs.indices.dropFirst() where position <= smallest {
                startScaler(
                    to: plan.rungs[position].size, from: scaled[position - 1],
                    into: readers[position])
            }
            if storyboard != nil || hover != nil {
                startSmallPictures(storyboard, hover, from: scaled[smallest])
            }
            let first = encoders.keys.min()
            for (position, (encoder, frames)) in encoders {
                startEncoder(
                    encoder, position, from: frames, meter: position == first ? meter : nil)
            }
        }
    }

    private func prepareHover() throws(Failure) -> HoverBuilder? {
        guard needs.hover, let hover = plan.hover else { return nil }
        return try HoverBuilder(
            hover, film: plan, from: plan.rungs[plan.rungs.count - 1].size, credit: credit,
            scratch: scratch, interrupt: interrupt)
    }

    private func prepareAlpha() throws(Failure) -> (
        encoder: AlphaEncoder, frames: BoundedQueue<Frame>
    )? {
        guard needs.alpha, let alpha = plan.alpha else { return nil }
        return (
            try AlphaEncoder(
                alpha, film: plan, credit: credit, scratch: scratch, interrupt: interrupt),
            frameQueue(Frame.self, plan.picture.codedSize)
        )
    }

    // MARK: The threads

    /// Every stream has a thread of its own behind its queue, so that a full one is always emptied.
    ///
    /// Subtitles are read here: a few lines a minute are not worth a thread.
    private func startDemuxer(
        _ input: DemuxerBox, into queues: [Int: BoundedQueue<Packet>], _ continuous: Set<Int>,
        _ captions: [CaptionReader]
    ) {
        let box = Handover(input)
        let readers = Dictionary(
            captions.map { ($0.streamIndex, $0) }, uniquingKeysWith: { first, _ in first })
        group.start("demux") { () throws(Failure) in
            let input = box.value
            var clock = ClockRepair(formatName: input.value.formatName)
            var memory = MemoryTrimmer()
            for stream in input.value.streams
            where queues[stream.index] == nil && readers[stream.index] == nil
                && !continuous.contains(stream.index)
            {
                input.value.discard(.all, stream: stream.index)
            }
            reading: while true {
                memory.tick()
                do throws(FFmpegError) {
                    guard case .packet(let packet) = try input.value.read() else { break reading }
                    let queue = queues[packet.streamIndex]
                    clock.apply(
                        to: packet, isContinuous: continuous.contains(packet.streamIndex))
                    guard let queue else {
                        readers[packet.streamIndex]?.consume(packet)
                        continue
                    }
                    guard queue.put(packet) else { return }
                } catch {
                    if error.code == .interrupted || error.code == .inputOutput {
                        throw Failure(error, while: "reading the upload")
                    }
                    // The probe met the same end and has warned of it.
                    break reading
                }
            }
            for queue in queues.values { queue.finish() }
        }
    }

    private func startAudio(
        _ pipeline: AudioPipeline, _ position: Int, _ packets: BoundedQueue<Packet>
    ) {
        let box = Handover(pipeline)
        group.start("audio \(position + 1)") { [self] () throws(Failure) in
            do throws(Failure) {
                while let packet = packets.take() { try box.value.consume(packet) }
                guard !packets.wasCancelled else { return }
                let result = try box.value.finish()
                change { $0.audio[position] = result }
            } catch {
                // A film whose sound is damaged all through is still a film.
                guard error.kind == .invalidMedia else { throw error }
                let warning = MediaWarning(
                    code: "audioFailed",
                    message: position == 0
                        ? "The sound could not be decoded (\(error.code)); the film is silent."
                        : "Sound track \(position + 1) could not be decoded (\(error.code)).")
                change { $0.warnings.append(warning) }
                while packets.take() != nil {}
            }
        }
    }

    private func startDecoder(
        _ source: FrameSource, from packets: BoundedQueue<Packet>, to frames: BoundedQueue<Frame>,
        andTo alpha: BoundedQueue<Frame>?
    ) {
        let box = Handover(source)
        group.start("decode") { [self] () throws(Failure) in
            let source = box.value
            func hand(_ decoded: [Frame]) throws(Failure) -> Bool {
                for frame in decoded {
                    // Each gets fields of its own: they are set on the way.
                    if let alpha, !alpha.put(try Self.reference(frame)) { return false }
                    guard frames.put(frame) else { return false }
                }
                return true
            }
            while let packet = packets.take() {
                guard try hand(source.decode(packet)) else { return }
            }
            guard !packets.wasCancelled, try hand(source.decode(nil)) else { return }
            frames.finish()
            alpha?.finish()
            let warnings = DecodingReport.warnings(source, plan)
            change { $0.warnings += warnings }
        }
    }

    private static func reference(_ frame: Frame) throws(Failure) -> Frame {
        do throws(FFmpegError) {
            return try frame.ref()
        } catch {
            throw Failure(error, while: "handing a frame on")
        }
    }

    private func startAlpha(_ encoder: AlphaEncoder, from frames: BoundedQueue<Frame>) {
        let box = Handover(encoder)
        group.start("alpha") { [self] () throws(Failure) in
            while let frame = frames.take() { try box.value.offer(frame) }
            guard !frames.wasCancelled else { return }
            events(.artifact(try box.value.finish()))
        }
    }

    private func startNormaliser(
        _ normaliser: PictureNormaliser, _ source: FrameSource,
        from frames: BoundedQueue<Frame>, to queues: [BoundedQueue<TimedFrame>]
    ) {
        let box = Handover(normaliser)
        let sourceBox = Handover(source)
        group.start("normalise") { [self] () throws(Failure) in
            let poster = needs.poster ? PosterPicker(plan.poster) : nil
            var analyser = FilmAnalyser()
            var spacing = FrameSpacing(plan)
            func emit(_ frame: TimedFrame?) throws(Failure) -> Bool {
                guard let frame else { return true }
                let grid = LumaGrid(frame.frame)
                let base = frame.frame.timeBase.doubleValue
                let seconds = Double(frame.frame.pts ?? 0) * base
                _ = analyser.offer(grid, at: seconds)
                // Where an encoder does, it knows better how far the work is.
                if needs.rungs.isEmpty { meter.encoded(seconds) }
                do throws(FFmpegError) {
                    try poster?.offer(frame.frame, grid)
                } catch {
                    throw Failure(error, while: "choosing the poster")
                }
                return queues.allSatisfy { $0.put(frame) }
            }
            while let frame = frames.take() {
                for ready in try box.value.push(frame) {
                    guard try emit(spacing.next(ready)) else { return }
                }
            }
            guard !frames.wasCancelled else { return }
            for ready in try box.value.finish() {
                guard try emit(spacing.next(ready)) else { return }
            }
            for last in try spacing.last() {
                guard try emit(last) else { return }
            }
            guard spacing.count > 0 else {
                throw DecodingReport.nothing(plan, sourceBox.value.lastError)
            }
            for queue in queues { queue.finish() }
            let (end, count) = (spacing.endSeconds, spacing.count)
            let (start, ownEnd) = (spacing.startSeconds, spacing.ownEndSeconds)
            change {
                $0.startSeconds = start
                $0.endSeconds = end
                $0.ownEndSeconds = ownEnd
                $0.frameCount = count
            }
            report(analyser.finish(at: end))
            // While the encoders are still at work.
            if let poster { try PosterWriter(plan: plan.poster, writer: stills).write(poster) }
        }
    }

    private func report(_ analysis: FilmAnalysis) {
        events(.analysis(analysis))
        let warnings = DecodingReport.warnings(analysis, durationSeconds: plan.durationSeconds)
        change { $0.warnings += warnings }
    }

    private func startScaler(
        to size: PixelSize, from frames: BoundedQueue<TimedFrame>,
        into queues: [BoundedQueue<TimedFrame>]
    ) {
        group.start("scale \(size.height)") { () throws(Failure) in
            let scaler = CascadeScaler(to: size)
            while let frame = frames.take() {
                let smaller = try scaler.scale(frame.frame)
                let timed = TimedFrame(
                    frame: smaller, startsSegment: frame.startsSegment, isHeld: frame.isHeld)
                guard queues.allSatisfy({ $0.put(timed) }) else { return }
            }
            guard !frames.wasCancelled else { return }
            for queue in queues { queue.finish() }
        }
    }

    private func startSmallPictures(
        _ storyboard: StoryboardBuilder?, _ hover: HoverBuilder?,
        from frames: BoundedQueue<TimedFrame>
    ) {
        let box = Handover((storyboard, hover))
        group.start("small pictures") { [self] () throws(Failure) in
            let (storyboard, hover) = box.value
            while let frame = frames.take() {
                try storyboard?.offer(frame.frame)
                try hover?.offer(frame.frame)
            }
            guard !frames.wasCancelled else { return }
            if let storyboard { events(.artifact(try storyboard.finish())) }
            guard let hover else { return }
            if let artifact = try hover.finish() {
                events(.artifact(artifact))
            } else {
                // An ornament: a damaged film without one is still a film.
                change { $0.warnings.append(Self.noHover) }
            }
        }
    }

    private static let noHover = MediaWarning(
        code: "hoverLeftOut",
        message: "There is no hover preview: nothing of its excerpts could be shown, or it would "
            + "be too heavy.")

    private func startEncoder(
        _ encoder: RungEncoder, _ position: Int, from frames: BoundedQueue<TimedFrame>,
        meter: ProgressMeter?
    ) {
        let box = Handover(encoder)
        group.start("encode \(plan.everyRung[position].output.name)") { [self] () throws(Failure) in
            while let frame = frames.take() {
                try box.value.encode(frame)
                meter?.encoded(box.value.encodedSeconds)
            }
            guard !frames.wasCancelled else { return }
            let track = try box.value.finish(interrupt)
            change { $0.tracks[position] = track }
        }
    }

    // MARK: Shared state

    private func change(_ body: (inout Results) -> Void) {
        lock.lock()
        body(&results)
        lock.unlock()
    }

    private func queue<Element>(
        of type: Element.Type, capacity: Int
    ) -> BoundedQueue<Element> {
        let queue = BoundedQueue<Element>(capacity: capacity)
        group.onCancel { queue.cancel() }
        return queue
    }

    private func frameQueue<Element>(
        _ type: Element.Type, _ size: PixelSize
    ) -> BoundedQueue<Element> {
        // 4:2:0 with 8 bits: one and a half bytes per pixel; deeper sources weigh up to four times
        // as much, and there is one queue of them.
        let frames = Self.queueBytes / max(1, size.area * 3 / 2)
        return queue(
            of: type,
            capacity: min(max(frames, Self.queueFrames.lowerBound), Self.queueFrames.upperBound))
    }
}

/// Takes an object to the one thread that will use it from then on.
private struct Handover<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
