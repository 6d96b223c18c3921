import MediaModel
import Vips

extension PhotoshopFile {
    /// Decodes the flattened picture: the colours, and transparency where there is some.
    ///
    /// - Parameter isStrict: whether damage and an early end fail; else nothing is where data is not.
    func picture(_ descriptor: Int32, isStrict: Bool) throws -> Image {
        var cursor = FileCursor(descriptor: descriptor)
        cursor.skip(picture)
        let compression = try cursor.bytes(2)?.bigEndian
        guard let compression, compression <= 1 else { throw Self.unsupported(compression) }
        if compression == 1 {
            // The packed lengths of all rows; the rows themselves say as much.
            cursor.skip(Int64(channels) * Int64(size.height) * (isLarge ? 4 : 2))
        }
        var planes: [Image] = []
        for _ in 0..<(mode.colours + (isTransparent ? 1 : 0)) {
            planes.append(try plane(&cursor, isPacked: compression == 1, isStrict: isStrict))
        }
        let stored = try planes[0].joiningBands(Array(planes.dropFirst()))
        let image = try meaning(of: stored)
        return try header?.described(image) ?? image
    }

    /// One channel: all of its rows follow each other.
    private func plane(
        _ cursor: inout FileCursor, isPacked: Bool, isStrict: Bool
    ) throws -> Image {
        let bytesPerRow = depth == 1 ? (size.width + 7) / 8 : size.width * depth / 8
        let format: BandFormat = depth == 16 ? .ushort : depth == 32 ? .float : .uchar
        let (width, step) = (size.width, depth / 8)
        let inverted: UInt8 = mode == .cmyk ? 0xFF : 0
        return try Image.packed(
            width: size.width, height: size.height, bands: 1, format: format
        ) { (span: inout MutableSpan<UInt8>) throws(Failure) in
            var target = 0
            for _ in 0..<size.height {
                let row =
                    isPacked
                    ? try Self.unpacked(&cursor, bytesPerRow, isStrict: isStrict)
                    : try cursor.bytes(bytesPerRow)
                guard let row else {
                    if isStrict { throw Self.truncated() }
                    return
                }
                if depth == 1 {
                    for x in 0..<width {
                        span[target + x] = row[x / 8] & (0x80 >> UInt8(x % 8)) == 0 ? 255 : 0
                    }
                    target += width
                } else {
                    // The highest byte comes first in the file, last in memory.
                    for index in 0..<row.count {
                        let place = index - index % step + step - 1 - index % step
                        span[target + place] = row[index] ^ inverted
                    }
                    target += row.count
                }
            }
        }
    }

    /// A row as PackBits packs it.
    /// - Returns: nil at the end of the file; a row that goes wrong is filled up unless it must not.
    private static func unpacked(
        _ cursor: inout FileCursor, _ count: Int, isStrict: Bool
    ) throws(Failure) -> [UInt8]? {
        var row: [UInt8] = []
        row.reserveCapacity(count)
        while row.count < count {
            guard let control = try cursor.byte() else { return nil }
            if control == 0x80 { continue }
            let length = control < 0x80 ? Int(control) + 1 : 257 - Int(control)
            guard row.count + length <= count || !isStrict else { throw truncated() }
            if control < 0x80 {
                guard let bytes = try cursor.bytes(length) else { return nil }
                row += bytes.prefix(count - row.count)
            } else {
                guard let byte = try cursor.byte() else { return nil }
                row += repeatElement(byte, count: min(length, count - row.count))
            }
        }
        return row
    }

    private func meaning(of image: Image) throws(VipsError) -> Image {
        switch mode {
        case .indexed:
            let table = (0..<256).flatMap { [palette[$0], palette[$0 + 256], palette[$0 + 512]] }
            return try image.mapped(
                through: Image(copying: table.span, width: 256, height: 1, bands: 3))
        case .lab:
            // 8 bits: L from 0 to 255, a and b from -128 to 127 with 128 for nothing.
            let unit = depth == 16 ? 257.0 : 1
            return try image.linear(
                [100 / (255 * unit), 1 / unit, 1 / unit], [0, -128, -128]
            ).cast(to: .float)
        case .rgb, .grey:
            return isTransparent && depth < 32 ? try withoutWhite(image) : image
        default: return image
        }
    }

    /// Where the flattened picture is transparent, its colours are stored as on white paper.
    private func withoutWhite(_ image: Image) throws(VipsError) -> Image {
        let white = depth == 16 ? 65_535.0 : 255
        let colours = mode.colours
        let tagged = try image.tagged(
            depth == 16 ? (colours == 1 ? .grey16 : .rgb16) : (colours == 1 ? .grey : .srgb))
        let alpha = try tagged.extractingBands(from: colours)
        // value = colour × alpha + white × (1 - alpha), from which the white is taken away.
        let darkened = try tagged.extractingBands(from: 0, count: colours)
            .adding(alpha.linear(1, -white)).joiningBands([alpha])
        return try darkened.tagged(tagged.interpretation).unpremultiplied().rounded()
            .cast(to: depth == 16 ? .ushort : .uchar)
    }

    private static func unsupported(_ compression: Int?) -> Failure {
        guard let compression else { return truncated() }
        return Failure(
            kind: .unsupported, code: "noDecoder",
            operatorText: "the flattened picture of the Photoshop document is packed in a way "
                + "(\(compression)) that is not read here.",
            uploaderText: "This Photoshop document cannot be read here. Please save it with "
                + "“Maximize Compatibility”, or export it as TIFF or PNG, and upload that.")
    }

    private static func truncated() -> Failure {
        Failure(
            kind: .invalidMedia, code: "unreadablePicture",
            operatorText: "the flattened picture of the Photoshop document ends early or is "
                + "damaged.",
            uploaderText: "This picture is damaged and cannot be read. "
                + "Please export it again and upload it once more.")
    }
}
