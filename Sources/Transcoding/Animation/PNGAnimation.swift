import MediaModel

/// The chunks of an animated PNG: where each frame's data lie, and how frames are put together.
///
/// https://www.w3.org/TR/png-3/#apng-frame-based-animation
struct PNGAnimation {
    /// What becomes of a frame's area before the next one.
    enum Disposal: UInt8 { case none, background, previous }
    /// How a frame is laid over what is there.
    enum Blend: UInt8 { case source, over }

    struct Frame {
        var x = 0
        var y = 0
        var size = PixelSize(width: 0, height: 0)
        var delay = 0
        var disposal = Disposal.none
        var blend = Blend.source
        /// Of compressed pixels, in the file.
        var data: [Range<Int64>] = []
    }

    private(set) var head = AnimationHead()
    /// At most ``AnimationHead/mostDelays``.
    private(set) var frames: [Frame] = []
    /// Body of the header chunk, without the size.
    private(set) var depth: [UInt8] = []
    /// Chunks that every frame needs: palette, transparency, colour. Type and body.
    private(set) var shared: [(type: [UInt8], body: [UInt8])] = []

    /// Chunks that say what pixels mean.
    private static let sharedTypes: Set<String> = ["PLTE", "tRNS", "iCCP", "sRGB", "gAMA", "cHRM"]
    /// Longest of them, in bytes: a colour profile.
    private static let longestShared = 4 << 20
    /// Most pieces that pixel data may be cut into; encoders cut into pieces of kilobytes.
    private static let mostPieces = 2_000_000

    /// Walks over the chunks; never fails for damage: what is not there is not counted.
    init(descriptor: Int32) throws(Failure) {
        var cursor = FileCursor(descriptor: descriptor)
        cursor.skip(8)
        var pieces = 0
        while let header = try cursor.bytes(8) {
            let length = header[0..<4].bigEndian
            let start = cursor.position
            let range = start..<start + Int64(length)
            let type = String(decoding: header[4..<8], as: UTF8.self)
            switch type {
            case "IHDR":
                guard length >= 13, let body = try cursor.bytes(13) else { return }
                head.canvas = PixelSize(
                    width: body[0..<4].bigEndian, height: body[4..<8].bigEndian)
                depth = Array(body[8..<13])
            case "acTL":
                guard let body = try cursor.bytes(8) else { return }
                head.frameCount = body[0..<4].bigEndian
                head.plays = body[4..<8].bigEndian
            case "fcTL":
                guard length >= 26, let body = try cursor.bytes(26) else { return }
                add(body)
            case "IDAT", "fdAT":
                // A picture before the first control chunk is for programs that show no animation.
                guard !frames.isEmpty, pieces < Self.mostPieces else { break }
                let skipped: Int64 = type == "fdAT" ? 4 : 0
                guard range.count > skipped else { break }
                pieces += 1
                frames[frames.count - 1].data.append(range.lowerBound + skipped..<range.upperBound)
            case "IEND":
                head.isComplete = true
                finish()
                return
            case _ where Self.sharedTypes.contains(type) && length <= Self.longestShared:
                guard let body = try cursor.bytes(length) else {
                    finish()
                    return
                }
                shared.append((Array(header[4..<8]), body))
            default: break
            }
            // The checksum follows.
            cursor.skip(range.upperBound + 4 - cursor.position)
        }
        finish()
    }

    private mutating func add(_ body: [UInt8]) {
        guard frames.count < AnimationHead.mostDelays else { return }
        var frame = Frame()
        frame.size = PixelSize(width: body[4..<8].bigEndian, height: body[8..<12].bigEndian)
        frame.x = body[12..<16].bigEndian
        frame.y = body[16..<20].bigEndian
        let unit = body[22..<24].bigEndian
        let delay = Double(body[20..<22].bigEndian) / Double(unit == 0 ? 100 : unit)
        frame.delay = Int((delay * 1000).rounded())
        frame.disposal = Disposal(rawValue: body[24]) ?? .none
        frame.blend = Blend(rawValue: body[25]) ?? .source
        frames.append(frame)
    }

    /// Frames whose data are not there are none.
    private mutating func finish() {
        while frames.last?.data.isEmpty == true { frames.removeLast() }
        head.isComplete = head.isComplete && frames.count >= head.frameCount
        head.frameCount = max(head.frameCount, frames.count)
        head.delays = frames.map(\.delay)
    }
}
