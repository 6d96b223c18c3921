import MediaModel
import Testing

@testable import Transcoding

/// Boxes of HEIC and AVIF files made by hand: which picture a property belongs to decides.
@Suite struct HEIFPropertiesTests {
    private func box(_ name: String, _ parts: [UInt8]...) -> [UInt8] {
        let content = parts.flatMap { $0 }
        let size = content.count + 8
        return [0, 0, UInt8(size >> 8), UInt8(size & 255)] + Array(name.utf8) + content
    }

    private func colour(_ primaries: UInt8, _ transfer: UInt8) -> [UInt8] {
        box("colr", Array("nclx".utf8), [0, primaries, 0, transfer, 0, 1, 0x80])
    }

    /// - Parameters:
    ///   - associations: bytes of the `ipma` box behind its count.
    private func file(
        _ properties: [UInt8], associations: [UInt8] = [], entries: UInt8 = 0, items: [UInt8] = []
    ) -> FileHead {
        let meta = box(
            "meta", [0, 0, 0, 0], box("pitm", [0, 0, 0, 0, 0, 7]), items,
            box(
                "iprp", box("ipco", properties),
                box("ipma", [0, 0, 0, 0, 0, 0, 0, entries], associations)))
        return FileHead(bytes: box("ftyp", Array("heic".utf8)) + meta + box("mdat", [1, 2, 3]))
    }

    @Test func thePrimaryPicturesColourCounts() throws {
        let two = colour(1, 13) + colour(9, 16) + box("clli", [3, 0xE8, 0, 100])
        // Item 5 has the first property; item 7 the second and third, marked as essential.
        let found = try #require(
            HEIFProperties(
                file(two, associations: [0, 5, 1, 1, 0, 7, 2, 0x82, 0x83], entries: 2)))
        #expect(
            found.color == StillColor(source: .nclx, primaries: 9, transfer: 16, peakNits: 1000))
    }

    @Test func withoutAssociationsTheFirstCounts() throws {
        let found = try #require(HEIFProperties(file(colour(12, 13) + colour(9, 16))))
        #expect(found.color?.primaries == 12 && found.gainMap == nil)
    }

    @Test func gainMapsAreRecognised() {
        let auxiliary = box(
            "auxC", [0, 0, 0, 0], Array("urn:com:apple:photo:2020:aux:hdrgainmap\0".utf8))
        #expect(HEIFProperties(file(auxiliary))?.gainMap == .apple)
        let alpha = box("auxC", [0, 0, 0, 0], Array("urn:mpeg:hevc:2015:auxid:1\0".utf8))
        #expect(HEIFProperties(file(alpha))?.gainMap == nil)
        let entry = box("infe", [2, 0, 0, 0, 0, 9, 0, 0], Array("tmap\0".utf8))
        let items = box("iinf", [0, 0, 0, 0, 0, 1], entry)
        #expect(HEIFProperties(file(colour(1, 13), items: items))?.gainMap == .iso)
    }

    @Test func noBytesAreTooStrange() {
        let whole = file(
            colour(9, 16), associations: [0, 7, 200, 1], entries: 255,
            items: box("iinf", [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], box("infe", [2])))
        for count in whole.head.indices {
            _ = HEIFProperties(FileHead(bytes: Array(whole.head.prefix(count))))
            var bytes = whole.head
            bytes[count] = 0xFF
            _ = HEIFProperties(FileHead(bytes: bytes))
        }
    }
}
