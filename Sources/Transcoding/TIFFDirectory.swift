import MediaModel

/// How a TIFF file writes numbers, and where its offsets count from.
struct TIFFLayout {
    let file: FileHead
    /// Where offset 0 is, in bytes from the start of the file: EXIF is a TIFF inside another file.
    let base: Int64
    let isLittleEndian: Bool
    /// BigTIFF: counts and offsets have 8 bytes.
    var isBig = false

    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        isLittleEndian
            ? bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
            : bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Fewer at the end of the file, none beyond it.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        let (place, overflow) = base.addingReportingOverflow(offset)
        return overflow || offset < 0 ? [] : file.bytes(at: place, count: count)
    }
}

/// One directory (IFD) of a TIFF file: claims about a picture, by tag.
struct TIFFDirectory {
    /// Where it hangs.
    enum Place {
        /// In the chain that the file begins with: what readers count as pages.
        case page
        /// Under another one's tag 330.
        case child
        case exif
        /// In a camera maker's own place.
        case makerNote
    }

    let place: Place
    let layout: TIFFLayout
    /// Of the next one in the chain; 0 = none.
    let next: Int64
    private var entries: [UInt16: Entry] = [:]

    private struct Entry {
        let type: Int
        let count: UInt64
        /// Where the value lies, inside the entry or elsewhere.
        let offset: Int64
    }

    /// Most entries that are read of one directory; cameras write about a hundred.
    private static let maximumEntries = 512
    /// Bytes of a value, by the type's number; 0 = no such type. TIFF 6.0, section 2; BigTIFF.
    private static let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
    /// BYTE, SHORT, LONG, IFD, LONG8, IFD8.
    private static let wholeNumbers: Set<Int> = [1, 3, 4, 13, 16, 18]

    /// - Returns: nil when there is none.
    init?(_ layout: TIFFLayout, at offset: Int64, place: Place) {
        let countBytes = layout.isBig ? 8 : 2
        let entryBytes = layout.isBig ? 20 : 12
        let fieldBytes = layout.isBig ? 8 : 4
        let head = layout.bytes(at: offset, count: countBytes)
        guard head.count == countBytes else { return nil }
        let count = layout.number(head[...])
        guard count > 0, count <= UInt64(UInt16.max) else { return nil }
        let start = offset + Int64(countBytes)
        let body = layout.bytes(
            at: start, count: min(Int(count), Self.maximumEntries) * entryBytes)
        for index in 0..<body.count / entryBytes {
            let entry = body[index * entryBytes..<(index + 1) * entryBytes]
            let first = entry.startIndex
            let type = Int(layout.number(entry[first + 2..<first + 4]))
            guard Self.sizes.indices.contains(type), Self.sizes[type] > 0 else { continue }
            let values = layout.number(entry[first + 4..<first + 4 + fieldBytes])
            let field = entry[first + 4 + fieldBytes..<first + 4 + 2 * fieldBytes]
            let isInside = values <= UInt64(fieldBytes / Self.sizes[type])
            let tag = UInt16(layout.number(entry[first..<first + 2]))
            guard entries[tag] == nil else { continue }
            entries[tag] = Entry(
                type: type, count: values,
                offset: isInside
                    ? start + Int64(field.startIndex) : Int64(clamping: layout.number(field)))
        }
        let link = layout.bytes(
            at: start + Int64(count) * Int64(entryBytes), count: fieldBytes)
        next = link.count == fieldBytes ? Int64(clamping: layout.number(link[...])) : 0
        self.layout = layout
        self.place = place
    }

    func has(_ tag: UInt16) -> Bool { entries[tag] != nil }

    /// The first values of a tag that holds whole numbers, else none.
    func numbers(_ tag: UInt16, atMost limit: Int) -> [Int64] {
        guard let entry = entries[tag], Self.wholeNumbers.contains(entry.type) else { return [] }
        let size = Self.sizes[entry.type]
        let count = Int(min(entry.count, UInt64(limit)))
        let bytes = layout.bytes(at: entry.offset, count: count * size)
        return (0..<bytes.count / size).map { index in
            Int64(clamping: layout.number(bytes[index * size..<(index + 1) * size]))
        }
    }

    func number(_ tag: UInt16) -> Int64? { numbers(tag, atMost: 1).first }

    /// A tag's value as it is stored, when it is not longer than `limit` bytes.
    func bytes(_ tag: UInt16, atMost limit: Int) -> [UInt8]? {
        guard let window = window(tag), window.length <= Int64(limit) else { return nil }
        return layout.file.bytes(at: window.offset, count: Int(window.length))
    }

    /// A text, of at most 1,000 bytes.
    func text(_ tag: UInt16) -> String? {
        guard entries[tag]?.type == 2, let bytes = bytes(tag, atMost: 1_000) else { return nil }
        return String(undeclared: bytes.prefix { $0 != 0 })
    }

    /// Where a tag's value lies in the file.
    func window(_ tag: UInt16) -> ByteWindow? {
        guard let entry = entries[tag] else { return nil }
        let (length, tooLong) = entry.count.multipliedReportingOverflow(
            by: UInt64(Self.sizes[entry.type]))
        let (offset, tooFar) = layout.base.addingReportingOverflow(entry.offset)
        let window = ByteWindow(offset: offset, length: Int64(clamping: length))
        return !tooLong && !tooFar && window.fits(in: layout.file.byteCount) ? window : nil
    }

    /// The picture's size, when it says one.
    func size(_ width: UInt16 = TIFFTag.width, _ height: UInt16 = TIFFTag.height) -> PixelSize? {
        // A side of a million pixels is no camera's.
        guard let width = number(width), let height = number(height),
            (1...1_000_000).contains(width), (1...1_000_000).contains(height)
        else { return nil }
        return PixelSize(width: Int(width), height: Int(height))
    }

    /// Whether its colours are luma and chroma that libtiff does not turn into red, green and blue,
    /// as it does where they are packed as JPEG. TIFF 6.0, section 21.
    var isPlainYCbCr: Bool {
        number(TIFFTag.photometric) == 6
            && ![6, 7].contains(number(TIFFTag.compression) ?? 1)
    }

    /// Whether its colours are those of a table, or two. TIFF 6.0, sections 3 and 5.
    var hasFewColours: Bool {
        let bits = numbers(TIFFTag.bitsPerSample, atMost: 2)
        return number(TIFFTag.photometric) == 3 || bits.isEmpty || bits == [1]
    }

    /// Whether it says of itself to be a smaller version of another one. TIFF 6.0, section 8.
    var isReduced: Bool {
        number(TIFFTag.newSubfileType).map { $0 & 1 == 1 } ?? (number(TIFFTag.oldSubfileType) == 2)
    }
}
