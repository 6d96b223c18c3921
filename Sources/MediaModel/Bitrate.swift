/// Bits per second.
package struct Bitrate: Codable, Hashable, Sendable, Comparable {
    package var bitsPerSecond: Int

    package init(bitsPerSecond: Int) { self.bitsPerSecond = bitsPerSecond }

    package static func kilobits(_ count: Int) -> Bitrate { Bitrate(bitsPerSecond: count * 1000) }
    package static func < (a: Bitrate, b: Bitrate) -> Bool { a.bitsPerSecond < b.bitsPerSecond }

    package init(from decoder: any Decoder) throws {
        bitsPerSecond = try decoder.singleValueContainer().decode(Int.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bitsPerSecond)
    }
}
