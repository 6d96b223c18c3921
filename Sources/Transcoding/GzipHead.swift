/// The first bytes of what a gzip archive holds, to tell what it is.
///
/// Bounded by what is asked for, whatever the archive claims. RFC 1951 (deflate), RFC 1952 (gzip).
struct GzipHead {
    private let bytes: [UInt8]
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []
    private let limit: Int

    /// - Returns: as much as could be had, at most `limit` bytes; damage and the end of the input
    ///   end it early.
    static func inflate(_ bytes: [UInt8], atMost limit: Int) -> [UInt8] {
        guard let start = contentStart(bytes) else { return [] }
        var head = GzipHead(bytes: bytes, position: start, limit: limit)
        while head.output.count < limit, let isLast = head.block(), !isLast {}
        return Array(head.output.prefix(limit))
    }

    private init(bytes: [UInt8], position: Int, limit: Int) {
        self.bytes = bytes
        self.position = position
        self.limit = limit
    }

    /// Where the compressed data begins, behind the optional fields.
    private static func contentStart(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 18, bytes.starts(with: [0x1F, 0x8B, 0x08]) else { return nil }
        let flags = bytes[3]
        var start = 10
        if flags & 0x04 != 0 { start += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
        // A file name and a comment, each ended by a zero.
        for flag in [UInt8(0x08), 0x10] where flags & flag != 0 {
            guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else {
                return nil
            }
            start = end + 1
        }
        if flags & 0x02 != 0 { start += 2 }
        return start < bytes.count ? start : nil
    }

    /// Takes one block. nil = no further: the input ends, or is damaged, or the limit is reached.
    private mutating func block() -> Bool? {
        guard let last = take(1), let kind = take(2) else { return nil }
        switch kind {
        case 0: guard stored() else { return nil }
        case 1: guard compressed(.fixedLengths, .fixedDistances) else { return nil }
        case 2:
            guard let (lengths, distances) = tables(), compressed(lengths, distances) else {
                return nil
            }
        default: return nil
        }
        return last == 1
    }

    private mutating func take(_ count: Int) -> Int? {
        while bitCount < count {
            guard position < bytes.count else { return nil }
            bits |= UInt32(bytes[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = bits & (1 << UInt32(count) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    private mutating func stored() -> Bool {
        // From the next whole byte on; `take` never holds a whole one back.
        bits = 0
        bitCount = 0
        guard let length = take(16), take(16) != nil else { return false }
        let part = bytes[position...].prefix(min(length, limit - output.count))
        output += part
        position += part.count
        return part.count == length
    }

    /// Section 3.2.5: the first length or distance of a symbol, and how many bits are added.
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025,
        1_537, 2_049, 3_073, 4_097, 6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12,
        13, 13,
    ]

    private mutating func compressed(_ lengths: HuffmanCode, _ distances: HuffmanCode) -> Bool {
        while output.count < limit {
            guard let symbol = symbol(lengths) else { return false }
            if symbol == 256 { return true }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            let index = symbol - 257
            guard index < Self.lengthBases.count, let more = take(Self.lengthBits[index]),
                let code = self.symbol(distances), code < Self.distanceBases.count,
                let further = take(Self.distanceBits[code])
            else { return false }
            let distance = Self.distanceBases[code] + further
            guard distance <= output.count else { return false }
            for _ in 0..<Self.lengthBases[index] + more {
                output.append(output[output.count - distance])
            }
        }
        return false
    }

    private mutating func symbol(_ code: HuffmanCode) -> Int? {
        var value = 0
        var first = 0
        var index = 0
        for count in code.counts {
            guard let bit = take(1) else { return nil }
            value |= bit
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        return nil
    }

    /// In which order the lengths of the lengths' code stand. Section 3.2.7.
    private static let order = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ]

    private mutating func tables() -> (lengths: HuffmanCode, distances: HuffmanCode)? {
        guard let more = take(5), let far = take(5), let own = take(4) else { return nil }
        var ownLengths = [Int](repeating: 0, count: Self.order.count)
        for place in Self.order.prefix(own + 4) {
            guard let length = take(3) else { return nil }
            ownLengths[place] = length
        }
        guard let code = HuffmanCode(ownLengths) else { return nil }
        let total = 257 + more + 1 + far
        var lengths: [Int] = []
        while lengths.count < total {
            guard let symbol = symbol(code) else { return nil }
            switch symbol {
            case 16:
                guard let last = lengths.last, let again = take(2) else { return nil }
                lengths += [Int](repeating: last, count: 3 + again)
            case 17, 18:
                guard let zeros = take(symbol == 17 ? 3 : 7) else { return nil }
                lengths += [Int](repeating: 0, count: zeros + (symbol == 17 ? 3 : 11))
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == total, let first = HuffmanCode(Array(lengths[..<(257 + more)])),
            let second = HuffmanCode(Array(lengths[(257 + more)...]))
        else { return nil }
        return (first, second)
    }
}
