import Glibc

/// A look at the boxes of an MP4 file, for what libavformat passes over in silence.
struct MP4Boxes {
    /// What one track's sample entry says.
    struct Track {
        /// `encv`, `enca`: its samples are encrypted.
        var isEncrypted = false
        var cleanAperture: CleanAperture?
        var edit = EditStart()
    }

    /// In file order, which is the order of libavformat's streams.
    private(set) var tracks: [Track] = []
    var isEncrypted: Bool { tracks.contains { $0.isEncrypted } }

    private let descriptor: Int32
    private var seen = 0

    /// Boxes that hold boxes on the way to the sample entries (ISO/IEC 14496-12, 8).
    private static let containers: Set<String> = ["moov", "edts", "mdia", "minf", "stbl"]
    /// Most boxes that are looked at: a file of this many is not a film.
    private static let maximumBoxes = 4096
    /// Deepest nesting of boxes that hold boxes on that way.
    private static let maximumDepth = 8
    /// Of a visual sample entry, before its boxes (ISO/IEC 14496-12, 12.1.3), without its header.
    private static let visualEntryBytes: Int64 = 78

    /// Never fails: what is no MP4 file has no tracks.
    init(_ descriptor: Int32, byteCount: Int64) {
        self.descriptor = descriptor
        walk(0..<byteCount, depth: 0)
    }

    private mutating func walk(_ range: Range<Int64>, depth: Int) {
        guard depth < Self.maximumDepth else { return }
        boxes(in: range) { boxes, name, content in
            switch name {
            case "trak":
                boxes.tracks.append(Track())
                boxes.walk(content, depth: depth + 1)
            case _ where Self.containers.contains(name): boxes.walk(content, depth: depth + 1)
            case "stsd":
                // Version, flags, entry count; then the entries, which are boxes.
                guard content.count > 8, !boxes.tracks.isEmpty else { return }
                boxes.readEntries(content.lowerBound + 8..<content.upperBound)
            case "mdhd", "elst", "stts", "ctts": boxes.readTimes(name, content)
            default: break
            }
        }
    }

    private mutating func readEntries(_ range: Range<Int64>) {
        boxes(in: range) { boxes, name, content in
            let track = boxes.tracks.count - 1
            if name == "encv" || name == "enca" { boxes.tracks[track].isEncrypted = true }
            guard content.count > Self.visualEntryBytes else { return }
            boxes.boxes(in: content.lowerBound + Self.visualEntryBytes..<content.upperBound) {
                boxes, name, content in
                guard name == "clap", boxes.tracks[track].cleanAperture == nil,
                    let bytes = boxes.read(at: content.lowerBound, count: 32)
                else { return }
                boxes.tracks[track].cleanAperture = CleanAperture(bytes[...])
            }
        }
    }

    /// Tables of times: a version, flags, and mostly a count come first.
    private mutating func readTimes(_ name: String, _ content: Range<Int64>) {
        guard !tracks.isEmpty, content.count > 8,
            let head = read(at: content.lowerBound, count: 24), head.count >= 16
        else { return }
        let track = tracks.count - 1
        let isLong = head[0] == 1
        if name == "mdhd" {
            guard !isLong || head.count == 24 else { return }
            tracks[track].edit.timescale = Self.number(isLong ? head[20..<24] : head[12..<16])
            return
        }
        let size = name == "elst" ? (isLong ? 20 : 12) : 8
        let most = min(content.count - 8, EditStart.maximumRuns * size) / size
        let count = min(Self.number(head[4..<8]), Int64(most))
        guard count > 0,
            let table = read(at: content.lowerBound + 8, count: Int(count) * size)
        else { return }
        for start in stride(from: 0, through: table.count - size, by: size) {
            let entry = table[start..<start + size]
            let (first, second) = (entry.prefix(4), entry.dropFirst(4).prefix(4))
            switch name {
            case "stts":
                tracks[track].edit.durations.append((Self.number(first), Self.number(second)))
            case "ctts":
                // Signed in practice, whatever the version says.
                tracks[track].edit.offsets.append((Self.number(first), Self.signed(second)))
            default:
                let time = isLong ? entry.dropFirst(8).prefix(8) : second
                // −1 is an empty edit.
                let mediaTime = isLong ? Self.number(time) : Self.signed(time)
                if mediaTime >= 0, mediaTime < .max {
                    tracks[track].edit.mediaTimes.append(mediaTime)
                }
            }
        }
    }

    private static func signed(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(Int32(truncatingIfNeeded: number(bytes)))
    }

    /// Calls `body` with each box's name and where its content lies.
    private mutating func boxes(
        in range: Range<Int64>, _ body: (inout MP4Boxes, String, Range<Int64>) -> Void
    ) {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound, seen < Self.maximumBoxes {
            seen += 1
            guard let head = read(at: offset, count: 16), head.count >= 8 else { return }
            var size = Self.number(head[0..<4])
            var header: Int64 = 8
            if size == 1, head.count == 16 {
                size = Self.number(head[8..<16])
                header = 16
            }
            if size == 0 { size = range.upperBound - offset }
            // Not a box: then this is not an MP4 file, or no further to be understood.
            guard size >= header, size <= range.upperBound - offset else { return }
            body(
                &self, String(decoding: head[4..<8], as: UTF8.self),
                offset + header..<offset + size)
            offset += size
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(clamping: value)
    }

    private func read(at offset: Int64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
        }
        guard result > 0 else { return nil }
        return Array(bytes.prefix(result))
    }
}
