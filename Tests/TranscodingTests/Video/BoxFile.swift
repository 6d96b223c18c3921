import Foundation

/// An MP4 whose boxes a test changes by hand, to hold what no muxer here writes.
///
/// The index has to lie behind the media data, as FFmpeg leaves it unless told otherwise: then no
/// offset in it changes when a box grows.
struct BoxFile {
    private var bytes: [UInt8]
    private let url: URL

    init(_ url: URL) throws {
        self.url = url
        bytes = [UInt8](try Data(contentsOf: url))
    }

    func write() throws { try Data(bytes).write(to: url) }

    static func number(_ value: Int, bytes count: Int = 4) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    /// Appends a box to the first sample entry of a track.
    mutating func appendToSampleEntry(_ type: String, _ content: [UInt8], track: Int = 0) throws {
        var path = try offsets(["mdia", "minf", "stbl", "stsd"], track: track)
        // Behind version, flags and the count of entries.
        path.append(path[path.count - 1] + 16)
        let box = Self.number(content.count + 8) + Array(type.utf8) + content
        let last = path[path.count - 1]
        replace(last + size(at: last)..<last + size(at: last), with: box, inside: path)
    }

    /// a b u c d v x y w of a track's header.
    mutating func setMatrix(_ matrix: [Int32], track: Int = 0) throws {
        let header = try offsets(["tkhd"], track: track).last ?? 0
        // Version and flags, times, id, reserved, duration, reserved, layer, group, volume.
        let start = header + 8 + 4 + 4 * 5 + 8 + 8
        bytes.replaceSubrange(start..<start + 36, with: matrix.flatMap { Self.number(Int($0)) })
    }

    /// Turned clockwise by any angle.
    mutating func turn(byDegrees degrees: Double, track: Int = 0) throws {
        let angle = degrees * .pi / 180
        let sine = Int32((sin(angle) * 65_536).rounded())
        let cosine = Int32((cos(angle) * 65_536).rounded())
        try setMatrix([cosine, sine, 0, -sine, cosine, 0, 0, 0, 0x4000_0000], track: track)
    }

    /// What a track's edit list says, in ticks of the movie and of the track.
    mutating func setEdits(_ edits: [(duration: Int, mediaTime: Int)], track: Int) throws {
        let path = try offsets(["edts", "elst"], track: track)
        let list = path[path.count - 1]
        let content =
            Self.number(0) + Self.number(edits.count)
            + edits.flatMap { edit in
                Self.number(edit.duration) + Self.number(edit.mediaTime) + Self.number(0x10000)
            }
        replace(list + 8..<list + size(at: list), with: content, inside: path)
    }

    /// When the first edit of a track begins, in its own ticks.
    func firstMediaTime(track: Int) throws -> Int {
        let list = try offsets(["edts", "elst"], track: track).last ?? 0
        return value(at: list + 8 + 4 + 4 + 4)
    }

    /// Ticks in a second of a track.
    func timescale(track: Int) throws -> Int {
        value(at: try offsets(["mdia", "mdhd"], track: track).last.map { $0 + 8 + 4 + 8 } ?? 0)
    }

    /// Replaces bytes by as many others, where they first occur.
    mutating func replace(_ old: [UInt8], with new: [UInt8]) throws {
        precondition(old.count == new.count, "no box changes its length")
        guard let range = bytes.firstRange(of: old) else { throw FilmRunError("no such bytes") }
        bytes.replaceSubrange(range, with: new)
    }

    private mutating func replace(
        _ range: Range<Int>, with content: [UInt8], inside path: [Int]
    ) {
        let growth = content.count - range.count
        for offset in path {
            bytes.replaceSubrange(
                offset..<offset + 4, with: Self.number(size(at: offset) + growth))
        }
        bytes.replaceSubrange(range, with: content)
    }

    /// Of `moov`, the track, and every box down a path.
    private func offsets(_ path: [String], track: Int) throws -> [Int] {
        let movie = try child("moov", 0, from: 0, to: bytes.count)
        var found = [movie, try child("trak", track, from: movie + 8, to: movie + size(at: movie))]
        for name in path {
            let parent = found[found.count - 1]
            found.append(try child(name, 0, from: parent + 8, to: parent + size(at: parent)))
        }
        return found
    }

    private func child(_ name: String, _ index: Int, from start: Int, to end: Int) throws -> Int {
        var offset = start
        var left = index
        while offset + 8 <= end {
            if Array(bytes[offset + 4..<offset + 8]) == Array(name.utf8) {
                if left == 0 { return offset }
                left -= 1
            }
            offset += max(8, size(at: offset))
        }
        throw FilmRunError("no \(name)")
    }

    private func size(at offset: Int) -> Int { value(at: offset) }

    private func value(at offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
