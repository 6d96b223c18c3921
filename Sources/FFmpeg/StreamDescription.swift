import CFFmpeg

/// What a container says about one stream, as a value. Wraps AVStream.
/// <https://ffmpeg.org/doxygen/5.1/structAVStream.html>
package struct StreamDescription: Sendable {
    /// Its position among the streams; packets name it.
    package let index: Int
    /// The container's own number for it (MP4: the track id).
    package let id: Int
    /// What the codec must know, and everything about its format.
    package let parameters: CodecParameters
    /// Seconds per unit of the stream's timestamps.
    package let timeBase: Rational
    /// The first timestamp in ``timeBase`` units; nil when unknown.
    package let startTime: Int64?
    /// The length in ``timeBase`` units; nil when unknown.
    package let duration: Int64?
    /// How many frames the container says there are; nil when it does not.
    package let frameCount: Int?
    /// Frames over time on average; nil when unknown.
    package let averageFrameRate: Rational?
    /// The lowest rate with which all timestamps can be represented: a guess, not a cadence.
    package let realFrameRate: Rational?
    /// The shape of a pixel, container before codec. Wraps av_guess_sample_aspect_ratio.
    package let sampleAspectRatio: Rational?
    /// What it is for.
    package let disposition: Disposition
    /// Its tags: "language", "title", "rotate", …
    package let metadata: [String: String]
    /// The transformation to upright; nil without.
    package let displayMatrix: DisplayMatrix?
    /// The display it was graded on; nil without.
    package let masteringDisplay: MasteringDisplay?
    /// How bright the content gets; nil without.
    package let contentLight: ContentLight?
    /// Its Dolby Vision configuration; nil without.
    package let dolbyVision: DolbyVision?

    /// What the stream carries.
    package var mediaType: MediaType { parameters.mediaType }
    /// The codec's name: "h264", "aac".
    package var codecName: String { parameters.codecName }

    init(
        _ stream: UnsafeMutablePointer<AVStream>, of context: UnsafeMutablePointer<AVFormatContext>
    ) throws(FFmpegError) {
        let raw = unsafe stream.pointee
        index = Int(unsafe raw.index)
        id = Int(unsafe raw.id)
        parameters = try unsafe CodecParameters(copying: raw.codecpar)
        timeBase = unsafe Rational(raw.time_base)
        startTime = unsafe raw.start_time.timestamp
        duration = unsafe raw.duration.timestamp.flatMap { $0 > 0 ? $0 : nil }
        frameCount = unsafe raw.nb_frames > 0 ? Int(raw.nb_frames) : nil
        averageFrameRate = unsafe Rational(known: raw.avg_frame_rate)
        realFrameRate = unsafe Rational(known: raw.r_frame_rate)
        sampleAspectRatio = unsafe Rational(
            known: av_guess_sample_aspect_ratio(context, stream, nil))
        disposition = unsafe Disposition(rawValue: raw.disposition)
        metadata = unsafe FFmpeg.metadata(raw.metadata)

        var size = 0
        let matrix = unsafe cffmpeg_stream_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size)
        displayMatrix = unsafe DisplayMatrix(bytes: matrix, size: size)
        masteringDisplay = unsafe MasteringDisplay(
            sideData(stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA))
        contentLight = unsafe ContentLight(sideData(stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL))
        dolbyVision = unsafe DolbyVision(sideData(stream, AV_PKT_DATA_DOVI_CONF))
    }

    /// What a stream is for. Wraps AV_DISPOSITION_*.
    package struct Disposition: OptionSet, Hashable, Sendable {
        package let rawValue: Int32

        package init(rawValue: Int32) { self.rawValue = rawValue }

        /// To be chosen when nobody chose.
        package static let `default` = Disposition(rawValue: 1 << 0)
        /// Dubbed.
        package static let dub = Disposition(rawValue: 1 << 1)
        /// In the original language.
        package static let original = Disposition(rawValue: 1 << 2)
        /// A commentary.
        package static let comment = Disposition(rawValue: 1 << 3)
        /// Shown even if the viewer did not ask.
        package static let forced = Disposition(rawValue: 1 << 6)
        /// For the hard of hearing.
        package static let hearingImpaired = Disposition(rawValue: 1 << 7)
        /// For the blind: described.
        package static let visualImpaired = Disposition(rawValue: 1 << 8)
        /// A picture in the file (cover art), one packet, not a video.
        package static let attachedPicture = Disposition(rawValue: 1 << 10)
        /// Sparse pictures along the file (chapter thumbnails).
        package static let timedThumbnails = Disposition(rawValue: 1 << 11)
        /// A still image in a video stream.
        package static let stillImage = Disposition(rawValue: 1 << 20)
    }
}

/// A stream's side data as the struct it is; nil when absent or too short.
private func sideData<Value>(
    _ stream: UnsafePointer<AVStream>, _ type: AVPacketSideDataType
) -> UnsafePointer<Value>? {
    var size = 0
    guard let data = unsafe cffmpeg_stream_side_data(stream, type, &size),
        size >= MemoryLayout<Value>.size
    else { return nil }
    return unsafe UnsafeRawPointer(data).assumingMemoryBound(to: Value.self)
}
