import Foundation
import Glibc
import MediaModel

/// The text of a drawing as UTF-8, whatever it was packed and written in.
enum DrawingText {
    /// - Parameter limit: in bytes, unpacked.
    static func read(_ descriptor: Int32, atMost limit: Int) throws(Failure) -> [UInt8] {
        let file = try FileHead(descriptor: descriptor)
        // Text packs a thousandfold at most; what is larger packed is larger.
        guard file.byteCount <= Int64(limit) else { throw .drawingBytes(limit) }
        var bytes = file.bytes(at: 0, count: Int(file.byteCount))
        if bytes.starts(with: [0x1F, 0x8B]) {
            bytes = GzipHead.inflate(bytes, atMost: limit + 1)
            guard bytes.count <= limit else { throw .drawingBytes(limit) }
        }
        return try utf8(bytes)
    }

    /// XML 1.0, appendix F: the first bytes, then what the declaration says.
    static func utf8(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            return try converted(bytes, .utf16, "UTF-16")
        }
        guard let name = declaredEncoding(bytes) else { return bytes }
        switch name {
        case "utf-8", "utf8", "us-ascii", "ascii": return bytes
        case "iso-8859-1", "latin1", "windows-1252":
            // What calls itself the first is nearly always the second. WHATWG Encoding, section 4.2.
            return try converted(bytes, .windowsCP1252, name)
        default:
            throw Failure(
                kind: .unsupported, code: "drawingEncoding",
                operatorText: "the drawing is written in \(name.prefix(40)), not in UTF-8.",
                uploaderText: "This drawing is written in an unusual encoding. "
                    + "Please save it as UTF-8 and upload it again.")
        }
    }

    private static func converted(
        _ bytes: [UInt8], _ encoding: String.Encoding, _ name: String
    ) throws(Failure) -> [UInt8] {
        guard let text = String(bytes: bytes, encoding: encoding) else {
            throw .damagedDrawing("it is not written in \(name), as it says")
        }
        return Array(text.utf8)
    }

    /// In lower case; nil when there is no declaration, or none of an encoding.
    private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(256), as: UTF8.self)
        guard head.hasPrefix("<?xml"), let end = head.range(of: "?>"),
            let key = head[..<end.lowerBound].range(of: "encoding")
        else { return nil }
        let value = head[key.upperBound..<end.lowerBound].drop { $0 == "=" || $0.isWhitespace }
        guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
        return value.dropFirst().prefix { $0 != quote }.lowercased()
    }
}
