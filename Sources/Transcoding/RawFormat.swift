/// A RAW format: how it is called here, on the web, and among people.
struct RawFormat: Hashable {
    /// The usual file name extension: `nef`, `dng`.
    let name: String
    /// As ExifTool has it; no RAW format is registered with IANA.
    let mediaType: String
    /// `Nikon NEF`.
    let title: String

    init(_ name: String, _ mediaType: String, _ title: String) {
        self.name = name
        self.mediaType = mediaType
        self.title = title
    }

    static let raf = RawFormat("raf", "image/x-fujifilm-raf", "Fujifilm RAF")
    static let cr3 = RawFormat("cr3", "image/x-canon-cr3", "Canon CR3")
    static let orf = RawFormat("orf", "image/x-olympus-orf", "Olympus ORF")
    static let rw2 = RawFormat("rw2", "image/x-panasonic-rw2", "Panasonic RW2")
    private static let cr2 = RawFormat("cr2", "image/x-canon-cr2", "Canon CR2")
    private static let iiq = RawFormat("iiq", "image/x-raw", "Phase One IIQ")
    private static let dng = RawFormat("dng", "image/x-adobe-dng", "Adobe DNG")
    /// Of a camera whose maker has no line below.
    private static let other = RawFormat("raw", "image/x-raw", "of an unknown camera")

    /// Formats whose files are plain TIFF, by how the maker's name begins.
    private static let makers: [(String, RawFormat)] = [
        ("NIKON", RawFormat("nef", "image/x-nikon-nef", "Nikon NEF")),
        ("SONY", RawFormat("arw", "image/x-sony-arw", "Sony ARW")),
        ("PENTAX", RawFormat("pef", "image/x-pentax-pef", "Pentax PEF")),
        ("RICOH", RawFormat("pef", "image/x-pentax-pef", "Pentax PEF")),
        ("SAMSUNG", RawFormat("srw", "image/x-samsung-srw", "Samsung SRW")),
        ("HASSELBLAD", RawFormat("3fr", "image/x-hasselblad-3fr", "Hasselblad 3FR")),
        ("SEIKO EPSON", RawFormat("erf", "image/x-epson-erf", "Epson ERF")),
        ("EPSON", RawFormat("erf", "image/x-epson-erf", "Epson ERF")),
        ("EASTMAN KODAK", RawFormat("dcr", "image/x-kodak-dcr", "Kodak DCR")),
        ("KODAK", RawFormat("dcr", "image/x-kodak-dcr", "Kodak DCR")),
        ("MAMIYA", RawFormat("mef", "image/x-mamiya-mef", "Mamiya MEF")),
        ("LEAF", RawFormat("mos", "image/x-raw", "Leaf MOS")),
        ("PHASE ONE", iiq),
    ]

    /// Formats of which no preview is looked for: old, rare, and laid out in their own ways.
    private static let unread: [(offset: Int, start: String, format: RawFormat)] = [
        (0, "FOVb", RawFormat("x3f", "image/x-sigma-x3f", "Sigma X3F")),
        (0, "\0MRM", RawFormat("mrw", "image/x-minolta-mrw", "Minolta MRW")),
        (6, "HEAPCCDR", RawFormat("crw", "image/x-canon-crw", "Canon CRW")),
    ]

    /// A format whose files are known by their first bytes, and only to be refused.
    static func unread(_ file: FileHead) -> RawFormat? {
        unread.first { file.has($0.start, at: $0.offset) }?.format
    }

    /// What a TIFF is, when it is camera RAW.
    static func tiff(_ file: FileHead, _ directories: TIFFDirectories) -> RawFormat? {
        if file.has("IIRO") || file.has("IIRS") || file.has("MMOR") { return orf }
        if file.has("IIU\0") { return rw2 }
        if file.has("CR\u{2}", at: 8) { return cr2 }
        if file.has("IIIITwaR", at: 8) || file.has("MMMMRawT", at: 8) { return iiq }
        guard let first = directories.pages.first else { return nil }
        if first.has(TIFFTag.dngVersion) { return dng }
        guard directories.all.contains(where: \.isSensorData) else { return nil }
        let maker = first.text(TIFFTag.make)?.uppercased() ?? ""
        return makers.first { maker.hasPrefix($0.0) }?.1 ?? other
    }
}

extension TIFFDirectory {
    /// Colour filter array, and its demosaiced form. TIFF/EP 5.1; DNG 1.7.1, chapter 3.
    private static let sensorPhotometrics: Set<Int64> = [32_803, 34_892]
    /// Kodak (262, 32867, 65000), Sony (32767), Epson, Samsung (32769, 32770, 32772), Panasonic
    /// (34316, 34826, 34828, 34830), Nikon (34713), Pentax (65535): compressions that no ordinary
    /// TIFF has. As ExifTool lists them.
    private static let sensorCompressions: Set<Int64> = [
        262, 32_767, 32_769, 32_770, 32_772, 32_867, 34_316, 34_713, 34_826, 34_828, 34_830,
        65_000, 65_535,
    ]

    /// Whether it describes what a sensor saw, and no picture.
    var isSensorData: Bool {
        number(TIFFTag.photometric).map(Self.sensorPhotometrics.contains) ?? false
            || number(TIFFTag.compression).map(Self.sensorCompressions.contains) ?? false
    }
}
