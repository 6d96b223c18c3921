import FFmpeg
import Planning

/// Decodes a stream until its first frame, and not further.
final class FirstFrame {
    private(set) var frame: Frame?
    private(set) var error: FFmpegError?
    private var decoder: DecoderBox?
    private var offered = 0
    private var waited = 0
    private var hasBegun = false
    /// A group of pictures of a minute.
    private static let longestWait = 3600

    /// No decoder, or one that cannot open, is an answer too: no frame.
    init(_ stream: StreamDescription, limits: Limits) {
        var settings = DecoderSettings()
        settings.maxPixels = limits.videoPixels
        do throws(FFmpegError) {
            decoder = DecoderBox(try Decoder(stream: stream, settings: settings))
        } catch {
            self.error = error
        }
    }

    /// Whether more packets would change anything.
    var isDone: Bool { frame != nil || decoder == nil }

    /// - Parameter attempts: packets, counted from the first that decoding can begin at: a piece cut
    ///   out of a broadcast may begin anywhere.
    func offer(_ packet: Packet, attempts: Int) {
        if packet.isKey { hasBegun = true }
        waited += 1
        if hasBegun || waited > Self.longestWait { offered += 1 }
        send(packet)
        if frame == nil, offered >= attempts { end() }
    }

    /// No more packets: takes what the decoder still holds.
    func end() {
        if frame == nil { send(nil) }
        decoder = nil
    }

    private func send(_ packet: Packet?) {
        guard let decoder else { return }
        do throws(FFmpegError) {
            _ = try decoder.value.send(packet)
        } catch {
            self.error = error
        }
        // A damaged packet does not end a stream; after its error the next may decode.
        do throws(FFmpegError) {
            if case .frame(let frame) = try decoder.value.receive() {
                self.frame = frame
                self.decoder = nil
            }
        } catch {
            self.error = error
        }
    }
}

/// A decoder where a class can keep it.
final class DecoderBox {
    var value: Decoder
    init(_ value: consuming Decoder) { self.value = value }
}
