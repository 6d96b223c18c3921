import Foundation

/// PNG with chunks that no encoder here writes.
enum PNGChunk {
    /// A copy with one chunk more, right behind the header.
    static func insert(
        _ type: String, _ content: [UInt8], into file: URL, for run: StillRun
    ) throws -> URL {
        let body = Array(type.utf8) + content
        // As Annex D of the standard has it.
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in body {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        var chunk = Data(big(UInt32(content.count)))
        chunk += body + big(~sum)
        var bytes = try Data(contentsOf: file)
        // The signature, then a header of 13 bytes.
        bytes.insert(contentsOf: chunk, at: 8 + 25)
        let made = run.fixture("\(type).png")
        try bytes.write(to: made)
        return made
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

/// AVIF by FFmpeg, which writes the `colr` box and no profile.
enum AVIFFixture {
    static func make(
        _ file: URL, primaries: String, transfer: String, format: String = "yuv444p",
        for run: StillRun
    ) throws -> URL {
        let made = run.fixture("made.avif")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-y", "-i", file.path, "-vf",
                "scale=out_color_matrix=bt709:out_range=full,format=\(format),"
                    + "setparams=color_primaries=\(primaries):color_trc=\(transfer):"
                    + "colorspace=bt709:range=pc",
                "-color_primaries", primaries, "-color_trc", transfer, "-colorspace", "bt709",
                "-color_range", "pc", "-c:v", "libaom-av1", "-still-picture", "1", "-crf", "2",
                "-cpu-used", "8", "-frames:v", "1", made.path,
            ])
        return made
    }
}

/// A JPEG that a phone could have made: a second one behind it, an index of both, and XMP.
enum UltraHDRFixture {
    static func bytes(base: Data) -> Data {
        let packet = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description \
            xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>\
            </rdf:RDF></x:xmpmeta>
            """
        let xmp = segment(0xE1, Data("http://ns.adobe.com/xap/1.0/\0".utf8) + Data(packet.utf8))
        return pair(base, first: xmp, second: base)
    }

    /// As iPhones write it: only the second picture says what it is.
    static func apple(_ base: Data) -> Data {
        let packet =
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
            + "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
            + "xmlns:HDRGainMap=\"http://ns.apple.com/HDRGainMap/1.0/\" "
            + "HDRGainMap:HDRGainMapVersion=\"65536\"/></rdf:RDF></x:xmpmeta>"
        let xmp = segment(0xE1, Data("http://ns.adobe.com/xap/1.0/\0".utf8) + Data(packet.utf8))
        return pair(base, first: Data(), second: base.prefix(2) + xmp + base.dropFirst(2))
    }

    /// ISO 21496-1, annex C: the first picture says which version one has to know.
    static func iso(_ base: Data) -> Data {
        let version = segment(0xE2, Data("urn:iso:std:iso:ts:21496:-1\0".utf8) + Data(count: 4))
        return pair(base, first: version, second: base)
    }

    /// - Parameters:
    ///   - first: segments of the first picture, before the index.
    private static func pair(_ base: Data, first: Data, second: Data) -> Data {
        // Big endian; three entries: version, number of pictures, and the two of them.
        var index = Data([0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 3])
        index += Data([0xB0, 0, 0, 7, 0, 0, 0, 4]) + Data("0100".utf8)
        index += Data([0xB0, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2])
        index += Data([0xB0, 2, 0, 7, 0, 0, 0, 32, 0, 0, 0, 50, 0, 0, 0, 0])
        let start = 2 + first.count + 8
        let whole = start + index.count + 32 + base.count - 2
        index += Data([0, 3, 0, 0]) + big(whole) + big(0) + Data(count: 4)
        index += Data([0, 0, 0, 0]) + big(second.count) + big(whole - start) + Data(count: 4)
        let map = segment(0xE2, Data("MPF\0".utf8) + index)
        return base.prefix(2) + first + map + base.dropFirst(2) + second
    }

    private static func segment(_ marker: UInt8, _ payload: Data) -> Data {
        Data([0xFF, marker, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 255)])
            + payload
    }

    private static func big(_ value: Int) -> Data {
        Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
    }
}
