import FFmpeg
import Glibc
import MediaModel
import Vips

/// A file of one picture, decoded by the one decoder that its header names: the file is one packet.
struct CodecPicture {
    /// Borrowed; its offset is neither used nor moved.
    let descriptor: Int32
    let byteCount: Int64
    let header: PictureHeader

    /// - Parameter isStrict: whether the decoder fails where it finds damage.
    /// - Returns: the channels that the header announces, in memory.
    func decode(isStrict: Bool) throws -> Image {
        var settings = DecoderSettings()
        // The decoder reads the header once more; what it makes of it is no larger than was checked.
        // libavcodec counts its padding of rows in.
        settings.maxPixels = (header.size.width + 64) * (header.size.height + 64)
        settings.explodesOnErrors = isStrict
        settings.options = header.decoderOptions
        settings.decoders = DecoderList([header.decoder])
        var decoder = try Decoder(named: header.decoder, settings: settings)
        let image = try Self.image(of: Self.frame(try packet(), &decoder))
        let colours = header.bands - (header.hasAlpha ? 1 : 0)
        if image.bands > header.bands { return try image.extractingBands(from: 0, count: colours) }
        return image
    }

    private static func frame(
        _ packet: Packet, _ decoder: inout Decoder
    ) throws(FFmpegError) -> Frame {
        _ = try decoder.send(packet)
        _ = try decoder.send(nil)
        guard case .frame(let frame) = try decoder.receive() else {
            throw FFmpegError(.invalidData, operation: "avcodec_receive_frame", path: decoder.name)
        }
        return frame
    }

    private func packet() throws -> Packet {
        let file = descriptor
        return try Packet(count: Int(byteCount)) {
            (span: inout MutableSpan<UInt8>) throws(Failure) in
            let count = span.count
            var filled = 0
            while filled < count {
                let got = unsafe span.withUnsafeMutableBytes { bytes in
                    unsafe pread(
                        file, bytes.baseAddress.map { unsafe $0 + filled }, count - filled,
                        off_t(filled))
                }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    throw .io(code: "upload", "the upload cannot be read: errno \(errno)")
                }
                filled += got
            }
        }
    }

    private static func image(of frame: Frame) throws -> Image {
        guard let format = frame.pixelFormat else {
            throw FFmpegError(.invalidData, operation: "avcodec_receive_frame")
        }
        if format.name.contains("f32") { return try floatingPoint(frame, format) }
        let isDeep = format.bitDepth > 8
        let isGrey = !format.isRGB && format.name != "pal8" && !format.hasAlpha
        let target =
            switch (isGrey, format.hasAlpha) {
            case (true, _): isDeep ? "gray16le" : "gray"
            case (false, true): isDeep ? "rgba64le" : "rgba"
            case (false, false): isDeep ? "rgb48le" : "rgb24"
            }
        guard let packed = PixelFormat(named: target) else {
            throw FFmpegError(.unsupported, operation: "av_get_pix_fmt", path: target)
        }
        var scaler = Scaler(width: frame.width, height: frame.height, pixelFormat: packed)
        let converted = format == packed ? frame : try scaler.scale(frame)
        return try converted.withPlane(0) { rows, length in
            try Image.copied(
                rows: rows, rowLength: length, width: frame.width, height: frame.height,
                bands: packed.componentCount, format: isDeep ? .ushort : .uchar)
        }
    }

    /// swscale would cut off what is brighter than white.
    private static func floatingPoint(_ frame: Frame, _ format: PixelFormat) throws -> Image {
        // Green, blue, red, as FFmpeg orders planes.
        let order = format.planeCount >= 3 ? [2, 0, 1] + (format.planeCount > 3 ? [3] : []) : [0]
        var channels: [Image] = []
        for plane in order {
            let channel = try frame.withPlane(plane) { rows, length in
                try Image.copied(
                    rows: rows, rowLength: length, width: frame.width, height: frame.height,
                    bands: 1, format: .float)
            }
            channels.append(format.name.hasSuffix("be") ? try channel.byteSwapped() : channel)
        }
        return try channels[0].joiningBands(Array(channels.dropFirst()))
    }
}
