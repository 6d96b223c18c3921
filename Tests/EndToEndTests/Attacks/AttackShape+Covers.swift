import Foundation
import TestSupport

/// Pictures of recordings that are an address instead, as ID3 and FLAC allow it: type `-->`.
extension AttackShape {
    private static func block(_ type: String, _ data: any ByteSource, claims: UInt32? = nil) -> Data
    {
        let size = claims ?? UInt32(data.bytes.count)
        return bytes(
            UInt32(3).big, UInt32(type.utf8.count).big, type, UInt32(0).big, UInt32(64).big,
            UInt32(48).big, UInt32(24).big, UInt32(0).big, size.big, data)
    }

    private static func flac(_ file: Data, _ block: Data) -> Data {
        // Behind the first block, which describes the stream.
        bytes(
            file.prefix(42), [6], UInt32(block.count).big.dropFirst(), block, file.dropFirst(42))
    }

    private static func mp3(_ type: String, _ data: any ByteSource, _ file: Data) -> Data {
        let picture = bytes([0], type, [0, 3, 0], data)
        let frame = bytes("APIC", UInt32(picture.count).big, [0, 0], picture)
        let size = [21, 14, 7, 0].map { UInt8(frame.count >> $0 & 0x7f) }
        return bytes("ID3", [3, 0, 0], size, frame, file)
    }

    /// FLAC's picture block as a comment of Vorbis, which is where Ogg has it.
    private static func ogg(_ file: Data, _ block: Data) async throws -> Data {
        try await Program("ffmpeg").run(
            [
                "-v", "error", "-f", "ogg", "-i", "-", "-c", "copy", "-metadata:s:a:0",
                "METADATA_BLOCK_PICTURE=\(block.base64EncodedString())", "-f", "ogg", "-",
            ], input: file)
    }

    static let covers: [AttackShape] = [
        AttackShape("a-cover-at-an-address.mp3") { mp3("-->", $0.http, $0.mp3) },
        AttackShape("a-cover-in-a-file.mp3") { mp3("-->", "file://\($0.picture)", $0.mp3) },
        AttackShape("a-cover-that-is-a-list.mp3") {
            mp3("image/jpeg", "#EXTM3U\n#EXTINF:1,\n\($0.http)", $0.mp3)
        },
        AttackShape("a-cover-that-is-a-drawing.mp3") {
            mp3(
                "image/svg+xml",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"\($0.http)\"/></svg>",
                $0.mp3)
        },
        AttackShape("a-cover-of-everything.mp3") {
            mp3("image/png", Picture.png(width: 60_000, height: 60_000), $0.mp3)
        },
        AttackShape("a-cover-at-an-address.flac") { flac($0.flac, block("-->", $0.http)) },
        AttackShape("a-cover-in-a-file.flac") { flac($0.flac, block("-->", $0.picture)) },
        AttackShape("a-cover-of-four-gigabytes.flac") {
            flac($0.flac, block("image/png", $0.png, claims: .max))
        },
        AttackShape("a-cover-at-an-address.ogg") { try await ogg($0.ogg, block("-->", $0.http)) },
        AttackShape("a-cover-of-four-gigabytes.ogg") {
            try await ogg($0.ogg, block("image/png", $0.png, claims: .max))
        },
    ]
}
