import Foundation
import TestSupport
import Testing

@testable import Transcoding

/// Where C2PA puts its manifest in each format, in files made by hand.
@Suite struct ContentCredentialTests {
    private static let description = Array("jumdc2pa".utf8) + [0, 0x11, 0, 0x10]
    private static let uuid: [UInt8] = [
        0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4,
        0x81,
    ]

    private static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(content.count + 8)] + Array(name.utf8) + content
    }

    private static func jpeg(_ marker: UInt8, type: String) -> [UInt8] {
        let box = box(
            "jumb", [0, 0, 0, 24] + Array("jumd\(type)".utf8) + Array(repeating: 0, count: 12))
        let payload = Array("JP".utf8) + [0, 1, 0, 0, 0, 1] + box
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, marker, 0, UInt8(payload.count + 2)]
            + payload
            + [0xFF, 0xD9]
    }

    private static func png(_ chunk: String) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 2] + Array(chunk.utf8)
            + [1, 2, 0, 0, 0, 0]
    }

    private static func webp(_ chunk: String) -> [UInt8] {
        Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WEBPVP8 ".utf8) + [3, 0, 0, 0, 9, 9, 9, 0]
            + Array(chunk.utf8) + [2, 0, 0, 0, 1, 2]
    }

    private static func tiff(_ tag: UInt16, type: String = "c2pa", isLittleEndian: Bool = true)
        -> [UInt8]
    {
        let box = box(
            "jumb", [0, 0, 0, 24] + Array("jumd\(type)".utf8) + Array(repeating: 0, count: 12))
        var file = TIFFFile([256: .short(1), 257: .short(1), tag: .bytes(box)])
        file.isLittleEndian = isLittleEndian
        return [UInt8](file.data)
    }

    private static func pdf(_ specification: String, before: Int = 0) -> [UInt8] {
        Array("%PDF-1.7\n%\(String(repeating: "x", count: before))\n".utf8)
            + Array("5 0 obj\n<</Type/Filespec \(specification)>>\nendobj\n".utf8)
    }

    /// Documents are looked through in parts of a mebibyte.
    @Test func aDocumentsCredentialsAreFoundWhereverTheyLie() {
        let words = "/AFRelationship /C2PA_Manifest"
        for before in [0, (2 << 20) - 100, 3 << 20] {
            let bytes = Self.pdf(words, before: before)
            #expect(ContentCredentials.arePresent(in: FileHead(bytes: bytes)), "\(before)")
        }
        // Places on both sides of where a part ends.
        for place in stride(from: (1 << 20) - 120, through: (1 << 20) + 10, by: 7) {
            let head = Self.pdf("", before: 0).count
            let bytes = Self.pdf(words, before: place - head)
            #expect(ContentCredentials.arePresent(in: FileHead(bytes: bytes)), "\(place)")
        }
    }

    @Test(arguments: [
        jpeg(0xEB, type: "c2pa"), png("caBX"), webp("C2PA"),
        box("ftyp", Array("avif".utf8)) + box("uuid", uuid + [1]),
        box("JXL ", [0x0D, 0x0A, 0x87, 0x0A]) + box("jumb", [0, 0, 0, 20] + description),
        box("ftyp", Array("isom".utf8)) + box("free", [1, 2]) + box("uuid", uuid + [1]),
        tiff(0xCD41), tiff(0xCD41, isLittleEndian: false),
        pdf("/AFRelationship/C2PA_Manifest/F(a)"),
        pdf("/AFRelationship \r\n /C2PA_Manifest"),
        pdf("/A/C2PA_Manifest/AFRelationship/C2PA_Manifest"),
    ])
    func credentialsAreFound(bytes: [UInt8]) {
        #expect(ContentCredentials.arePresent(in: FileHead(bytes: bytes)))
        for count in bytes.indices {
            _ = ContentCredentials.arePresent(in: FileHead(bytes: Array(bytes.prefix(count))))
        }
    }

    @Test(arguments: [
        jpeg(0xEB, type: "json"), jpeg(0xEA, type: "c2pa"), png("tEXt"), webp("EXIF"),
        box("ftyp", Array("avif".utf8)) + box("uuid", Array(uuid.reversed())), [],
        box("moov", [1, 2]) + box("uuid", Array(uuid.reversed())), tiff(0xCD42),
        tiff(0xCD41, type: "json"), pdf("/AFRelationship/Source"), pdf("/F(/C2PA_Manifest)"),
        pdf("/AFRelationship/C2PA_Manifests"), Array("/AFRelationship/C2PA_Manifest ".utf8),
        [0xFF, 0xD8, 0xFF],
    ])
    func othersAreNot(bytes: [UInt8]) {
        #expect(!ContentCredentials.arePresent(in: FileHead(bytes: bytes)))
    }
}
