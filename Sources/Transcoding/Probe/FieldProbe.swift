import FFmpeg
import MediaModel
import Planning

/// Looks whether frames consist of two fields of different moments.
///
/// Tags cannot be trusted there: editors write interlaced pictures into streams tagged progressive,
/// and films with 3:2 pulldown are tagged interlaced. Only looks where fields are possible, since it
/// costs the decoding of a few dozen frames. Never fails: no evidence is an answer.
struct FieldProbe {
    let descriptor: Int32
    let demuxer: String
    let interrupt: Interrupt

    /// Where to look, and how long.
    private struct Effort {
        /// Shares of the duration.
        var places: [Double]
        var frames: Int
    }

    /// Enough to meet a comb where there are any: most films are what they say.
    private static let glance = Effort(places: [0.2, 0.6], frames: 8)
    /// Five cycles of 3:2 pulldown at each place.
    private static let study = Effort(places: [0.1, 0.5, 0.85], frames: 25)
    /// Packets that may pass without a frame.
    private static let patience = 200

    /// Line counts of interlaced television, with and without the lines that codecs add or leave out.
    private static let interlacedHeights: Set<Int> = [
        480, 486, 512, 576, 608, 1080, 1088,
    ]
    /// Codecs of cameras, discs and editors; those of the web have no fields.
    private static let codecs: Set<String> = [
        "mpeg1video", "mpeg2video", "mpeg4", "h264", "hevc", "prores", "dvvideo", "mjpeg", "dnxhd",
        "rawvideo", "v210", "huffyuv", "ffvhuff", "ffv1", "utvideo", "vc1", "wmv3", "jpeg2000",
        "qtrle", "png",
    ]

    /// Whether fields are possible at all.
    static func isWorthwhile(_ video: VideoStreamInfo) -> Bool {
        guard let rate = video.frameRate?.value, (23...31).contains(rate),
            codecs.contains(video.codec), (video.frameCount ?? 0) > 2
        else { return false }
        return video.fieldOrder.map { $0 != "progressive" } ?? true
            || interlacedHeights.contains(video.codedSize.height)
    }

    /// nil when nothing could be looked at.
    func examine(_ video: VideoStreamInfo) -> FieldCounts? {
        if video.fieldOrder == "progressive" {
            guard let first = examine(video, Self.glance), first.combed > 0 else { return nil }
        }
        return examine(video, Self.study)
    }

    private func examine(_ video: VideoStreamInfo, _ effort: Effort) -> FieldCounts? {
        var counts = FieldCounts()
        do throws(FFmpegError) {
            let input = DemuxerBox(
                try Demuxer(descriptor: descriptor, format: demuxer, interrupt: interrupt))
            guard input.value.streams.indices.contains(video.index) else { return nil }
            for stream in input.value.streams where stream.index != video.index {
                input.value.discard(.all, stream: stream.index)
            }
            let duration = video.endSeconds - video.startSeconds
            let frames = duration * (video.frameRate?.value ?? 25)
            let isShort = frames < 4 * Double(effort.frames)
            for place in isShort ? [0] : effort.places {
                let seconds = video.startSeconds + place * duration
                let base = input.value.streams[video.index].timeBase
                if place > 0 {
                    try input.value.seek(
                        toKeyFrameAtOrBefore: Int64(seconds / base.doubleValue),
                        stream: video.index)
                }
                try look(input, video.index, atMost: effort.frames, &counts)
            }
        } catch {
            // What was seen so far is evidence; the pictures' own damage is met again later.
        }
        return counts.moving > 0 ? counts : nil
    }

    private func look(
        _ input: DemuxerBox, _ index: Int, atMost most: Int, _ counts: inout FieldCounts
    ) throws(FFmpegError) {
        let decoder = DecoderBox(try Decoder(stream: input.value.streams[index]))
        var graph: GraphBox?
        var meter: CombMeter?
        var scaler: Scaler?
        var verdicts: [CombMeter.Verdict] = []
        var last: [String: String] = [:]
        var frames = 0
        func take(_ frame: Frame) throws(FFmpegError) {
            guard !frame.isCorrupt, frames < most else { return }
            if graph == nil, let source = FilterGraph.Source(like: frame) {
                graph = GraphBox(
                    try FilterGraph("[in]idet[out]", sources: [source], sinks: [.video()]))
            }
            frames += 1
            if meter == nil {
                meter = CombMeter(width: frame.width, height: frame.height)
                scaler = Scaler(width: frame.width, height: frame.height, pixelFormat: .gray8)
            }
            if let luma = try scaler?.packedPixels(of: frame), let verdict = meter?.judge(luma) {
                verdicts.append(verdict)
            }
            try graph?.value.push(frame)
            while case .frame(let seen)? = try graph?.value.pull() { last = seen.metadata }
        }
        var packets = 0
        reading: while frames < most, packets < Self.patience {
            guard case .packet(let packet) = try input.value.read() else { break reading }
            guard packet.streamIndex == index else { continue }
            packets += 1
            // Damage after a seek (references that are not there) is expected.
            guard (try? decoder.value.send(packet)) != nil else { continue }
            while case .frame(let frame)? = try? decoder.value.receive() { try take(frame) }
        }
        if let graph {
            try graph.value.push(nil)
            while case .frame(let seen) = try graph.value.pull() { last = seen.metadata }
        }
        func number(_ key: String) -> Int {
            last["lavfi.idet.\(key)"].flatMap(Double.init).map { Int($0) } ?? 0
        }
        counts.topFirst += number("multiple.tff")
        counts.bottomFirst += number("multiple.bff")
        counts.moving += verdicts.filter { $0 != .still }.count
        counts.combed += verdicts.filter { $0 == .combed }.count
        counts.inPulldownCycle += CombMeter.inPulldownCycle(verdicts)
    }
}
