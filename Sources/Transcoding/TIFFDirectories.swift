import MediaModel

/// The directories of a TIFF file, read by hand: which pictures it says to hold, and where.
///
/// Camera RAW is TIFF in all but name. Everything in it is a claim by somebody: what lies outside
/// the file, repeats itself or exceeds the bounds below is passed over; nothing here fails, loops,
/// or takes memory by the file's word. TIFF 6.0; BigTIFF; Exif 2.32, 4.6.3.
struct TIFFDirectories {
    /// Pages first, in their order; then what hangs under them.
    private(set) var all: [TIFFDirectory] = []
    /// How the file writes numbers.
    let layout: TIFFLayout

    private var seen: Set<Int64> = []

    /// Most directories that are looked at; cameras write fewer than ten.
    private static let maximumDirectories = 64
    /// Of these, most pages: what hangs under the first ones must find its place.
    private static let maximumPages = 32
    /// Most directories under one other.
    private static let maximumChildren = 16
    /// The numbers that stand for the version: TIFF, Panasonic (`U`), Olympus (`RO`, `RS`).
    private static let magics: Set<UInt64> = [42, 0x55, 0x4F52, 0x5352]
    private static let bigMagic: UInt64 = 43

    /// - Parameter base: where the TIFF begins in the file, in bytes.
    /// - Returns: nil when there is none.
    init?(_ file: FileHead, at base: Int64 = 0) {
        let head = file.bytes(at: base, count: 16)
        guard head.count >= 8, head[0] == head[1], head[0] == 0x49 || head[0] == 0x4D else {
            return nil
        }
        var layout = TIFFLayout(file: file, base: base, isLittleEndian: head[0] == 0x49)
        let magic = layout.number(head[2..<4])
        var first = layout.number(head[4..<8])
        if magic == Self.bigMagic {
            // Then the size of offsets, which is 8.
            guard head.count == 16, layout.number(head[4..<6]) == 8 else { return nil }
            layout.isBig = true
            first = layout.number(head[8..<16])
        } else {
            guard Self.magics.contains(magic) else { return nil }
        }
        self.layout = layout
        walk(from: Int64(clamping: first))
    }

    /// What readers count as pages; not more than the bound.
    var pages: [TIFFDirectory] { all.filter { $0.place == .page } }

    /// The first page that is not a smaller version of another one.
    var firstFullPage: Int { pages.firstIndex { !$0.isReduced } ?? 0 }

    private mutating func walk(from first: Int64) {
        var next = first
        while all.count < Self.maximumPages, let page = take(next, .page) { next = page.next }
        var index = 0
        // Breadth first: `all` grows while it is walked through.
        while index < all.count {
            let directory = all[index]
            for offset in directory.numbers(TIFFTag.children, atMost: Self.maximumChildren) {
                _ = take(offset, .child)
            }
            if let offset = directory.number(TIFFTag.exif) { _ = take(offset, .exif) }
            index += 1
        }
    }

    /// Reads a directory, unless it was read before: chains that lead back end there.
    private mutating func take(_ offset: Int64, _ place: TIFFDirectory.Place) -> TIFFDirectory? {
        guard offset > 0, all.count < Self.maximumDirectories, seen.insert(offset).inserted,
            let directory = TIFFDirectory(layout, at: offset, place: place)
        else { return nil }
        all.append(directory)
        return directory
    }
}
