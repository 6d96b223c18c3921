import FFmpeg
import MediaModel

/// One or two tracks read side by side, packets in the order of their decoding times.
struct RemuxInputs: ~Copyable {
    private let tracks: [SegmentedTrack]
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    // Readers cannot be stored in an array: they are not copyable.
    private var first: SegmentReader?
    private var second: SegmentReader?
    private var waiting: [Packet?] = [nil, nil]

    init(_ tracks: [SegmentedTrack], scratch: ScratchDirectory, interrupt: Interrupt) {
        precondition((1...2).contains(tracks.count), "one picture track, one sound track")
        self.tracks = tracks
        self.scratch = scratch
        self.interrupt = interrupt
    }

    /// Opens the tracks and shows each to `body`, in order.
    mutating func open(
        _ body: (borrowing SegmentReader) throws -> Void
    ) throws {
        var reader = try SegmentReader(tracks[0], scratch: scratch, interrupt: interrupt)
        try body(reader)
        waiting[0] = try reader.next()?.packet
        first = consume reader
        guard tracks.count == 2 else { return }
        var other = try SegmentReader(tracks[1], scratch: scratch, interrupt: interrupt)
        try body(other)
        waiting[1] = try other.next()?.packet
        second = consume other
    }

    /// The packet that is decoded next, and the index of its track; nil at the end of all.
    mutating func next() throws(Failure) -> (packet: Packet, stream: Int)? {
        let times = waiting.map { packet in packet.flatMap { Self.time($0) } }
        switch (waiting[0], waiting[1]) {
        case (nil, nil): return nil
        case (let packet?, nil): return try advance(0, packet)
        case (nil, let packet?): return try advance(1, packet)
        case (let a?, let b?):
            return (times[0] ?? 0) <= (times[1] ?? 0) ? try advance(0, a) : try advance(1, b)
        }
    }

    private mutating func advance(
        _ index: Int, _ packet: Packet
    ) throws(Failure) -> (packet: Packet, stream: Int) {
        waiting[index] = index == 0 ? try first?.next()?.packet : try second?.next()?.packet
        return (packet, index)
    }

    private static func time(_ packet: Packet) -> Double? {
        packet.dts.map { Double($0) * packet.timeBase.doubleValue }
    }
}
