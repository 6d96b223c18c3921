package import Foundation

/// Camera RAW as cameras write it, as far as previews go: a sensor's data that nobody can develop, and
/// JPEGs where the format has them.
package enum RawFile: String, CaseIterable, Sendable {
    case nef, dng, arw, cr2, pef, orf, rw2, raf, cr3

    /// Size of the sensor's picture that every one of them claims to have.
    package static let sensorWidth = 6_000
    package static let sensorHeight = 4_000

    /// - Parameters:
    ///   - preview: a JPEG.
    ///   - thumbnail: a smaller one, where the format has two.
    ///   - orientation: EXIF orientation, of the RAW file.
    package func data(
        preview: [UInt8], thumbnail: [UInt8], orientation: UInt16 = 1
    ) -> Data {
        switch self {
        case .nef: tiff("NIKON CORPORATION", orientation, nefParts(preview, thumbnail)).data
        case .dng: tiff("Camera", orientation, dngParts(preview, thumbnail)).data
        case .arw: arw(preview, thumbnail, orientation).data
        case .cr2: cr2(preview, thumbnail, orientation).data
        case .pef: pef(preview, thumbnail, orientation).data
        case .orf: orf(preview, thumbnail, orientation).data
        case .rw2: rw2(preview, orientation).data
        case .raf: Self.raf(preview)
        case .cr3: Self.cr3(preview, thumbnail, orientation)
        }
    }

    /// How it is called where media types are.
    package var mediaType: String {
        switch self {
        case .nef: "image/x-nikon-nef"
        case .dng: "image/x-adobe-dng"
        case .arw: "image/x-sony-arw"
        case .cr2: "image/x-canon-cr2"
        case .pef: "image/x-pentax-pef"
        case .orf: "image/x-olympus-orf"
        case .rw2: "image/x-panasonic-rw2"
        case .raf: "image/x-fujifilm-raf"
        case .cr3: "image/x-canon-cr3"
        }
    }

    package static let artist = "A. Photographer"

    // MARK: TIFF

    /// What every camera writes into its first directory.
    private func common(_ maker: String, _ orientation: UInt16) -> [UInt16: TIFFFile.Value] {
        [
            271: .text(maker), 272: .text("Model"), 274: .short(orientation),
            315: .text(Self.artist),
        ]
    }

    private var sensor: [UInt16: TIFFFile.Value] {
        .sensor(width: Self.sensorWidth, height: Self.sensorHeight)
    }

    /// A tiny uncompressed picture in the first directory: what a TIFF reader finds there.
    private var tinyPicture: [UInt16: TIFFFile.Value] {
        [
            254: .long(1), 256: .long(4), 257: .long(2), 258: .short(8), 259: .short(1),
            262: .short(1), 273: .place(of: [0, 50, 100, 150, 200, 250, 0, 50]), 277: .short(1),
            278: .long(2), 279: .long(8),
        ]
    }

    private func tiff(
        _ maker: String, _ orientation: UInt16, _ parts: [UInt16: TIFFFile.Value]
    ) -> TIFFFile {
        var file = TIFFFile(common(maker, orientation) + tinyPicture + parts)
        file.isLittleEndian = self != .nef
        return file
    }

    private func nefParts(
        _ preview: [UInt8], _ thumbnail: [UInt8]
    ) -> [UInt16: TIFFFile.Value] {
        [
            330: .directories([
                .init([254: .long(1), 259: .short(6)] + .jpeg(preview)),
                .init(sensor + [259: .short(34_713)]),
                .init([254: .long(1), 259: .short(6)] + .jpeg(thumbnail)),
            ])
        ]
    }

    private func dngParts(
        _ preview: [UInt8], _ thumbnail: [UInt8]
    ) -> [UInt16: TIFFFile.Value] {
        // The sensor's data is a lossless JPEG, in one strip: larger than any preview.
        let data = Self.losslessJPEG(width: Self.sensorWidth, height: Self.sensorHeight)
        return [
            50_706: .bytes([1, 4, 0, 0]),
            330: .directories([
                .init(sensor + .strip(data)),
                .init([254: .long(1), 262: .short(6)] + .strip(thumbnail)),
                .init([254: .long(1), 262: .short(6)] + .strip(preview)),
            ]),
        ]
    }

    private func arw(
        _ preview: [UInt8], _ thumbnail: [UInt8], _ orientation: UInt16
    ) -> TIFFFile {
        // The first directory claims to be a JPEG and has no strips.
        let first = common("SONY", orientation) + [254: .long(1), 259: .short(6)] + .jpeg(preview)
        let children: [UInt16: TIFFFile.Value] = [
            330: .directories([.init(sensor + [259: .short(32_767)])])
        ]
        return TIFFFile([
            .init(first + children),
            .init([254: .long(1), 259: .short(6)] + .jpeg(thumbnail)),
        ])
    }

    private func cr2(
        _ preview: [UInt8], _ thumbnail: [UInt8], _ orientation: UInt16
    ) -> TIFFFile {
        let data = Self.losslessJPEG(width: Self.sensorWidth, height: Self.sensorHeight)
        let exif: [UInt16: TIFFFile.Value] = [
            40_962: .long(UInt32(Self.sensorWidth)), 40_963: .long(UInt32(Self.sensorHeight)),
        ]
        var file = TIFFFile([
            .init(
                common("Canon", orientation) + .strip(preview, compression: 6)
                    + [34_665: .directories([.init(exif)])]),
            .init(.jpeg(thumbnail)),
            .init(.strip(data, compression: 6)),
        ])
        file.signature = Array("CR".utf8) + [2, 0, 0, 0, 0, 0]
        return file
    }

    private func pef(
        _ preview: [UInt8], _ thumbnail: [UInt8], _ orientation: UInt16
    ) -> TIFFFile {
        var file = TIFFFile([
            .init(common("PENTAX", orientation) + sensor + [259: .short(65_535)]),
            .init([259: .short(6)] + .jpeg(thumbnail)),
            .init([259: .short(6)] + .jpeg(preview)),
        ])
        file.isLittleEndian = false
        return file
    }

    private func orf(
        _ preview: [UInt8], _ thumbnail: [UInt8], _ orientation: UInt16
    ) -> TIFFFile {
        let exif: [UInt16: TIFFFile.Value] = [
            37_500: .olympusNote(preview: preview),
            40_962: .long(UInt32(Self.sensorWidth)), 40_963: .long(UInt32(Self.sensorHeight)),
        ]
        var file = TIFFFile([
            .init(
                common("OLYMPUS CORPORATION", orientation) + tinyPicture
                    + [34_665: .directories([.init(exif)])]),
            .init([259: .short(6)] + .jpeg(thumbnail)),
        ])
        file.magic = 0x4F52
        return file
    }

    private func rw2(_ preview: [UInt8], _ orientation: UInt16) -> TIFFFile {
        var file = TIFFFile(
            common("Panasonic", orientation) + [
                0x02: .short(UInt16(Self.sensorWidth)), 0x03: .short(UInt16(Self.sensorHeight)),
                0x2E: .bytes(preview),
            ])
        file.magic = 0x55
        return file
    }

    // MARK: Others

    private static func bigEndian<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Its EXIF is that of its JPEG.
    private static func raf(_ preview: [UInt8]) -> Data {
        let header = Array("FUJIFILMCCD-RAW 0201FF389501".utf8)
        let start = 160
        let table = start + preview.count
        let entry =
            bigEndian(UInt16(0x111)) + bigEndian(UInt16(4)) + bigEndian(UInt16(sensorHeight))
            + bigEndian(UInt16(sensorWidth))
        let content = bigEndian(UInt32(1)) + entry
        var bytes = header + [UInt8](repeating: 0, count: start - header.count)
        for (place, value) in [
            (84, start), (88, preview.count), (92, table), (96, content.count),
        ] {
            bytes.replaceSubrange(place..<place + 4, with: bigEndian(UInt32(value)))
        }
        return Data(bytes + preview + content)
    }

    private static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        bigEndian(UInt32(content.count + 8)) + Array(name.utf8) + content
    }

    /// A thumbnail in the preview's box; the preview itself as the only sample of the first track.
    private static func cr3(
        _ preview: [UInt8], _ thumbnail: [UInt8], _ orientation: UInt16
    ) -> Data {
        let canon: [UInt8] = [
            0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B,
            0x6A, 0x48,
        ]
        let canonPreview: [UInt8] = [
            0xEA, 0xF4, 0x2B, 0x5E, 0x1C, 0x98, 0x4B, 0x88, 0xB9, 0xFB, 0xB7, 0xDC, 0x40, 0x6E,
            0x4D, 0x16,
        ]
        let main = TIFFFile([
            256: .long(UInt32(sensorWidth)), 257: .long(UInt32(sensorHeight)),
            271: .text("Canon"), 274: .short(orientation), 315: .text(artist),
        ])
        let type = box("ftyp", Array("crx ".utf8) + bigEndian(UInt32(1)) + Array("crx isom".utf8))
        func movie(sample: Int) -> [UInt8] {
            let sizes = box(
                "stsz",
                bigEndian(UInt32(0)) + bigEndian(UInt32(0)) + bigEndian(UInt32(1))
                    + bigEndian(UInt32(preview.count)))
            let places = box(
                "co64", bigEndian(UInt32(0)) + bigEndian(UInt32(1)) + bigEndian(UInt64(sample)))
            let track = box(
                "trak", box("mdia", box("minf", box("stbl", sizes + places))))
            return box("moov", box("uuid", canon + box("CMT1", Array(main.data))) + track)
        }
        let small = box(
            "PRVW",
            bigEndian(UInt32(0)) + bigEndian(UInt16(1)) + bigEndian(UInt16(160))
                + bigEndian(UInt16(120)) + bigEndian(UInt16(1))
                + bigEndian(UInt32(thumbnail.count)) + thumbnail)
        let second = box("uuid", canonPreview + bigEndian(UInt64(1)) + small)
        // The place does not change the length.
        let sample = type.count + movie(sample: 0).count + second.count + 8
        return Data(type + movie(sample: sample) + second + box("mdat", preview))
    }

    /// The start of a JPEG as sensors' data is stored: SOF3, one of the processes without loss.
    package static func losslessJPEG(width: Int, height: Int) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, 0xC3, 0x00, 0x0B, 14] + bigEndian(UInt16(height))
            + bigEndian(UInt16(width)) + [1, 0, 0x11, 0, 0xFF, 0xDA]
            + [UInt8](repeating: 7, count: 400)
    }
}
