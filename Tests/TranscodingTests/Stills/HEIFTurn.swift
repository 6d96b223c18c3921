import Foundation
import Testing

/// Turns a HEIC or AVIF by its boxes `irot` and `imir`, as phones do and no encoder here does.
///
/// ISO/IEC 23008-12, 6.5.10 and 6.5.12; ISO/IEC 14496-12, 8.11.3 (where the pictures lie)
struct HEIFTurn {
    /// Quarter turns against the clock.
    var turns: UInt8 = 0
    /// 0 = top and bottom exchanged, 1 = left and right; after the turn.
    var mirror: UInt8?

    /// What brings a stored picture to where an EXIF orientation brings it.
    init(orientation: Int) {
        switch orientation {
        case 2: mirror = 1
        case 3: turns = 2
        case 4: mirror = 0
        case 5: (turns, mirror) = (1, 0)
        case 6: turns = 3
        case 7: (turns, mirror) = (3, 0)
        case 8: turns = 1
        default: break
        }
    }

    /// A copy of a file of one picture, turned.
    func apply(to file: URL, for run: StillRun) throws -> URL {
        var properties: [UInt8] = []
        if turns > 0 { properties += Self.box("irot", [turns]) }
        if let mirror { properties += Self.box("imir", [mirror]) }
        let count = (turns > 0 ? 1 : 0) + (mirror == nil ? 0 : 1)
        let bytes = try HEIFEditor([UInt8](Data(contentsOf: file)))
            .adding(properties, count: count)
        let turned = run.fixture("turned.\(file.pathExtension)")
        try Data(bytes).write(to: turned)
        return turned
    }

    private static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(8 + content.count)] + Array(name.utf8) + content
    }
}

/// Changes the boxes that say what belongs to a file's primary picture.
struct HEIFEditor {
    private var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The file with properties of the primary picture added behind all others.
    func adding(_ properties: [UInt8], count: Int) throws -> [UInt8] {
        guard count > 0 else { return bytes }
        var copy = self
        try copy.add(properties, count: count)
        return copy.bytes
    }

    /// The file with another picture as its primary one.
    func makingPrimary(_ item: Int) throws -> [UInt8] {
        var copy = self
        let place = try copy.box("pitm", in: copy.meta())
        copy.put(item, at: place.lowerBound + 12, width: 2)
        return copy.bytes
    }

    private mutating func add(_ properties: [UInt8], count: Int) throws {
        let meta = try meta()
        let group = try box("iprp", in: meta)
        let container = try box("ipco", in: group)
        let known = boxes(in: container).count
        let primary = number(at: try box("pitm", in: meta).lowerBound + 12, width: 2)
        let list = try box("ipma", in: group)
        // Version 0, short numbers: what libheif and FFmpeg write.
        try #require(number(at: list.lowerBound + 8, width: 4) == 0)
        var entry = list.lowerBound + 16
        while number(at: entry, width: 2) != primary {
            entry += 3 + Int(bytes[entry + 2])
            try #require(entry < list.upperBound)
        }
        let places = (1...count).map { UInt8(0x80 | (known + $0)) }
        let grown = properties.count + count
        try moveData(behind: meta, by: grown)
        for place in [meta, group] { grow(place, by: grown) }
        grow(list, by: count)
        grow(container, by: properties.count)
        // From the end on, so that places before it stay what they are.
        let end = entry + 3 + Int(bytes[entry + 2])
        bytes[entry + 2] += UInt8(count)
        let isListLast = list.lowerBound > container.lowerBound
        try #require(isListLast)
        bytes.insert(contentsOf: places, at: end)
        bytes.insert(contentsOf: properties, at: container.upperBound)
    }

    /// Every picture that lies behind the boxes moves with them.
    private mutating func moveData(behind meta: Range<Int>, by distance: Int) throws {
        let list = try box("iloc", in: meta)
        let version = bytes[list.lowerBound + 8]
        try #require(version < 2)
        let widths = number(at: list.lowerBound + 12, width: 2)
        let (offset, length) = (widths >> 12, widths >> 8 & 15)
        let (base, index) = (widths >> 4 & 15, version == 1 ? widths & 15 : 0)
        var place = list.lowerBound + 16
        for _ in 0..<number(at: list.lowerBound + 14, width: 2) {
            place += 2
            let method = version == 1 ? number(at: place, width: 2) & 15 : 0
            place += version == 1 ? 4 : 2
            let start = number(at: place, width: base)
            let isMoved = method == 0
            if isMoved, base > 0, start > 0 { put(start + distance, at: place, width: base) }
            place += base
            let extents = number(at: place, width: 2)
            place += 2
            for _ in 0..<extents {
                place += index
                if isMoved, start == 0 {
                    put(number(at: place, width: offset) + distance, at: place, width: offset)
                }
                place += offset + length
            }
        }
    }

    private func meta() throws -> Range<Int> { try box("meta", in: 0..<bytes.count, head: 0) }

    private func box(_ name: String, in parent: Range<Int>, head: Int? = nil) throws -> Range<Int> {
        // Only `meta` has a version before what it holds.
        let isMeta = bytes[(parent.lowerBound + 4)..<(parent.lowerBound + 8)]
            .elementsEqual("meta".utf8)
        return try #require(
            boxes(in: parent, head: head ?? (isMeta ? 12 : 8)).first { $0.name == name }?.place)
    }

    private func boxes(
        in parent: Range<Int>, head: Int = 8
    ) -> [(name: String, place: Range<Int>)] {
        var (found, place): ([(String, Range<Int>)], Int) = ([], parent.lowerBound + head)
        while place + 8 <= parent.upperBound {
            let size = max(8, number(at: place, width: 4))
            let name = String(decoding: bytes[(place + 4)..<(place + 8)], as: UTF8.self)
            found.append((name, place..<min(place + size, parent.upperBound)))
            place += size
        }
        return found
    }

    private mutating func grow(_ box: Range<Int>, by count: Int) {
        put(number(at: box.lowerBound, width: 4) + count, at: box.lowerBound, width: 4)
    }

    private func number(at place: Int, width: Int) -> Int {
        bytes[place..<(place + width)].reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func put(_ value: Int, at place: Int, width: Int) {
        for index in 0..<width {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> ((width - 1 - index) * 8))
        }
    }
}
