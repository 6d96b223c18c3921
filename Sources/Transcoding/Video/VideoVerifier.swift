import FFmpeg
import MediaModel
import Planning

/// The publish gate for a film's picture: what was written is read again and compared with the plan.
struct VideoVerifier {
    let plan: VideoPlan
    /// Frames that were handed to every encoder.
    let frameCount: Int
    /// End of the last of them, in seconds from the origin.
    let endSeconds: Double
    let scratch: ScratchDirectory
    let interrupt: Interrupt

    /// Throws an `internalError` with the code `verification` at the first difference.
    ///
    /// - Parameter kept: published tracks of the same film, which the new ones must fit beside.
    func verify(
        _ tracks: [SegmentedTrack], beside kept: [SegmentedTrack] = []
    ) throws(Failure) {
        let rungs = plan.everyRung.filter { !$0.output.isKept }
        guard tracks.count == rungs.count else {
            throw Self.failure("\(tracks.count) of \(rungs.count) rungs were written")
        }
        let pictures = kept.filter { $0.keyFramePlaylist != nil }
        guard let first = pictures.first ?? tracks.first else { return }
        for (rung, track) in zip(rungs, tracks) {
            try verifyRecord(track)
            guard
                zip(track.segments, first.segments).allSatisfy({ $0.start == $1.start }),
                track.segments.count == first.segments.count
            else {
                throw Self.failure(
                    "the segments of \(track.output.name) and \(first.output.name) differ")
            }
            try verifyStream(rung, track)
            try SegmentVerifier.verify(
                track, packetCount: frameCount, scratch: scratch, interrupt: interrupt)
        }
    }

    private func verifyRecord(_ track: SegmentedTrack) throws(Failure) {
        let frame = 1 / max(plan.frameRate.value, 0.001)
        guard track.packetCount == frameCount else {
            throw Self.failure(
                "\(track.output.name) holds \(track.packetCount) frames, \(frameCount) were encoded"
            )
        }
        guard abs(track.endSeconds - endSeconds) <= frame else {
            throw Self.failure(
                "\(track.output.name) ends at \(track.endSeconds) s instead of \(endSeconds) s")
        }
    }

    /// What players will be told by the header, against what was planned.
    private func verifyStream(_ rung: VideoRung, _ track: SegmentedTrack) throws(Failure) {
        let name = track.output.name
        let working = "\(name).verify"
        try scratch.concatenate(
            [track.initialization.path, track.segments[0].file.path], to: working)
        defer { try? scratch.remove(working) }
        let parameters = try streamParameters(working)
        var found: [String] = []
        func expect(_ what: String, _ value: String, _ planned: String) {
            if value != planned { found.append("\(what) is \(value) instead of \(planned)") }
        }
        expect("codec", parameters.codecTag ?? "none", Self.tag(rung))
        expect("size", "\(parameters.width)x\(parameters.height)", "\(rung.size)")
        expect("pixel format", parameters.pixelFormat?.name ?? "none", "yuv420p")
        // The plan's profile is the most a player must know; fast presets use less of it.
        let ascending = ["constrained baseline", "baseline", "main", "high"]
        let profiles = rung.encoder == "libx264" ? ascending : [rung.profile]
        let profile = parameters.profile?.lowercased() ?? "none"
        let isWithin = profiles.firstIndex(of: profile).map {
            $0 <= profiles.firstIndex(of: rung.profile) ?? 0
        }
        if isWithin != true { expect("profile", profile, rung.profile) }
        if let level = rung.level { expect("level", "\(parameters.level ?? 0)", "\(level)") }
        expect("primaries", parameters.color.primaries ?? "none", "bt709")
        expect("transfer", parameters.color.transfer ?? "none", "bt709")
        expect("matrix", parameters.color.matrix ?? "none", "bt709")
        expect("range", parameters.color.range ?? "none", "tv")
        guard found.isEmpty else {
            throw Self.failure("\(name): \(found.joined(separator: ", "))")
        }
    }

    /// The code that tells players the format: HEVC's must promise that all parameter sets are in
    /// the header (`hvc1`), or Apple's players refuse it.
    private static func tag(_ rung: VideoRung) -> String {
        switch rung.encoder {
        case "libx265": "hvc1"
        case "libsvtav1": "av01"
        default: "avc1"
        }
    }

    private func streamParameters(_ path: String) throws(Failure) -> CodecParameters {
        let file = try scratch.open(path)
        do throws(FFmpegError) {
            let demuxer = try Demuxer(
                descriptor: file, ownership: .owned, format: "mov", interrupt: interrupt)
            guard let stream = demuxer.streams.first else {
                throw FFmpegError(.invalidData, operation: "avformat_open_input", path: path)
            }
            return stream.parameters
        } catch {
            if error.code == .interrupted { throw Failure(error, while: "verifying \(path)") }
            throw Self.failure("\(path) cannot be read back: \(error)")
        }
    }

    private static func failure(_ text: String) -> Failure {
        .internalError(code: "verification", text)
    }
}
