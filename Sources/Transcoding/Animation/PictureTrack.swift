import FFmpeg
import MediaModel

/// One track of a file of pictures, decoded picture by picture in the order shown.
///
/// Each track has a demuxer of its own: files have all of one track's pictures before the other's.
final class PictureTrack {
    private var demuxer: Demuxer
    private var decoder: Decoder
    private let stream: StreamDescription
    private var hasEnded = false

    init(
        descriptor: Int32, demuxer name: String, index: Int, interrupt: Interrupt
    ) throws(FFmpegError) {
        var demuxer = try Demuxer(descriptor: descriptor, format: name, interrupt: interrupt)
        guard demuxer.streams.indices.contains(index) else {
            throw FFmpegError(.streamNotFound, operation: "avformat_open_input")
        }
        for other in demuxer.streams.indices where other != index {
            demuxer.discard(.all, stream: other)
        }
        stream = demuxer.streams[index]
        decoder = try Decoder(stream: stream)
        self.demuxer = consume demuxer
    }

    /// The next picture; nil after the last one.
    func next() throws(FFmpegError) -> Frame? {
        while true {
            switch try decoder.receive() {
            case .frame(let frame): return frame
            case .end: return nil
            case .again: try feed()
            }
        }
    }

    private func feed() throws(FFmpegError) {
        guard !hasEnded, case .packet(let packet) = try demuxer.read() else {
            hasEnded = true
            _ = try decoder.send(nil)
            return
        }
        guard packet.streamIndex == stream.index else { return }
        _ = try decoder.send(packet)
    }
}
