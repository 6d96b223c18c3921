import MediaModel

extension PictureHeader {
    /// Descriptions are kilobytes; a profile for printing makes a few megabytes of them.
    private static let largestDescription: Int64 = 16 << 20

    /// Reads the header of a JPEG 2000 picture of palette colours, which libvips must not be given:
    /// it takes the channel of indices for the picture's, and writes three behind its end.
    /// ISO/IEC 15444-1, I.5.3
    init?(palettedJPEG2000 file: FileHead) {
        guard let boxes = Self.description(file),
            let header = ISOBoxes.first("ihdr", in: boxes), header.count == 14,
            let palette = ISOBoxes.first("pclr", in: boxes), palette.count >= 4,
            ISOBoxes.number(header.dropFirst(8).prefix(2)) == 1
        else { return nil }
        let channels = Int(palette[palette.startIndex + 2])
        guard [3, 4].contains(channels) else { return nil }
        self.init(
            width: ISOBoxes.number(header.dropFirst(4).prefix(4)),
            height: ISOBoxes.number(header.prefix(4)), colours: 3, hasAlpha: channels == 4,
            decoder: "jpeg2000")
        hasFewColours = true
        let colours = ISOBoxes.list(boxes).filter { $0.name == "colr" }.map(\.content)
        // Method 2 is a profile.
        if let own = colours.first(where: { $0.first == 2 && $0.count > 3 }) {
            profile = Array(own.dropFirst(3))
        }
    }

    /// Whether its colours are those of a palette.
    static func hasPalette(jpeg2000 file: FileHead) -> Bool {
        description(file).map { ISOBoxes.first("pclr", in: $0) != nil } ?? false
    }

    /// The boxes that describe the picture; nil in a bare codestream.
    private static func description(_ file: FileHead) -> ArraySlice<UInt8>? {
        var found: [UInt8]?
        ISOBoxes.each(in: file) { name, place in
            guard name == "jp2h" else { return name != "jp2c" }
            if place.count <= largestDescription {
                found = file.bytes(at: place.lowerBound, count: place.count)
            }
            return false
        }
        return found.map { $0[...] }
    }
}
