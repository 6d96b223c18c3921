import FFmpeg
import MediaModel
import Planning

/// Runs decoded frames through their `PictureFilter`, with a new graph whenever they change.
///
/// To be used by one thread at a time.
final class PictureNormaliser {
    private let filter: PictureFilter
    private let sourceColor: ColorDescription
    private let threads: Int
    /// Stated only where a filter counts by it.
    private let rate: Rational?
    private var planned: PictureFilter.Input?
    private var current: PictureFilter.Input?
    private var graph: GraphBox?
    /// Where pulldown is taken out: the first frame that went into the graph, and how much later the first
    /// one came out; each in seconds.
    private var entered: Double?
    private var delay: Double?

    /// - Parameter output: size of the top rung.
    /// - Parameter rate: of the decoded frames.
    init(
        _ plan: PicturePlan, output: PixelSize, rate: Ratio, keepsAlpha: Bool = false, threads: Int
    ) {
        self.rate =
            plan.fields == .inverseTelecine
            ? Rational(Int32(clamping: rate.numerator), Int32(clamping: rate.denominator)) : nil
        filter = PictureFilter(plan: plan, output: output, keepsAlpha: keepsAlpha)
        let color = plan.color
        sourceColor = ColorDescription(
            primaries: color.primaries, transfer: color.transfer, matrix: color.matrix,
            range: color.fullRange == true ? "pc" : "tv", chromaLocation: nil)
        self.threads = threads
    }

    /// Takes a frame that nobody else holds.
    /// - Returns: what is ready, in order; none while a deinterlacer waits for the next one.
    func push(_ frame: Frame) throws(Failure) -> [Frame] {
        guard let format = frame.pixelFormat else { return [] }
        do throws(FFmpegError) {
            let aspect = frame.sampleAspectRatio?.doubleValue ?? 1
            let input = PictureFilter.Input(
                size: PixelSize(width: frame.width, height: frame.height),
                sampleAspect: aspect > 0 && aspect.isFinite ? aspect : 1, format: format)
            // The decoder repeats what the bitstream says; the plan has filled its gaps.
            var color = sourceColor
            color.chromaLocation = frame.color.chromaLocation
            frame.color = color
            frame.removeDisplaySideData()
            var ready: [Frame] = []
            if input != current {
                ready += try drain()
                if planned == nil { planned = input }
                current = input
                entered = filter.plan.fields == .inverseTelecine ? Self.seconds(frame) : nil
                delay = nil
                graph = try filter.description(for: input, matching: planned ?? input).map {
                    text throws(FFmpegError) in
                    guard let source = FilterGraph.Source(like: frame, frameRate: rate) else {
                        throw FFmpegError(.bug, operation: "avfilter_graph_config", path: text)
                    }
                    return GraphBox(
                        try FilterGraph(
                            text, sources: [source],
                            sinks: [.video(pixelFormats: [filter.pixelFormat])], threads: threads))
                }
            }
            guard let graph else { return ready + [finished(frame)] }
            try graph.value.push(frame)
            return ready + (try pull(graph))
        } catch {
            throw Failure(error, while: "preparing the picture")
        }
    }

    /// What a deinterlacer still holds.
    func finish() throws(Failure) -> [Frame] {
        do throws(FFmpegError) {
            return try drain()
        } catch {
            throw Failure(error, while: "preparing the picture")
        }
    }

    private func drain() throws(FFmpegError) -> [Frame] {
        guard let graph else { return [] }
        self.graph = nil
        try graph.value.push(nil)
        return try pull(graph)
    }

    private func pull(_ graph: GraphBox) throws(FFmpegError) -> [Frame] {
        var frames: [Frame] = []
        while case .frame(let frame) = try graph.value.pull() {
            undelay(frame)
            frames.append(finished(frame))
        }
        return frames
    }

    /// FFmpeg's decimate counts from the first frame that it keeps: when it drops the first one of all, everything
    /// comes later by that.
    private func undelay(_ frame: Frame) {
        guard let entered, let seconds = Self.seconds(frame), let pts = frame.pts else { return }
        let delay = delay ?? seconds - entered
        self.delay = delay
        guard delay > 0, delay < Self.longestDelay else { return }
        frame.pts = pts - Int64((delay / frame.timeBase.doubleValue).rounded())
    }

    /// A cycle of five frames, and some.
    private static let longestDelay = 0.25

    private static func seconds(_ frame: Frame) -> Double? {
        frame.pts.map { Double($0) * frame.timeBase.doubleValue }
    }

    private func finished(_ frame: Frame) -> Frame {
        frame.color = .bt709
        frame.sampleAspectRatio = Rational(1, 1)
        frame.markProgressive()
        frame.clearPictureType()
        return frame
    }
}

/// A graph where a class can keep it.
final class GraphBox {
    var value: FilterGraph
    init(_ value: consuming FilterGraph) { self.value = value }
}
