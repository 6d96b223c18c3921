/// How often an AVIF or HEIF sequence plays, by the edit list of its first track.
///
/// ISO/IEC 23008-12, 9.6.1: with the edit list's repeat flag it plays until the track's duration is
/// over, for ever when that is not said.
struct SequenceLoop {
    /// 0 for ever.
    let plays: Int

    /// Never fails: what does not say otherwise plays for ever.
    init(_ file: FileHead) {
        // Edit lists and track headers are in the movie box, which image files have in front.
        let head = file.head
        guard let edit = Self.find("elst", in: head), let track = Self.find("tkhd", in: head) else {
            plays = 0
            return
        }
        let isLong = head[edit] == 1
        let hasLongHeader = head[track] == 1
        let durationPlace = edit + 8
        // tkhd: version and flags, two times, track number, reserved, duration.
        let totalPlace = track + (hasLongHeader ? 28 : 20)
        let width = isLong ? 8 : 4
        let totalWidth = hasLongHeader ? 8 : 4
        guard head.count >= durationPlace + width, head.count >= totalPlace + totalWidth else {
            plays = 0
            return
        }
        guard head[edit + 3] & 1 == 1 else {
            plays = 1
            return
        }
        let once = Self.number(head[durationPlace..<durationPlace + width])
        let total = Self.number(head[totalPlace..<totalPlace + totalWidth])
        let isEndless = head[totalPlace..<totalPlace + totalWidth].allSatisfy { $0 == 0xFF }
        if isEndless || once == 0 || total < once {
            plays = 0
        } else {
            // Rounded; the sum of two numbers of 64 bits need not be one.
            plays = Int(clamping: total / once + (total % once >= once - once / 2 ? 1 : 0))
        }
    }

    private static func find(_ box: String, in head: [UInt8]) -> Int? {
        let name = Array(box.utf8)
        // What is read of either box lies within the 32 bytes after its name.
        guard head.count > 36 else { return nil }
        return (4..<head.count - 32).first {
            head[$0] == name[0] && head[$0..<$0 + 4].elementsEqual(name)
        }.map { $0 + 4 }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
