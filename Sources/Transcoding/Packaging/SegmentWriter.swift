package import FFmpeg
import Foundation
package import MediaModel
package import Planning

/// Writes one track as CMAF segments into scratch: `init.mp4`, `segment-00001.m4s` …
///
/// Presented time 0 is the item's origin. What an encoder needs before it (the reordering delay of
/// B-frames, the priming of AAC) is taken off by an edit list in the header: browsers, AVFoundation
/// and FFmpeg agree on that, while they disagree on negative composition offsets. Memory: one
/// segment. To be used by one thread at a time.
package final class SegmentWriter: @unchecked Sendable {
    /// What is written, decided.
    package struct Track: Sendable {
        /// Its name becomes the directory's stem.
        package var output: PlannedOutput
        /// From the encoder, headers included (`globalHeader`).
        package var parameters: CodecParameters
        /// The packets' base; its denominator becomes the track's timescale.
        package var timeBase: Rational
        /// For playlists; nil for audio.
        package var frameRate: Ratio?
        /// RFC 5646, for playlists; nil = not said.
        package var language: String?
        /// How listeners know it; nil for pictures.
        package var label: TrackLabel?

        package init(
            output: PlannedOutput, parameters: CodecParameters, timeBase: Rational,
            frameRate: Ratio? = nil, language: String? = nil, label: TrackLabel? = nil
        ) {
            self.output = output
            self.parameters = parameters
            self.timeBase = timeBase
            self.frameRate = frameRate
            self.language = language
            self.label = label
        }
    }

    static let initializationName = "init.mp4"
    static let playlistName = "media.m3u8"
    static let keyFramePlaylistName = "iframes.m3u8"

    private let track: Track
    private let scratch: ScratchDirectory
    private let working: String
    /// One tick of the bookkeeping: 1/timescale second.
    private let base: Rational
    private let sink = FragmentSink()
    private var muxer: Muxer
    /// The newest packet, kept back until the next one tells how long it lasts.
    private var pending: Packet?
    private var first: (pts: Int64, dts: Int64)?
    private var hasHeader = false
    /// Latest presented moment so far, in ticks.
    private var end: Int64 = .min
    private var lastStep: Int64 = 1
    private var open: SegmentedTrack.Segment?
    /// The last presented moment at which a packet begins, in ticks.
    private var latest = Int64.min
    /// Of the open segment: what the muxer gave so far, and the packets handed to it.
    private var fragments: [UInt8] = []
    private var submittedCount = 0
    private var hasInitialization = false
    private var segments: [SegmentedTrack.Segment] = []

    /// Bytes handed to scratch so far.
    package private(set) var byteCount: Int64 = 0
    /// Segments complete in scratch.
    package var segmentCount: Int { segments.count }

    /// Makes the working directory and prepares the muxer.
    package init(_ track: Track, scratch: ScratchDirectory) throws(Failure) {
        self.track = track
        self.scratch = scratch
        working = "\(track.output.name).working"
        base = Rational(1, track.timeBase.den)
        let sink = self.sink
        do {
            muxer = try Muxer(format: "mp4", displayName: track.output.name) { sink.append($0) }
            try muxer.addStream(
                track.parameters, timeBase: base,
                frameRate: track.frameRate.map {
                    Rational(Int32($0.numerator), Int32($0.denominator))
                },
                // `hev1`, FFmpeg's choice, allows parameter sets in the stream: Apple refuses it.
                tag: track.parameters.codecName == "hevc" ? "hvc1" : nil,
                metadata: Self.tags(language: track.language))
            muxer.setBitExact()
        } catch {
            throw Failure(error, while: "preparing \(track.output.name)")
        }
        try scratch.makeDirectory(working)
    }

    /// Takes the next packet in decoding order.
    ///
    /// - Parameter startsSegment: a new segment begins with this packet; the first always does.
    package func write(_ packet: Packet, startsSegment: Bool) throws(Failure) {
        let packet = try copy(packet)
        guard let pts = packet.pts, let dts = packet.dts else {
            throw .internalError(code: "media", "\(track.output.name): a packet without timestamps")
        }
        if let pending, let before = pending.dts {
            lastStep = dts - before
            try submit(pending, duration: lastStep)
        }
        if first == nil { first = (pts, dts) }
        latest = max(latest, pts)
        if startsSegment || open == nil {
            let start = max(0, pts)
            try closeSegment(at: start)
            let name = "segment-\(Self.digits(segments.count + 1)).m4s"
            open = SegmentedTrack.Segment(
                file: ArtifactFile(path: name, byteCount: 0, sha256: ""), start: start, duration: 0,
                packetCount: 0)
        }
        open?.packetCount += 1
        if let duration = packet.duration { end = max(end, pts + duration) }
        pending = packet
    }

    /// Closes the last segment, writes the media playlist, gives the directory its final name.
    ///
    /// - Parameter endSeconds: where the presentation ends, from the item's origin; nil = where the
    ///   last packet's stated duration ends.
    package func finish(endSeconds: Double? = nil) throws(Failure) -> SegmentedTrack {
        guard let last = pending, let first, let pts = last.pts, let dts = last.dts else {
            throw .internalError(code: "emptyTrack", "\(track.output.name) got no packets")
        }
        pending = nil
        if let endSeconds {
            end = Int64((endSeconds * Double(base.den)).rounded())
        } else if end == .min || end <= pts {
            end = max(end, pts + max(1, lastStep))
        }
        // Decoding durations add up to the presented length: the last one takes what is left.
        let rest = (end - first.pts) - (dts - first.dts)
        try submit(last, duration: max(1, rest))
        try closeSegment(at: max(end, (open?.start ?? 0) + 1))
        return try adopt()
    }

    private func submit(_ packet: Packet, duration: Int64) throws(Failure) {
        packet.duration = duration
        do {
            if !hasHeader, let first {
                try muxer.writeHeader(options: Self.options(firstPresented: first.pts))
                hasHeader = true
            }
            try muxer.writeUninterleaved(packet, stream: 0)
        } catch {
            throw Failure(error, while: "writing \(track.output.name)")
        }
        submittedCount += 1
        // The key frame gets a fragment of its own: those bytes alone are what an I-frame playlist
        // refers to, complete boxes that any reader can take for a whole segment.
        if isVideo, submittedCount == 1 {
            try collect()
            open?.keyFrameByteCount = Int64(fragments.count)
        }
    }

    private var isVideo: Bool { track.parameters.mediaType == .video }

    /// What the track's header says about itself.
    private static func tags(language: String?) -> [String: String] {
        language.map { ["language": LanguageTag.threeLetters($0)] } ?? [:]
    }

    private static func options(firstPresented: Int64) -> [String: String] {
        var flags = "frag_custom+empty_moov+delay_moov+default_base_moof"
        var options = ["use_editlist": "1"]
        if FFmpegLibrary.keepsEditListsInCMAF {
            flags += "+cmaf"
        } else {
            options["brand"] = "cmfc"
        }
        // Late first pictures: tells the muxer to begin the decoding time at the presented time
        // instead of 0. Priming (a negative start) is left to the edit list.
        if firstPresented > 0 { flags += "+frag_discont" }
        options["movflags"] = flags
        return options
    }

    private func closeSegment(at end: Int64) throws(Failure) {
        guard var segment = open else { return }
        try collect()
        try store(fragments, as: segment.file.path)
        fragments = []
        submittedCount = 0
        segment.duration = max(0, end - segment.start)
        segments.append(segment)
        open = nil
    }

    /// Ends the fragment under way and takes its bytes.
    private func collect() throws(Failure) {
        try flush()
        guard !hasInitialization else {
            fragments += sink.take()
            return
        }
        // With delay_moov the header comes with the first fragment, or alone at the first flush:
        // only then does the muxer know where the track starts.
        var (header, fragment) = Self.split(sink.take())
        if fragment.isEmpty {
            try flush()
            (header, fragment) = Self.split(header + sink.take())
        }
        try store(Array(header), as: Self.initializationName)
        hasInitialization = true
        fragments += fragment
    }

    private func flush() throws(Failure) {
        do {
            try muxer.flushFragment()
        } catch {
            throw Failure(error, while: "writing \(track.output.name)")
        }
    }

    /// The header (`ftyp`, `moov`) and what follows it. Boxes of ISO/IEC 14496-12, 4.2: 32 bits of
    /// size, four characters of type.
    private static func split(_ bytes: [UInt8]) -> (
        header: ArraySlice<UInt8>, rest: ArraySlice<UInt8>
    ) {
        var offset = 0
        while offset + 8 <= bytes.count {
            let type = String(decoding: bytes[(offset + 4)..<(offset + 8)], as: UTF8.self)
            guard type == "ftyp" || type == "moov" else { break }
            let size = bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard size >= 8, offset + size <= bytes.count else { break }
            offset += size
        }
        return (bytes[..<offset], bytes[offset...])
    }

    private func store(_ bytes: [UInt8], as name: String) throws(Failure) {
        try scratch.write(Data(bytes), to: "\(working)/\(name)")
        byteCount += Int64(bytes.count)
    }

    private func copy(_ packet: Packet) throws(Failure) -> Packet {
        do {
            let copy = try packet.ref()
            copy.rescale(to: base)
            return copy
        } catch {
            throw Failure(error, while: "writing \(track.output.name)")
        }
    }

    private func adopt() throws(Failure) -> SegmentedTrack {
        let parameters = track.parameters
        var result = SegmentedTrack(
            output: track.output,
            content: isVideo
                ? .video(
                    size: PixelSize(width: parameters.width, height: parameters.height),
                    frameRate: track.frameRate)
                : .audio(
                    sampleRate: parameters.sampleRate,
                    channels: parameters.channelLayout?.channelCount ?? 0,
                    language: track.language),
            codecs: parameters.codecString ?? parameters.codecName, timescale: base.den,
            directory: "", playlist: ArtifactFile(path: "", byteCount: 0, sha256: ""),
            initialization: ArtifactFile(path: "", byteCount: 0, sha256: ""), segments: segments,
            label: track.label)
        let playlist = HLSWriter.media(result, initialization: Self.initializationName)
        try scratch.write(Data(playlist.utf8), to: "\(working)/\(Self.playlistName)")
        var names = [Self.playlistName, Self.initializationName] + segments.map(\.file.path)
        if isVideo {
            let keys = HLSWriter.keyFrames(result, initialization: Self.initializationName)
            try scratch.write(Data(keys.utf8), to: "\(working)/\(Self.keyFramePlaylistName)")
            names.append(Self.keyFramePlaylistName)
        }
        let files = try scratch.adoptDirectory(working, stem: track.output.name, files: names)
        result.priming = max(0, -(first?.pts ?? 0))
        if isVideo { result.lastPictureDuration = max(0, end - latest) }
        result.playlist = files[0]
        result.initialization = files[1]
        result.directory = files[0].path.split(separator: "/").first.map(String.init) ?? ""
        for index in result.segments.indices { result.segments[index].file = files[index + 2] }
        if isVideo { result.keyFramePlaylist = files.last }
        return result
    }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}

/// Collects what the muxer writes until somebody takes it.
private final class FragmentSink {
    private var bytes: [UInt8] = []

    func append(_ more: [UInt8]) { bytes += more }

    func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
