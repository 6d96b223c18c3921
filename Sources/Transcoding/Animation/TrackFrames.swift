import FFmpeg
import MediaModel

/// Frames of an AVIF or HEIF sequence through FFmpeg: a track of pictures, and where there is a
/// second one of the same size, their transparency.
final class TrackFrames: AnimationFrames {
    let attribution = Attribution()
    let warnings: [MediaWarning] = []
    let delays: [Int]
    private let colour: PictureTrack
    private let alpha: PictureTrack?
    private var scaler: Scaler
    private let size: PixelSize

    init(descriptor: Int32, demuxer: String, interrupt: Interrupt) throws(Failure) {
        do throws(FFmpegError) {
            let found = try Self.tracks(descriptor, demuxer, interrupt)
            size = found.size
            delays = try Self.delays(descriptor, demuxer, track: found.colour, interrupt)
            colour = try PictureTrack(
                descriptor: descriptor, demuxer: demuxer, index: found.colour, interrupt: interrupt)
            if let index = found.alpha {
                alpha = try PictureTrack(
                    descriptor: descriptor, demuxer: demuxer, index: index, interrupt: interrupt)
            } else {
                alpha = nil
            }
            scaler = Scaler(width: size.width, height: size.height, pixelFormat: .rgba)
        } catch {
            throw Self.failure(error)
        }
    }

    func next() throws(Failure) -> PackedFrame? {
        do throws(FFmpegError) {
            guard let frame = try colour.next() else { return nil }
            guard frame.width == size.width, frame.height == size.height else {
                throw FFmpegError(.inputChanged, operation: "avcodec_receive_frame")
            }
            var pixels = try scaler.packedPixels(of: frame)
            if let alpha {
                guard let mask = try alpha.next() else {
                    throw FFmpegError(.invalidData, operation: "alpha")
                }
                try Self.apply(mask, to: &pixels, size)
            }
            return PackedFrame(
                width: size.width, height: size.height, channels: 4, pixels: pixels)
        } catch {
            throw Self.failure(error)
        }
    }

    /// What an animation's header says.
    struct Tracks {
        var colour: Int
        var alpha: Int?
        var size: PixelSize
        var bitDepth: Int
        /// Told by the header; nil when it does not.
        var frameCount: Int?
    }

    /// The tracks of pictures, or nil when there are none.
    static func tracks(
        _ descriptor: Int32, _ name: String, _ interrupt: Interrupt
    ) throws(FFmpegError) -> Tracks {
        let demuxer = try Demuxer(descriptor: descriptor, format: name, interrupt: interrupt)
        let all = demuxer.streams.filter {
            $0.mediaType == .video && !$0.disposition.contains(.attachedPicture)
        }
        // FFmpeg 7 has the file's stills, too, as streams of one frame before the tracks.
        let most = all.compactMap(\.frameCount).max()
        let pictures = all.filter { most == nil || $0.frameCount == most }
        guard let first = pictures.first else {
            throw FFmpegError(.streamNotFound, operation: "avformat_open_input")
        }
        let parameters = first.parameters
        let size = PixelSize(width: parameters.width, height: parameters.height)
        let second = pictures.dropFirst().first {
            $0.parameters.width == size.width && $0.parameters.height == size.height
                && $0.frameCount == first.frameCount
        }
        return Tracks(
            colour: first.index, alpha: second?.index, size: size,
            bitDepth: parameters.pixelFormat?.bitDepth ?? 8, frameCount: first.frameCount)
    }

    /// By the packets, in milliseconds, in the order shown; rounding does not add up.
    static func delays(
        _ descriptor: Int32, _ name: String, track: Int, _ interrupt: Interrupt
    ) throws(FFmpegError) -> [Int] {
        var demuxer = try Demuxer(descriptor: descriptor, format: name, interrupt: interrupt)
        var shown: [(start: Double, end: Double)] = []
        while case .packet(let packet) = try demuxer.read() {
            guard packet.streamIndex == track, let pts = packet.pts else { continue }
            let base = packet.timeBase.doubleValue
            shown.append((Double(pts) * base, Double(pts + (packet.duration ?? 0)) * base))
        }
        shown.sort { $0.start < $1.start }
        return shown.indices.map { index in
            let next = index + 1 < shown.count ? shown[index + 1].start : shown[index].end
            return Int((next * 1000).rounded()) - Int((shown[index].start * 1000).rounded())
        }
    }

    /// Puts the mask's brightness into every fourth byte.
    private static func apply(
        _ mask: Frame, to pixels: inout [UInt8], _ size: PixelSize
    ) throws(FFmpegError) {
        let depth = mask.pixelFormat?.bitDepth ?? 8
        guard mask.width == size.width, mask.height == size.height else {
            throw FFmpegError(.inputChanged, operation: "alpha")
        }
        mask.withPlane(0) { bytes, lineSize in
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let value: UInt8
                    if depth > 8 {
                        let place = y * lineSize + 2 * x
                        let deep = Int(bytes[place]) | Int(bytes[place + 1]) << 8
                        value = UInt8(clamping: deep >> (depth - 8))
                    } else {
                        value = bytes[y * lineSize + x]
                    }
                    pixels[(y * size.width + x) * 4 + 3] = value
                }
            }
        }
    }

    static func failure(_ error: FFmpegError) -> Failure {
        switch error.code {
        case .interrupted: .interrupted(while: "reading the animation")
        case .decoderNotFound:
            Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "FFmpeg cannot decode this animation: \(error).",
                uploaderText: "This animation's format cannot be read here yet.")
        default: AnimationReader.damaged("\(error)")
        }
    }
}
