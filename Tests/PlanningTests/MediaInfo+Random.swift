import MediaModel
import TestSupport

extension MediaInfo {
    /// Any finding a probe could report, likely and unlikely ones.
    static func random(using random: inout SplitMix) -> MediaInfo {
        func pick<T>(_ values: [T]) -> T { values.randomElement(using: &random) ?? values[0] }
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func side() -> Int {
            chance(10)
                ? pick([0, 1, 2, 3, 8191, 8192, 8193, 65_500, 65_501, 1 << 30])
                : Int.random(in: 1...4400, using: &random)
        }
        func size() -> PixelSize { PixelSize(width: side(), height: side()) }
        func seconds() -> Double {
            chance(10)
                ? pick([0, 0.001, 21_600, 21_601, 1e9])
                : Double.random(in: 0...4000, using: &random)
        }
        func start() -> Double {
            chance(70) ? 0 : Double.random(in: -10...1000, using: &random)
        }
        let kind = pick(MediaKind.allCases)
        let first = start()
        let length = seconds()
        let rate: Ratio? = pick([
            nil, Ratio(25, 1), Ratio(30_000, 1001), Ratio(60, 1), Ratio(240, 1), Ratio(1, 10),
            Ratio(90_000, 1), Ratio(600, 1),
        ])
        let video = VideoStreamInfo(
            index: 0, codec: pick(["h264", "hevc", "vp9", "prores"]),
            pixelFormat: pick(["yuv420p", "yuv422p10le", "yuvj420p", "gbrp", "rgb48le", "pal8"]),
            bitDepth: pick([8, 10, 12]), codedSize: size(),
            sampleAspectRatio: pick([.one, Ratio(64, 45), Ratio(3, 4), Ratio(1, 1000), Ratio(0, 1)]
            ),
            rotation: pick([0, 90, 180, 270]), isMirrored: chance(10), frameRate: rate,
            isVariableFrameRate: chance(20), frameCount: chance(80) ? 100 : nil,
            startSeconds: first,
            endSeconds: first + length,
            color: VideoColor(
                primaries: pick([nil, "bt709", "bt2020", "smpte432"]),
                transfer: pick([nil, "bt709", "smpte2084", "arib-std-b67"]),
                matrix: pick([nil, "bt709", "bt2020nc", "gbr"]),
                fullRange: pick([nil, true, false]),
                peakNits: pick([nil, 0, 1000, 1e12])),
            fieldOrder: pick([nil, "progressive", "tt", "bb"]), hasAlpha: chance(10))
        let audio = AudioStreamInfo(
            index: 1, codec: pick(["aac", "flac", "pcm_s16le"]), sampleFormat: "fltp",
            sampleRate: pick([0, 1, 4000, 8000, 11_025, 44_100, 48_000, 96_000, 192_000, 352_800]),
            channels: pick([0, 1, 2, 6, 8, 64]), channelLayout: pick([nil, "5.1(side)"]),
            startSeconds: start(), endSeconds: first + length)
        let sides = [0, 0.001, 36, 595.28, 841.89, 14_400, 1e7]
        let pages = (0..<Int.random(in: 1...70, using: &random)).map { _ in
            chance(80) ? (595.28, 841.89) : (pick(sides), pick(sides))
        }
        let document = DocumentInfo(
            pageCount: chance(5) ? 5001 : pages.count, pageSizes: DocumentInfo.runs(pages),
            allowsCopying: chance(80))
        let image = ImageInfo(
            loader: pick(["jpegload_source", "pngload", "gifload"]), codedSize: size(),
            orientation: Int.random(in: 1...8, using: &random), bands: pick([1, 3, 4]),
            hasAlpha: chance(30), interpretation: pick(["srgb", "cmyk", "rgb16"]),
            hasProfile: chance(50), profileDescription: pick([nil, "Display P3"]),
            pageCount: pick([1, 2, 380]), isAnimated: chance(20), isGraphic: chance(20),
            window: chance(20)
                ? ByteWindow(offset: pick([0, 8, 1 << 40]), length: pick([1, 1 << 20])) : nil,
            sensorSize: chance(20) ? size() : nil, page: pick([0, 0, 0, 1, 31]),
            animation: chance(50)
                ? AnimationInfo(
                    frameCount: pick([2, 380, 3000, 3001, 1 << 30]), plays: pick([0, 1, 4]),
                    shortestDelay: pick([0, 10, 11, 40]), posterFrame: pick([0, 1]),
                    isFlat: chance(50)) : nil)
        let isFilm = kind == .video
        let isSound = kind == .audio
        return MediaInfo(
            kind: kind, format: pick(["mov", "jpeg", "flac"]),
            mediaType: "application/octet-stream",
            byteCount: Int64.random(in: 1...(4 << 30), using: &random),
            durationSeconds: isFilm || isSound ? length : nil,
            video: isFilm && chance(98) ? video : nil,
            audio: (isFilm && chance(70)) || (isSound && chance(98)) ? audio : nil,
            image: [.image, .animation].contains(kind) && chance(98) ? image : nil,
            drawing: kind == .image && chance(20)
                ? DrawingInfo(
                    width: max(0.001, pick(sides)), height: max(0.001, pick(sides)),
                    hasPictures: chance(30)) : nil,
            document: kind == .document && chance(98) ? document : nil,
            coverStreamIndex: isSound && chance(40) ? 2 : nil)
    }
}
