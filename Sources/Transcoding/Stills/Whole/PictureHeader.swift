import MediaModel
import Planning
import Vips

/// What a file says of the one picture in it, read before anything is allocated.
struct PictureHeader {
    var size: PixelSize
    /// Channels of the colour, and one more for transparency.
    var bands: Int
    var format: BandFormat
    var interpretation: Interpretation
    var hasAlpha: Bool
    /// Whether its colours are those of a table, or two: what is drawn or dithered.
    var hasFewColours = false
    /// libavcodec's decoder.
    var decoder = ""
    /// What it is told.
    var decoderOptions: [String: String] = [:]
    /// Memory that decoding takes for each pixel, in bytes.
    var bytesPerPixel: Int
    var profile: [UInt8]?
    var xmp: [UInt8]?
    var iptc: [UInt8]?

    /// A picture of the usual kinds of channels.
    ///
    /// - Parameter colours: 1 grey, 3 red, green and blue.
    init?(
        width: Int, height: Int, colours: Int, hasAlpha: Bool = false, format: BandFormat = .uchar,
        decoder: String
    ) {
        guard width > 0, height > 0 else { return nil }
        size = PixelSize(width: width, height: height)
        bands = colours + (hasAlpha ? 1 : 0)
        self.format = format
        interpretation = .usual(bands: colours, format)
        self.hasAlpha = hasAlpha
        self.decoder = decoder
        // The decoder's frame, and the copy that libvips reads, of which one is converted to
        // colour where it was grey with transparency.
        bytesPerPixel = 2 * format.bitCount / 8 * (hasAlpha ? 4 : max(colours, bands))
    }

    /// Puts what the file says beside the pixels to them.
    func described(_ image: Image) throws(VipsError) -> Image {
        try image.tagged(interpretation).editingMetadata { editor in
            if let profile { editor.set(Field.iccProfile, profile) }
            if let xmp { editor.set(Field.xmp, xmp) }
            if let iptc { editor.set(Field.iptc, iptc) }
        }
    }

    private var whole: UnstreamedPicture { UnstreamedPicture(size, bytesPerPixel: bytesPerPixel) }

    /// What decoding takes at its highest, in bytes.
    ///
    /// - Parameter byteCount: of the file, which a decoder of libavcodec gets as one packet.
    func decodingBytes(byteCount: Int64) -> Int64 {
        let (bytes, overflow) = whole.decodingBytes.addingReportingOverflow(
            decoder.isEmpty ? 0 : byteCount)
        return overflow ? .max : bytes
    }

    /// Refuses what would not fit into the memory of a still's worker.
    func checkMemory(byteCount: Int64, limits: Limits) throws(Failure) {
        try whole.check(decodingBytes(byteCount: byteCount), limits)
    }
}
