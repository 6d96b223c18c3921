/// How to encode, per format; the numbers are libvips' own arguments.
package enum Encoding: Hashable, Sendable {
    /// - Parameters:
    ///   - quality: 1…100.
    ///   - progressive: several scans, smaller for all but tiny pictures.
    ///   - chromaSubsampling: nil leaves it to libvips (4:2:0 below quality 90).
    case jpeg(quality: Int, progressive: Bool = true, chromaSubsampling: Bool? = nil)
    /// - Parameters:
    ///   - quality: 1…100; `effort`: 0…6.
    case webp(quality: Int, effort: Int = 4, lossless: Bool = false)
    /// An image of pages on top of each other, shown in time: needs the fields `page-height`, `delay`
    /// and `loop`. Frames that repeat the one before become part of it.
    ///
    /// - Parameters:
    ///   - quality: 1…100, of lossy frames.
    ///   - effort: 0…6.
    ///   - lossless: every frame; else each is coded both ways and the smaller one is taken.
    case animatedWebP(quality: Int, effort: Int = 4, lossless: Bool = false)
    /// - Parameters:
    ///   - quality: 1…100; `effort`: 0…9, 2 costs 0.17 of the CPU time of libvips' default 4.
    ///   - bitDepth: 8, 10 or 12.
    case avif(quality: Int, effort: Int = 2, lossless: Bool = false, bitDepth: Int = 8)
    /// - Parameters:
    ///   - compression: 0…9.
    ///   - palette: quantise to at most 256 colours.
    case png(compression: Int = 6, palette: Bool = false)

    /// The saver's nickname.
    var saver: String {
        switch self {
        case .jpeg: "jpegsave_target"
        case .webp, .animatedWebP: "webpsave_target"
        case .avif: "heifsave_target"
        case .png: "pngsave_target"
        }
    }

    var arguments: [(String, Argument)] {
        switch self {
        case .jpeg(let quality, let progressive, let subsampling):
            var list: [(String, Argument)] = [
                ("Q", .int(quality)), ("optimize_coding", true), ("interlace", .bool(progressive)),
            ]
            if let subsampling {
                list.append(("subsample_mode", .string(subsampling ? "on" : "off")))
            }
            return list
        case .webp(let quality, let effort, let lossless):
            return [
                ("Q", .int(quality)), ("effort", .int(effort)), ("lossless", .bool(lossless)),
                ("alpha_q", 100),
            ]
        case .animatedWebP(let quality, let effort, let lossless):
            return [
                ("Q", .int(quality)), ("effort", .int(effort)), ("lossless", .bool(lossless)),
                ("mixed", .bool(!lossless)), ("alpha_q", 100),
            ]
        case .avif(let quality, let effort, let lossless, let bitDepth):
            return [
                ("compression", "av1"), ("Q", .int(quality)), ("effort", .int(effort)),
                ("lossless", .bool(lossless)), ("bitdepth", .int(bitDepth)),
            ]
        case .png(let compression, let palette):
            return [("compression", .int(compression)), ("palette", .bool(palette))]
        }
    }
}

extension Image {
    /// Encodes into a target; this is where a lazy pipeline does its work, and fails.
    ///
    /// All metadata of the image is written; take out beforehand what must not be
    /// (``editingMetadata(_:)``).
    package func save(as encoding: Encoding, to target: Target) throws(VipsError) {
        try Operation.run(
            encoding.saver, ["in": .image(self), "target": .target(target)], encoding.arguments)
    }

    /// Encodes into memory.
    package func encoded(as encoding: Encoding) throws(VipsError) -> [UInt8] {
        let target = try Target()
        try save(as: encoding, to: target)
        return target.bytes
    }
}
