import MediaModel

/// How much memory a worker needs at its highest, by what it decodes, scales and encodes.
///
/// Rules of thumb, measured as peak resident memory of workers (libavcodec 59, libvips 8.14) and
/// rounded up: what is reserved in vain costs a wait, what is not reserved costs a worker.
struct MemoryModel {
    private let plan: Plan
    private let info: MediaInfo

    init(_ plan: Plan, _ info: MediaInfo) {
        self.plan = plan
        self.info = info
    }

    /// The program, the libraries, and what an allocator keeps: a song takes 90 MiB in all.
    static let base = 96.0 * 1_048_576
    /// Frames that a decoder holds for reference and reordering: the 16 of H.264, and a few that
    /// are on their way.
    static let decodedFrames = 20.0
    /// 4:2:0 with 8 bits.
    static let bytesPerPixel = 1.5

    /// In bytes.
    var bytes: Int64 { Int64(min(parts.reduce(Self.base) { $0 + $1.bytes }, 1e15)) }

    /// What takes most of it, in words.
    var reason: String {
        guard let largest = parts.max(by: { $0.bytes < $1.bytes }), largest.bytes > 0 else {
            return "that of the libraries"
        }
        return "mostly \(largest.what)"
    }

    private var parts: [(what: String, bytes: Double)] {
        var parts: [(what: String, bytes: Double)] = []
        if let film = plan.video { parts += self.film(film) }
        if let animation = plan.animation { parts += self.animation(animation) }
        if let still = plan.still { parts += self.still(still) }
        if let drawing = plan.drawing {
            parts.append(drawn(drawing.size, pictures: drawing.pictures))
        }
        // One page after the other.
        if let page = plan.document?.pages.max(by: { $0.size.area < $1.size.area }) {
            parts.append(drawn(page.size, pictures: page.pictures))
        }
        return parts
    }

    // MARK: Films

    private func film(_ film: VideoPlan) -> [(what: String, bytes: Double)] {
        let needs = FrameNeeds(plan, film)
        guard needs.any else { return [] }
        let coded = film.picture.codedSize
        let source = Self.sourceBytesPerPixel(info.video)
        var parts = [
            (
                "decoding \(coded)",
                Double(coded.area) * source * (Self.decodedFrames + Self.queued(coded))
            )
        ]
        let rungs = film.everyRung
        for index in needs.rungs.sorted() {
            let rung = rungs[index]
            parts.append(
                (
                    "\(rung.encoder) at \(rung.size)",
                    Double(rung.size.area) * Self.encoderBytesPerPixel(rung)
                ))
        }
        // Scaled once for the encoders of a size and for the smaller sizes behind it, whether or not
        // that size is encoded.
        for rung in film.rungs.prefix(needs.smallestRung + 1) {
            let area = Double(rung.size.area)
            // To its encoder, and to the next size.
            parts.append(
                ("frames at \(rung.size)", area * Self.bytesPerPixel * 2 * Self.queued(rung.size)))
        }
        if needs.alpha, let alpha = film.alpha {
            parts.append(("libvpx-vp9 at \(alpha.size)", Double(alpha.size.area) * 200))
        }
        return parts
    }

    /// As `TranscodeGraph` bounds its queues: 64 MiB of frames, 4 to 32 of them.
    private static func queued(_ size: PixelSize) -> Double {
        let frames = Double(64 << 20) / (Double(max(1, size.area)) * bytesPerPixel)
        return min(32, max(4, frames))
    }

    private static func sourceBytesPerPixel(_ video: VideoStreamInfo?) -> Double {
        guard let video else { return bytesPerPixel }
        let format = video.pixelFormat
        let samples: Double =
            format.contains("444") || format.contains("gbr") || format.contains("rgb")
            ? 3 : format.contains("422") ? 2 : bytesPerPixel
        return (samples + (video.hasAlpha ? 1 : 0)) * (video.bitDepth > 8 ? 2 : 1)
    }

    /// What an encoder holds of each pixel of its frames: looked ahead, referred to, being coded.
    private static func encoderBytesPerPixel(_ rung: VideoRung) -> Double {
        switch rung.encoder {
        case "libsvtav1": 600
        case "libx265": 300
        default:
            // x264 looks 10 frames ahead with `veryfast`, 40 with `medium`, 60 with `slower`.
            switch rung.preset {
            case "ultrafast", "superfast": 60
            case "veryfast", "faster": 100
            case "fast", "medium": 220
            default: 320
            }
        }
    }

    // MARK: Pictures

    private func still(_ still: StillPlan) -> [(what: String, bytes: Double)] {
        let made = still.pictures.filter { !$0.output.isKept }
        // One after the other: the larger ones count.
        let cut = still.tiles.filter { !$0.output.isKept }
        let tiles = cut.map(Self.cutting).max { $0.bytes < $1.bytes }
        guard !made.isEmpty || tiles != nil || plan.mustMeasure(.placeholder) else { return [] }
        let bands = Double(info.image.map { max(1, $0.bands) } ?? 4)
        let depth = (info.image?.bitDepth ?? 8) > 8 ? 2.0 : 1.0
        let coded = Double(still.codedSize.area)
        // Two bytes a sample twice, and the results: in sRGB, and in Display P3.
        let mapped = still.pictures.map(\.size.area).max() ?? 0
        let isHDR = still.color?.toneMapPeakNits != nil
        // Of the tiles' picture the result alone, all of it.
        let whole = Double(cut.first?.size.area ?? 0) * 4
        let toneMapping = isHDR ? max(Double(mapped) * 24, whole) : 0
        return [
            (
                "decoding \(still.codedSize)",
                max(coded * bands * depth, Double(info.image?.decodingBytes ?? 0))
            ), Self.largest(made), ("tone mapping", toneMapping),
        ] + (tiles.map { [$0] } ?? [])
    }

    /// Three rows of tiles of each size, half as wide from size to size.
    private static func cutting(_ tiles: TilesPlan) -> (what: String, bytes: Double) {
        ("tiles of \(tiles.size)", Double(tiles.size.width * tiles.tileSide) * 4 * 3 * 2)
    }

    /// Encoders get one picture after the other; AV1's is the hungriest.
    private static func largest(_ pictures: [Picture]) -> (what: String, bytes: Double) {
        let costs = pictures.map { picture in
            (
                what: "\(picture.format.rawValue.uppercased()) at \(picture.size)",
                bytes: Double(picture.size.area) * (picture.format == .avif ? 18 : 8)
            )
        }
        return costs.max { $0.bytes < $1.bytes } ?? ("pictures", 0)
    }

    private func drawn(
        _ size: PixelSize, pictures: [Picture]
    ) -> (what: String, bytes: Double) {
        // The canvas, a copy in the libraries' order of colours, and what encodes it.
        let encoder = Self.largest(pictures.filter { !$0.output.isKept }).bytes
        return ("drawing at \(size)", Double(size.area) * 8 + encoder)
    }

    private func animation(_ animation: AnimationPlan) -> [(what: String, bytes: Double)] {
        guard animation.outputs.contains(where: { !$0.isKept }) else { return [] }
        let coded = Double(animation.codedSize.area)
        let size = Double(animation.size.area)
        return [
            // The frame before, the frame that is made, and what waits, in four bytes.
            ("frames of \(animation.codedSize)", coded * 4 * 6),
            ("libx264 at \(animation.size)", size * 220),
            // Its encoder keeps the canvas of this frame and of the last key frame, twice.
            ("animated WebP at \(animation.size)", animation.webp == nil ? 0 : size * 4 * 12),
        ]
    }
}
