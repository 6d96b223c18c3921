package import Foundation

/// MPEG transport streams as recorders with a bad clock leave them.
package enum TransportStream {
    /// Sets every tenth decoding time back by a fifth of a second; presentation times stay.
    /// ISO/IEC 13818-1, 2.4.3.6.
    ///
    /// - Throws: when the stream has no decoding times of its own.
    package static func settingBackDecodingTimes(
        in stream: Data, stream identifier: UInt16
    ) throws -> Data {
        var bytes = [UInt8](stream)
        var found = 0
        for start in Swift.stride(from: 0, through: bytes.count - packetSize, by: packetSize) {
            let packet = UInt16(bytes[start + 1] & 0x1f) << 8 | UInt16(bytes[start + 2])
            guard packet == identifier, bytes[start + 1] & 0x40 != 0 else { continue }
            let hasAdaptation = bytes[start + 3] & 0x20 != 0
            let header = start + 4 + (hasAdaptation ? 1 + Int(bytes[start + 4]) : 0)
            // Both times: the presentation time is followed by the decoding time.
            guard bytes[header + 7] & 0xc0 == 0xc0 else { continue }
            found += 1
            guard found % 10 == 0 else { continue }
            let field = header + 14
            write(read(bytes, field) - 18_000, into: &bytes, field)
        }
        guard found >= 10 else { throw TransportStreamError(decodingTimes: found) }
        return Data(bytes)
    }

    private static let packetSize = 188

    /// 33 bits in five bytes, with marker bits between them.
    private static func read(_ bytes: [UInt8], _ at: Int) -> Int64 {
        Int64(bytes[at] >> 1 & 7) << 30 | Int64(bytes[at + 1]) << 22
            | Int64(bytes[at + 2] >> 1) << 15 | Int64(bytes[at + 3]) << 7
            | Int64(bytes[at + 4] >> 1)
    }

    private static func write(_ value: Int64, into bytes: inout [UInt8], _ at: Int) {
        bytes[at] = bytes[at] & 0xf1 | UInt8(value >> 30 & 7) << 1
        bytes[at + 1] = UInt8(value >> 22 & 0xff)
        bytes[at + 2] = UInt8(value >> 15 & 0x7f) << 1 | 1
        bytes[at + 3] = UInt8(value >> 7 & 0xff)
        bytes[at + 4] = UInt8(value & 0x7f) << 1 | 1
    }
}

/// The stream has too few decoding times to change.
package struct TransportStreamError: Error, CustomStringConvertible {
    package var decodingTimes: Int
    package var description: String { "\(decodingTimes) decoding times differ from presentation" }
}
