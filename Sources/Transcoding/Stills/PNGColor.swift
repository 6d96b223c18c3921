import MediaModel

/// What the chunks of a PNG say of its colours beside an ICC profile, which is all that libvips reads.
///
/// https://www.w3.org/TR/png-3/, 4.3 (which of them counts) and 11.3.2
struct PNGColor {
    /// nil: what the profile says, or sRGB.
    private(set) var color: StillColor?
    /// Whether there is a profile: libpng passes over one that it finds broken.
    let hasProfile: Bool

    /// Most chunks looked at before the pixels.
    private static let maximumChunks = 4_096
    /// Largest of those that are read.
    private static let longest = 32

    init(_ file: FileHead) {
        var chunks: [String: [UInt8]] = [:]
        var offset: Int64 = 8
        for _ in 0..<Self.maximumChunks {
            let head = file.bytes(at: offset, count: 8)
            guard head.count == 8 else { break }
            let length = ISOBoxes.number(head[..<4])
            let type = String(decoding: head[4...], as: UTF8.self)
            if type == "IDAT" || type == "IEND" { break }
            chunks[type] = file.bytes(at: offset + 8, count: min(length, Self.longest))
            offset += 12 + Int64(length)
        }
        hasProfile = chunks["iCCP"] != nil
        color = Self.coded(chunks) ?? Self.measured(chunks)
    }

    private static func coded(_ chunks: [String: [UInt8]]) -> StillColor? {
        // Third: a matrix, which only 0 (none) can be meant; fourth: the whole range.
        guard let codes = chunks["cICP"], codes.count == 4, codes[2] == 0, codes[3] == 1 else {
            return nil
        }
        var color = StillColor(
            source: .cicp, primaries: Int(codes[0]), transfer: Int(codes[1]))
        // The draft of the standard wrote them with another last letter.
        let content = chunks["cLLI"] ?? chunks["cLLi"] ?? []
        let display = chunks["mDCV"] ?? chunks["mDCv"] ?? []
        color.peakNits = [content.prefix(4), display.dropFirst(16).prefix(4)]
            .map { Double(ISOBoxes.number($0)) / 10_000 }.first { $0 > 0 }
        return color
    }

    private static func measured(_ chunks: [String: [UInt8]]) -> StillColor? {
        guard chunks["iCCP"] == nil, chunks["sRGB"] == nil else { return nil }
        var color = StillColor(source: .gamma)
        if let gamma = chunks["gAMA"], gamma.count == 4, ISOBoxes.number(gamma) > 0 {
            color.gamma = 100_000 / Double(ISOBoxes.number(gamma))
        }
        if let points = chunks["cHRM"], points.count == 32 {
            let values = stride(from: 0, to: 32, by: 4).map {
                Double(ISOBoxes.number(points[$0..<$0 + 4])) / 100_000
            }
            // White stands first.
            color.chromaticities = Array(values[2...] + values[..<2])
        }
        return color.gamma == nil && color.chromaticities == nil ? nil : color
    }
}
