import Foundation

/// A Photoshop document, written byte by byte: no program on the machine writes one.
package struct PhotoshopDocument {
    package var width: Int
    package var height: Int
    /// 0 bitmap, 1 grey, 2 indexed, 3 RGB, 4 CMYK, 9 Lab.
    package var mode: Int
    package var depth = 8
    /// One after the other, in the file's order; rows of whole bytes, the highest first.
    package var channels: [[UInt8]]
    package var isPacked = false
    /// Of layers; negative where the first channel behind the colours is transparency.
    package var layers = 0
    package var isLarge = false
    package var palette: [UInt8] = []
    package var resources: [(number: Int, data: [UInt8])] = []

    package init(width: Int, height: Int, mode: Int, channels: [[UInt8]]) {
        self.width = width
        self.height = height
        self.mode = mode
        self.channels = channels
    }

    package var bytes: [UInt8] {
        var file = Array("8BPS".utf8) + number(isLarge ? 2 : 1, 2) + [0, 0, 0, 0, 0, 0]
        file += number(channels.count, 2) + number(height, 4) + number(width, 4)
        file += number(depth, 2) + number(mode, 2)
        file += number(palette.count, 4) + palette
        var blocks: [UInt8] = []
        for resource in resources {
            blocks += Array("8BIM".utf8) + number(resource.number, 2) + [0, 0]
            blocks += number(resource.data.count, 4) + resource.data
            if resource.data.count % 2 == 1 { blocks.append(0) }
        }
        file += number(blocks.count, 4) + blocks
        let wide = isLarge ? 8 : 4
        if layers == 0 {
            file += number(0, wide)
        } else {
            file += number(wide + 2, wide) + number(2, wide) + number(layers & 0xFFFF, 2)
        }
        return file + number(isPacked ? 1 : 0, 2) + pixels
    }

    private var pixels: [UInt8] {
        guard isPacked else { return channels.flatMap { $0 } }
        var (lengths, rows): ([UInt8], [UInt8]) = ([], [])
        for channel in channels {
            let length = channel.count / height
            for start in stride(from: 0, to: channel.count, by: length) {
                let row = Self.packed(Array(channel[start..<start + length]))
                lengths += number(row.count, isLarge ? 4 : 2)
                rows += row
            }
        }
        return lengths + rows
    }

    /// PackBits: runs of equal bytes, and what lies between them.
    private static func packed(_ row: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < row.count {
            let run = row[index...].prefix(128).prefix { $0 == row[index] }.count
            if run > 1 {
                out += [UInt8(257 - run), row[index]]
                index += run
            } else {
                var end = index + 1
                while end < row.count, end - index < 128, row[end] != row[end - 1] { end += 1 }
                out += [UInt8(end - index - 1)] + row[index..<end]
                index = end
            }
        }
        return out
    }

    private func number(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
