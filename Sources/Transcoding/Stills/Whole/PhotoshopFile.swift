import MediaModel
import Vips

/// A Photoshop document's flattened picture: where it lies and what it is.
///
/// Of the layers only the one bit is read that says whether the flattened picture is transparent.
/// libavcodec's decoder takes any fourth channel for transparency and makes RGB of CMYK without its
/// profile; the format itself is rows of bytes. Everything in the file is a claim by somebody.
/// https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/
struct PhotoshopFile {
    /// How colours are meant, as the file counts them.
    enum Mode: Int {
        case bitmap = 0, grey = 1, indexed = 2, rgb = 3, cmyk = 4, duotone = 8, lab = 9

        var colours: Int {
            switch self {
            case .bitmap, .grey, .indexed, .duotone: 1
            case .rgb, .lab: 3
            case .cmyk: 4
            }
        }
    }

    let size: PixelSize
    let mode: Mode
    /// Bits of a channel: 1, 8, 16 or 32.
    let depth: Int
    /// Channels that are stored.
    let channels: Int
    /// Red, then green, then blue: 256 of each; empty where colours have no table.
    let palette: [UInt8]
    /// Whether the channel behind the colours says how much of the picture is there.
    let isTransparent: Bool
    /// Large documents have wider numbers.
    let isLarge: Bool
    /// Where the flattened picture begins, in bytes.
    let picture: Int64
    /// Whether there is one: programs can be told to store layers alone, and a white sheet.
    private(set) var hasPicture = true
    private var profile: [UInt8]?
    private var xmp: [UInt8]?
    private var iptc: [UInt8]?

    /// Largest profile and packet of metadata that are read, in bytes.
    private static let largestProfile = 4 << 20
    private static let largestMetadata = 1 << 20
    /// Most resources and blocks that are walked over.
    private static let maximumBlocks = 2_048

    /// - Returns: nil for what is no such document, or one of a kind that is not shown.
    init?(_ file: FileHead) {
        let head = file.bytes(at: 0, count: 26)
        guard head.count == 26, head.starts(with: Array("8BPS".utf8)),
            (1...2).contains(head[4..<6].bigEndian),
            let mode = Mode(rawValue: head[24...].bigEndian)
        else { return nil }
        isLarge = head[5] == 2
        channels = head[12..<14].bigEndian
        size = PixelSize(width: head[18..<22].bigEndian, height: head[14..<18].bigEndian)
        depth = head[22..<24].bigEndian
        self.mode = mode
        let depths =
            switch mode {
            case .bitmap: [1]
            case .indexed, .duotone: [8]
            case .cmyk, .lab: [8, 16]
            case .grey, .rgb: [8, 16, 32]
            }
        guard depths.contains(depth), (mode.colours...56).contains(channels), size.area > 0,
            max(size.width, size.height) <= 300_000
        else { return nil }

        var offset: Int64 = 26
        guard let table = Self.section(file, &offset, 4) else { return nil }
        palette = mode == .indexed ? file.bytes(at: table.offset, count: 768) : []
        guard mode != .indexed || palette.count == 768,
            let resources = Self.section(file, &offset, 4)
        else { return nil }
        guard let layers = Self.section(file, &offset, isLarge ? 8 : 4) else { return nil }
        isTransparent =
            channels > mode.colours && [.grey, .rgb].contains(mode)
            && Self.isTransparent(file, layers, isLarge: isLarge)
        picture = offset
        read(resources, of: file)
    }

    var header: PictureHeader? {
        let format: BandFormat = depth == 16 ? .ushort : depth == 32 ? .float : .uchar
        let colours = mode == .indexed ? 3 : mode.colours
        guard
            var header = PictureHeader(
                width: size.width, height: size.height, colours: colours, hasAlpha: isTransparent,
                format: mode == .lab ? .float : format, decoder: "")
        else { return nil }
        header.bytesPerPixel = (mode.colours + (isTransparent ? 1 : 0)) * format.bitCount / 8
        switch mode {
        case .cmyk: header.interpretation = .cmyk
        case .lab: header.interpretation = .lab
        default: break
        }
        header.profile = profile
        header.xmp = xmp
        header.iptc = iptc
        return header
    }

    /// A part with its length in front, which is stepped over.
    private static func section(
        _ file: FileHead, _ offset: inout Int64, _ width: Int
    ) -> ByteWindow? {
        let length = file.bytes(at: offset, count: width)
        guard length.count == width, length[0] < 0x80 || width == 4 else { return nil }
        let window = ByteWindow(offset: offset + Int64(width), length: Int64(length.bigEndian))
        guard window.length >= 0, window.length <= file.byteCount - window.offset else {
            return nil
        }
        offset = window.offset + window.length
        return window
    }

    /// A negative number of layers says it; documents deeper than 8 bits keep their layers in a block
    /// behind, or the word alone.
    private static func isTransparent(
        _ file: FileHead, _ layers: ByteWindow, isLarge: Bool
    ) -> Bool {
        let width = isLarge ? 8 : 4
        var offset = layers.offset
        let end = layers.offset + layers.length
        guard layers.length > 0, let info = section(file, &offset, width) else { return false }
        if info.length >= 2 { return isNegative(file, info.offset) }
        guard section(file, &offset, 4) != nil else { return false }
        for _ in 0..<maximumBlocks where offset + 12 <= end {
            let head = file.bytes(at: offset, count: 8)
            guard head.count == 8 else { return false }
            let key = String(decoding: head[4...], as: UTF8.self)
            offset += 8
            let isWide =
                isLarge && ["LMsk", "Lr16", "Lr32", "Layr", "Mt16", "Mt32", "Mtrn"].contains(key)
            guard let block = section(file, &offset, isWide ? 8 : 4) else { return false }
            if ["Mtrn", "Mt16", "Mt32"].contains(key) { return true }
            if ["Layr", "Lr16", "Lr32"].contains(key), block.length >= 2 {
                return isNegative(file, block.offset)
            }
            // Padded to four.
            offset += (4 - block.length % 4) % 4
        }
        return false
    }

    private static func isNegative(_ file: FileHead, _ offset: Int64) -> Bool {
        (file.bytes(at: offset, count: 1).first ?? 0) >= 0x80
    }

    /// The profile and who made the picture, from among the resources.
    private mutating func read(_ resources: ByteWindow, of file: FileHead) {
        var offset = resources.offset
        let end = resources.offset + resources.length
        let largestVersion = 65_536
        for _ in 0..<Self.maximumBlocks where offset + 12 <= end {
            let head = file.bytes(at: offset, count: 7)
            guard head.count == 7 else { return }
            let number = head[4..<6].bigEndian
            // A name with its length in front, padded to two.
            offset += 6 + Int64(head[6]) + 1 + Int64(1 - head[6] % 2)
            guard let data = Self.section(file, &offset, 4) else { return }
            func bytes(atMost most: Int) -> [UInt8]? {
                guard data.length > 0, data.length <= Int64(most) else { return nil }
                return file.bytes(at: data.offset, count: Int(data.length))
            }
            switch number {
            case 1028: iptc = bytes(atMost: Self.largestMetadata)
            case 1057:
                // A version, then whether the flattened picture is real.
                if let version = bytes(atMost: largestVersion), version.count > 4 {
                    hasPicture = version[4] != 0
                }
            case 1039: profile = bytes(atMost: Self.largestProfile)
            case 1060: xmp = bytes(atMost: Self.largestMetadata)
            default: break
            }
            offset += data.length % 2
        }
    }
}
