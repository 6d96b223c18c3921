package import Foundation

/// One JSON document per line, each at most `maximumLine` bytes.
package enum LineCodec {
    /// Longest line either side accepts, in bytes: an artifact of a two-hour film lists 1800
    /// segments at about 120 bytes.
    package static let maximumLine = 4 << 20

    package static func encode(_ message: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = try encoder.encode(message)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    package static func decode<Message: Decodable>(_ type: Message.Type, from line: Data) throws
        -> Message
    {
        try JSONDecoder().decode(type, from: line)
    }
}

/// Cuts a byte stream into lines without ever holding more than one line.
package struct LineSplitter: Sendable {
    private var pending = Data()
    private let limit: Int

    package init(limit: Int = LineCodec.maximumLine) { self.limit = limit }

    /// - Returns: the complete lines, without their ends, in order.
    /// - Throws: `LineTooLong` as soon as a line cannot end within the limit: what follows cannot
    ///   be trusted to be a message boundary.
    package mutating func append(_ bytes: Data) throws(LineTooLong) -> [Data] {
        var lines: [Data] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            pending.append(rest[..<end])
            if pending.count > limit { throw LineTooLong(limit: limit) }
            lines.append(pending)
            pending = Data()
            rest = rest[rest.index(after: end)...]
        }
        pending.append(rest)
        if pending.count > limit { throw LineTooLong(limit: limit) }
        return lines
    }
}

package struct LineTooLong: Error, Hashable, Sendable {
    package var limit: Int
}
