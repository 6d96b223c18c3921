import MediaModel

extension Attribution {
    private static let jpegXL: [UInt8] = [
        0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A,
    ]

    /// Reads the boxes beside a JPEG XL picture: libvips 8.14 hands neither on. Packed ones (`brob`) are
    /// passed over. ISO/IEC 18181-2, 9.4 and 9.5
    init?(jpegXL file: FileHead) {
        guard file.has(Self.jpegXL) else { return nil }
        var xmp: XMPReader?
        var directory: TIFFDirectory?
        ISOBoxes.each(in: file) { name, place in
            if name == "xml ", xmp == nil, place.count <= Self.maximumBlock {
                xmp = XMPReader(file.bytes(at: place.lowerBound, count: place.count))
            } else if name == "Exif", directory == nil {
                let start = file.bytes(at: place.lowerBound, count: 4)
                let offset = Int64(ISOBoxes.number(start))
                if start.count == 4, offset < Int64(place.count) {
                    directory =
                        TIFFDirectories(file, at: place.lowerBound + 4 + offset)?.pages.first
                }
            }
            return true
        }
        self.init(
            xmp: xmp, iptc: nil, artist: directory?.text(TIFFTag.artist),
            rights: directory?.text(TIFFTag.copyright))
    }
}
