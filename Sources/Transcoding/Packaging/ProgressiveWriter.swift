package import FFmpeg
import Glibc
package import MediaModel
package import Planning

/// Writes finished tracks once more as one file with its index in front, without encoding again.
///
/// The packets are the segments' own; edit lists carry the B-frame delay, the AAC priming and a late
/// start, so that both tracks' presented time 0 stays the item's origin.
package enum ProgressiveWriter {
    /// - Parameters:
    ///   - fileExtension: `mp4` with video, `m4a` without.
    ///   - credit: kept as tags of the file.
    /// - Returns: the adopted file, verified by reading it back.
    package static func write(
        video: SegmentedTrack?, audio: SegmentedTrack?, output: PlannedOutput,
        fileExtension: String = "mp4", credit: Credit? = nil, scratch: ScratchDirectory,
        interrupt: Interrupt
    ) throws(Failure) -> Artifact {
        let working = "\(output.name).working"
        let descriptor = try scratch.create(working)
        defer { close(descriptor) }
        let tracks = [video, audio].compactMap { $0 }
        precondition(!tracks.isEmpty, "a file needs a track")
        var inputs = RemuxInputs(tracks, scratch: scratch, interrupt: interrupt)
        do {
            try remux(
                &inputs, into: descriptor, timescale: tracks[tracks.count - 1].timescale,
                credit: credit, interrupt: interrupt)
        } catch let error as FFmpegError {
            throw Failure(error, while: "writing \(output.name)")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "media", "writing \(output.name): \(error)")
        }
        // The index as it was written, before it is read.
        FFmpegLibrary.trimMemory()
        let findings = try MediaVerifier.inspect(
            descriptor: descriptor, name: output.name, format: "mov", interrupt: interrupt)
        try MediaVerifier.check(findings, against: tracks, name: output.name)
        let file = try scratch.adopt(working, stem: output.name, fileExtension: fileExtension)
        return Artifact(
            description: describe(output, video: video, audio: audio, byteCount: file.byteCount),
            file: file)
    }

    private static func remux(
        _ inputs: inout RemuxInputs, into descriptor: Int32, timescale: Int32, credit: Credit?,
        interrupt: Interrupt
    ) throws {
        var muxer = try Muxer(format: "mp4", descriptor: descriptor, interrupt: interrupt)
        muxer.setBitExact()
        for (key, value) in tags(credit) { muxer.setMetadata(key, value) }
        try inputs.open { (reader: borrowing SegmentReader) throws(FFmpegError) in
            var rate: Rational?
            if case .video(_, let frameRate?) = reader.track.content {
                rate = Rational(Int32(frameRate.numerator), Int32(frameRate.denominator))
            }
            try muxer.addStream(
                reader.stream.parameters, timeBase: Rational(1, reader.track.timescale),
                frameRate: rate, metadata: tags(reader.track.content), disposition: .default)
        }
        // Edit lists count in the movie's timescale. That of the sound makes its end exact to the
        // sample; in the usual milliseconds players cut off up to half of one.
        try muxer.writeHeader(options: [
            "movflags": "faststart", "use_editlist": "1", "movie_timescale": "\(timescale)",
        ])
        while let (packet, stream) = try inputs.next() {
            if interrupt.isRaised {
                throw Failure.interrupted(while: "writing the progressive file")
            }
            try muxer.write(packet, stream: stream)
        }
        try muxer.writeTrailer()
    }

    /// What a track's header says about itself.
    private static func tags(_ content: SegmentedTrack.Content) -> [String: String] {
        guard case .audio(_, _, let language?) = content else { return [:] }
        return ["language": LanguageTag.threeLetters(language)]
    }

    /// MP4 has tags for a creator and a copyright notice; the licence stands beside the latter.
    static func tags(_ credit: Credit?) -> [(String, String)] {
        var tags: [(String, String)] = []
        if let creator = credit?.creator { tags.append(("artist", creator)) }
        let notices = [credit?.copyright, credit?.license].compactMap { $0 }
        if !notices.isEmpty { tags.append(("copyright", notices.joined(separator: "; "))) }
        return tags
    }

    private static func describe(
        _ output: PlannedOutput, video: SegmentedTrack?, audio: SegmentedTrack?, byteCount: Int64
    ) -> DerivativeDescription {
        var description = DerivativeDescription(
            role: output.role, name: output.name,
            mediaType: video == nil ? "audio/mp4" : "video/mp4", key: output.key,
            reason: output.reason)
        let seconds = [video, audio].compactMap { $0?.endSeconds }.max() ?? 0
        description.durationSeconds = seconds
        description.codecs = [video, audio].compactMap { $0?.codecs }.joined(separator: ",")
        if seconds > 0 { description.bitrate = Int((Double(byteCount) * 8 / seconds).rounded()) }
        if case .video(let size, let rate)? = video?.content {
            description.width = size.width
            description.height = size.height
            description.frameRate = rate?.value
        }
        if case .audio(let sampleRate, let channels, let language)? = audio?.content {
            description.sampleRate = sampleRate
            description.channels = channels
            description.language = language
        }
        return description
    }
}
