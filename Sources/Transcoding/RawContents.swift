import MediaModel

/// What a RAW file claims to hold: places where previews may lie, and what it says of the picture.
struct RawContents {
    /// Where previews may lie. Anything can be said there: nothing but a JPEG counts.
    var candidates: [ByteWindow] = []
    /// Of what the sensor saw.
    var sensorSize: PixelSize?
    /// Orientation, maker, artist and copyright stand here.
    var main: TIFFDirectory?

    /// Nothing.
    init() {}

    /// Of a file that is TIFF in all but name.
    init(_ directories: TIFFDirectories) {
        main = directories.pages.first
        for directory in directories.all {
            candidates += directory.previews
            if let note = directory.window(TIFFTag.makerNote) {
                candidates += RawContents.olympusPreview(directory.layout.file, note)
            }
        }
        let sensors = directories.all.compactMap { $0.isSensorData ? $0.size() : nil }
        let panasonic = main?.size(TIFFTag.panasonicSensorWidth, TIFFTag.panasonicSensorHeight)
        let exif = directories.all.first { $0.place == .exif }
        sensorSize =
            sensors.max { $0.area < $1.area } ?? panasonic
            ?? exif?.size(TIFFTag.exifWidth, TIFFTag.exifHeight)
    }
}

extension TIFFDirectory {
    /// Old-style and new-style JPEG. TIFF 6.0, section 22; TIFF Technical Note 2.
    private static let jpegCompressions: Set<Int64> = [6, 7]

    /// Where this directory says that JPEGs lie.
    fileprivate var previews: [ByteWindow] {
        var places: [ByteWindow] = []
        if let offset = number(TIFFTag.jpegOffset), let length = number(TIFFTag.jpegLength) {
            places += window(from: offset, length: length)
        }
        // A picture in one strip is a whole JPEG; in several, or in tiles, it is none.
        let offsets = numbers(TIFFTag.stripOffsets, atMost: 2)
        let lengths = numbers(TIFFTag.stripByteCounts, atMost: 2)
        if !isSensorData, offsets.count == 1, lengths.count == 1,
            number(TIFFTag.compression).map(Self.jpegCompressions.contains) ?? false
        {
            places += window(from: offsets[0], length: lengths[0])
        }
        if place == .page, let jpeg = window(TIFFTag.panasonicJPEG) { places.append(jpeg) }
        return places
    }

    /// A part of the file by an offset as TIFF counts it; none when it is outside.
    fileprivate func window(from offset: Int64, length: Int64) -> [ByteWindow] {
        let (start, overflow) = layout.base.addingReportingOverflow(offset)
        let window = ByteWindow(offset: start, length: length)
        return !overflow && offset > 0 && window.fits(in: layout.file.byteCount) ? [window] : []
    }
}

extension RawContents {
    /// Camera settings, with the preview's place, in an Olympus maker note. As ExifTool names them.
    private static let cameraSettings: UInt16 = 0x2020
    private static let previewStart: UInt16 = 0x0101
    private static let previewLength: UInt16 = 0x0102

    /// The preview of an ORF, whose offsets count from the start of its maker note.
    fileprivate static func olympusPreview(_ file: FileHead, _ note: ByteWindow) -> [ByteWindow] {
        let head = file.bytes(at: note.offset, count: 12)
        let signatures = ["OLYMPUS\0", "OM SYSTEM\0\0\0"]
        guard head.count == 12,
            let signature = signatures.first(where: { head.starts(with: Array($0.utf8)) })
        else { return [] }
        // Byte order and a version come before the directory.
        let length = signature.utf8.count
        let order = file.bytes(at: note.offset + Int64(length), count: 2)
        let layout = TIFFLayout(
            file: file, base: note.offset, isLittleEndian: order == Array("II".utf8))
        guard let main = TIFFDirectory(layout, at: Int64(length) + 4, place: .makerNote),
            let place = main.number(cameraSettings),
            let settings = TIFFDirectory(layout, at: place, place: .makerNote),
            let start = settings.number(previewStart), let bytes = settings.number(previewLength)
        else { return [] }
        return settings.window(from: start, length: bytes)
    }
}
