package import Foundation

/// A TIFF file written by hand, as cameras and attackers write them: directories in chains and under
/// each other, pictures anywhere, and any number that is asked for.
package struct TIFFFile: Sendable {
    /// One directory, in no order: the file has its tags sorted.
    package struct Directory: Sendable {
        package var entries: [UInt16: Value]
        /// Written instead of where the next directory is.
        package var next: UInt32?

        package init(_ entries: [UInt16: Value], next: UInt32? = nil) {
            self.entries = entries
            self.next = next
        }
    }

    package indirect enum Value: Sendable {
        case short(UInt16)
        case long(UInt32)
        case longs([UInt32])
        /// ASCII, with the zero that ends it.
        case text(String)
        /// UNDEFINED: bytes as they are.
        case bytes([UInt8])
        /// A LONG that says where these bytes lie.
        case place(of: [UInt8])
        /// LONGs that say where these directories lie.
        case directories([Directory])
        /// The maker note of an Olympus camera with a preview.
        case olympusNote(preview: [UInt8])
        /// A type, a count, and the four bytes of the value: nothing has to fit.
        case lie(type: UInt16, count: UInt32, value: UInt32)
    }

    package var isLittleEndian = true
    /// What stands for the version: 42.
    package var magic: UInt16 = 42
    /// Put right behind the header of 8 bytes.
    package var signature: [UInt8] = []
    package var pages: [Directory]

    package init(_ pages: [Directory]) { self.pages = pages }

    package init(_ page: [UInt16: Value]) { pages = [Directory(page)] }

    /// The whole file.
    package var data: Data {
        var writer = Writer(isLittleEndian: isLittleEndian)
        writer.body = isLittleEndian ? Array("II".utf8) : Array("MM".utf8)
        writer.body += writer.number(magic) + writer.number(UInt32(0)) + signature
        // From the last to the first: each says where the next one is.
        var next: UInt32 = 0
        for page in pages.reversed() { next = writer.write(page, next: next) }
        writer.body.replaceSubrange(4..<8, with: writer.number(next))
        return Data(writer.body)
    }
}

/// Entries that come in pairs.
extension [UInt16: TIFFFile.Value] {
    /// A JPEG as cameras put it beside a picture: JPEGInterchangeFormat and its length.
    package static func jpeg(_ bytes: [UInt8]) -> Self {
        [513: .place(of: bytes), 514: .long(UInt32(bytes.count))]
    }

    /// A JPEG as a picture of one strip.
    package static func strip(_ bytes: [UInt8], compression: UInt16 = 7) -> Self {
        [259: .short(compression), 273: .place(of: bytes), 279: .long(UInt32(bytes.count))]
    }

    /// What describes a sensor's picture: size, a mosaic of colours, and some data.
    package static func sensor(
        width: Int, height: Int, compression: UInt16 = 1, data: [UInt8] = [1, 2, 3, 4]
    ) -> Self {
        [
            254: .long(0), 256: .long(UInt32(width)), 257: .long(UInt32(height)),
            258: .short(14), 259: .short(compression), 262: .short(32_803),
            273: .place(of: data), 277: .short(1), 279: .long(UInt32(data.count)),
        ]
    }

    /// Both; what the right one says wins.
    package static func + (left: Self, right: Self) -> Self {
        left.merging(right) { $1 }
    }
}

private struct Writer {
    var body: [UInt8] = []
    let isLittleEndian: Bool

    init(isLittleEndian: Bool) { self.isLittleEndian = isLittleEndian }

    func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        let bytes = (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        return isLittleEndian ? bytes : bytes.reversed()
    }

    /// Appends bytes at an even place, and says where.
    mutating func append(_ bytes: [UInt8]) -> UInt32 {
        if body.count % 2 == 1 { body.append(0) }
        let place = UInt32(body.count)
        body += bytes
        return place
    }

    /// Appends what a directory refers to, then the directory; says where it is.
    mutating func write(_ directory: TIFFFile.Directory, next: UInt32) -> UInt32 {
        var entries: [UInt8] = []
        for (tag, value) in directory.entries.sorted(by: { $0.key < $1.key }) {
            entries += number(tag) + entry(value)
        }
        let count = number(UInt16(directory.entries.count))
        return append(count + entries + number(directory.next ?? next))
    }

    /// Type, count and value of an entry.
    private mutating func entry(_ value: TIFFFile.Value) -> [UInt8] {
        switch value {
        case .short(let short): return number(UInt16(3)) + number(UInt32(1)) + field(number(short))
        case .long(let long): return longs([long])
        case .longs(let list): return longs(list)
        case .text(let text):
            let bytes = Array(text.utf8) + [0]
            return number(UInt16(2)) + number(UInt32(bytes.count)) + field(bytes)
        case .bytes(let bytes):
            return number(UInt16(7)) + number(UInt32(bytes.count)) + field(bytes)
        case .place(let bytes):
            let place = append(bytes)
            return longs([place])
        case .directories(let list):
            var places: [UInt32] = []
            for directory in list { places.append(write(directory, next: 0)) }
            return longs(places)
        case .olympusNote(let preview):
            let note = olympusNote(preview)
            return number(UInt16(7)) + number(UInt32(note.count)) + field(note)
        case .lie(let type, let count, let value):
            return number(type) + number(count) + number(value)
        }
    }

    private mutating func longs(_ list: [UInt32]) -> [UInt8] {
        number(UInt16(4)) + number(UInt32(list.count)) + field(list.flatMap { number($0) })
    }

    /// The value itself when it has at most four bytes, else where it lies.
    private mutating func field(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > 4 else {
            return bytes + [UInt8](repeating: 0, count: 4 - bytes.count)
        }
        return number(append(bytes))
    }

    /// Offsets count from the start of the note: camera settings (0x2020) hold the preview's place.
    private func olympusNote(_ preview: [UInt8]) -> [UInt8] {
        let head =
            Array("OLYMPUS\0".utf8) + (isLittleEndian ? [0x49, 0x49] : [0x4D, 0x4D]) + [3, 0]
        let settingsPlace = UInt32(head.count + 2 + 12 + 4)
        let previewPlace = settingsPlace + 2 + 3 * 12 + 4
        func long(_ tag: UInt16, _ type: UInt16, _ value: UInt32) -> [UInt8] {
            number(tag) + number(type) + number(UInt32(1)) + number(value)
        }
        let main =
            number(UInt16(1)) + long(0x2020, 13, settingsPlace) + number(UInt32(0))
        let settings =
            number(UInt16(3)) + long(0x0100, 4, 1) + long(0x0101, 4, previewPlace)
            + long(0x0102, 4, UInt32(preview.count)) + number(UInt32(0))
        return head + main + settings + preview
    }
}
