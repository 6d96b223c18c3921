import Foundation
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

    @Test(arguments: [
        jpeg(0xEB, type: "c2pa"), png("caBX"), webp("C2PA"),
        box("ftyp", Array("avif".utf8)) + box("uuid", uuid + [1]),
        box("JXL ", [0x0D, 0x0A, 0x87, 0x0A]) + box("jumb", [0, 0, 0, 20] + description),
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
        [0xFF, 0xD8, 0xFF],
    ])
    func othersAreNot(bytes: [UInt8]) {
        #expect(!ContentCredentials.arePresent(in: FileHead(bytes: bytes)))
    }
}
