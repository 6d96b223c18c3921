import FFmpeg

/// Times of all packets of one stream that are presented.
struct PacketLog {
    let timeBase: Rational
    /// In hertz; 0 for pictures.
    let sampleRate: Int
    /// In ticks of `timeBase`, in file order.
    private(set) var times: [Int64] = []
    /// In ticks; of the packet with the latest time.
    private(set) var lastDuration: Int64?
    private var latest = Int64.min
    /// All packets, also those that are decoded without being shown.
    private(set) var total = 0
    /// How long all packets last together, in ticks.
    private(set) var totalDuration: Int64 = 0
    private(set) var endsCorrupt = false
    /// Where the encoder's priming ends, in seconds; nil = there is none.
    private(set) var audibleFrom: Double?
    /// Samples to drop at the very end.
    private(set) var skippedEnd = 0
    /// A plane of transparency comes beside the picture.
    private(set) var hasAlphaPlane = false
    private let codec: String
    /// Whether the container's durations leave out what is dropped at the end, too.
    private let isTrimmed: Bool

    /// A film of 6 h at 180 frames per second; beyond that only the end is followed.
    private static let maximumTimes = 4_000_000

    /// - Parameter formatName: libavformat's name of the demuxer.
    init(stream: StreamDescription, formatName: String) {
        isTrimmed = formatName == "ogg"
        timeBase = stream.timeBase
        sampleRate = stream.parameters.sampleRate
        codec = stream.codecName
    }

    mutating func add(_ packet: Packet) {
        total += 1
        totalDuration &+= max(0, packet.duration ?? 0)
        endsCorrupt = packet.isCorrupt
        if sampleRate == 0, !hasAlphaPlane { hasAlphaPlane = packet.hasBlockAdditional }
        guard let time = packet.pts ?? packet.dts else { return }
        if let skipped = packet.skippedSamples {
            // Priming may be longer than one packet: then whole packets are discarded as well.
            if times.isEmpty, skipped.start > 0, sampleRate > 0 {
                audibleFrom =
                    Double(time) * timeBase.doubleValue + Double(skipped.start) / Double(sampleRate)
            }
            skippedEnd = isTrimmed ? 0 : skipped.end
        } else if times.isEmpty, codec == "vorbis", let duration = packet.duration {
            // Vorbis I specification, 4.3.8: the first packet primes the decoder and gives no sound.
            audibleFrom = Double(time + duration) * timeBase.doubleValue
        }
        guard !packet.isDiscarded, HiddenFrame.isShown(packet, codec: codec) else { return }
        if times.count < Self.maximumTimes { times.append(time) }
        if time >= latest {
            latest = time
            lastDuration = packet.duration
        }
    }

    /// The latest time, whether it was stored or not.
    var end: Int64? { times.isEmpty ? nil : latest }
}
