import Foundation

/// What files are put together from: texts, numbers in an order, and bytes as they are.
protocol ByteSource {
    var bytes: Data { get }
}

extension String: ByteSource { var bytes: Data { Data(utf8) } }
extension Data: ByteSource { var bytes: Data { self } }
extension [UInt8]: ByteSource { var bytes: Data { Data(self) } }

/// One after the other. A function and not `+`, which the compiler takes minutes to choose.
func bytes(_ sources: any ByteSource...) -> Data {
    sources.reduce(into: Data()) { $0.append($1.bytes) }
}

extension FixedWidthInteger {
    /// The highest byte first.
    var big: Data { Data(little.reversed()) }
    /// The lowest byte first.
    var little: Data {
        Data((0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) })
    }
}

/// The same again and again.
func times(_ count: Int, _ source: any ByteSource) -> Data {
    let one = source.bytes
    var all = Data(capacity: one.count * count)
    for _ in 0..<count { all.append(one) }
    return all
}

extension Data {
    /// With what stands at the first place of `mark` replaced, `offset` bytes behind its start.
    func overwriting(_ mark: String, offset: Int, with new: Data) -> Data {
        guard let place = range(of: Data(mark.utf8)) else { return self }
        var copy = self
        let start = place.lowerBound + offset
        copy.replaceSubrange(start..<start + new.count, with: new)
        return copy
    }
}

/// Compressed data that says much more than it is, written by hand: RFC 1951, fixed codes.
enum Deflate {
    /// A zlib stream of one byte, `count` times or a few more.
    static func zlib(_ byte: UInt8, count: Int) -> Data {
        let body = raw(byte, count: count)
        // A checksum that is wrong: nobody gets that far.
        return bytes([0x78, 0x9c], body, UInt32(1).big)
    }

    /// The same as a gzip file, behind a text that begins it.
    static func gzip(_ start: String, _ byte: UInt8, count: Int) -> Data {
        bytes(
            [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], raw(byte, count: count, start), UInt64(0).little)
    }

    private static func raw(_ byte: UInt8, count: Int, _ start: String = "") -> Data {
        var (all, accumulator, used) = (Data(), UInt32(0), UInt32(0))
        func put(_ value: UInt32, _ width: UInt32) {
            accumulator |= value << used
            used += width
            while used >= 8 {
                all.append(UInt8(truncatingIfNeeded: accumulator))
                accumulator >>= 8
                used -= 8
            }
        }
        // Codes have their highest bit first.
        func code(_ value: UInt32, _ width: UInt32) {
            put((0..<width).reduce(0) { $0 << 1 | value >> $1 & 1 }, width)
        }
        func literal(_ byte: UInt8) {
            byte < 144 ? code(0x30 + UInt32(byte), 8) : code(0x190 + UInt32(byte) - 144, 9)
        }
        put(0b011, 3)
        start.utf8.forEach(literal)
        literal(byte)
        // 258 bytes from one byte before.
        for _ in 0..<count / 258 {
            code(0xc5, 8)
            code(0, 5)
        }
        code(0, 7)
        put(0, 7)
        return all
    }
}
