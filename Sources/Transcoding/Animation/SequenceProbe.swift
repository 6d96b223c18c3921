import FFmpeg
import MediaModel
import Planning
import Vips

/// What an AVIF or HEIF file is that says to be a sequence of pictures.
enum SequenceProbe {
    private static let demuxer = "mov"

    /// - Returns: nil when it holds no track of several pictures: then it is a still.
    static func probe(
        descriptor: Int32, format: FormatSniffer.Format, byteCount: Int64, limits: Limits,
        head: FileHead
    ) throws(Failure) -> MediaInfo? {
        let interrupt = Interrupt(deadline: .now + .seconds(limits.probeSeconds))
        let tracks: TrackFrames.Tracks
        do throws(FFmpegError) {
            tracks = try TrackFrames.tracks(descriptor, demuxer, interrupt)
        } catch {
            if error.code == .interrupted { throw TrackFrames.failure(error) }
            // Whatever it says, it is read as the still that it is too.
            return nil
        }
        guard let announced = tracks.frameCount, announced > 1 else { return nil }
        try StillProbe.check(tracks.size, limits)
        try limits.checkAnimation(frames: announced, size: tracks.size)
        let delays: [Int]
        do throws(FFmpegError) {
            delays = try TrackFrames.delays(
                descriptor, demuxer, track: tracks.colour, interrupt)
        } catch {
            throw TrackFrames.failure(error)
        }
        guard delays.count > 1 else { return nil }
        let motion = try AnimationProbe(descriptor: descriptor, interrupt: interrupt).examine(
            .track(demuxer: demuxer), plays: SequenceLoop(head).plays)
        let info = ImageInfo(
            loader: demuxer, codedSize: tracks.size, bands: tracks.alpha == nil ? 3 : 4,
            bitDepth: tracks.bitDepth, hasAlpha: tracks.alpha != nil, pageCount: delays.count,
            isAnimated: true, animation: motion)
        // The file's still, if libvips can open it, has the metadata.
        let still = try? StillSource.openHeader(descriptor, format: format)
        return MediaInfo(
            kind: .animation, format: format.name, mediaType: format.mediaType,
            byteCount: byteCount,
            durationSeconds: StillProbe.seconds(delays),
            image: info, tags: still.map { Attribution(of: $0).tags } ?? [:])
    }
}
