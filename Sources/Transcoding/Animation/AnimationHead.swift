import MediaModel
import Planning

/// What an animated picture says about its frames, found by walking over its blocks: no library has
/// seen the file yet, and nothing is decoded.
struct AnimationHead: Hashable {
    /// Of the whole picture; frames may be parts of it.
    var canvas = PixelSize(width: 0, height: 0)
    /// Frames found, or announced if those are more.
    var frameCount = 0
    /// How often it plays; 0 for ever.
    var plays = 1
    /// How long frames want to be shown, in milliseconds; at most ``mostDelays``.
    var delays: [Int] = []
    /// Whether the file goes on to its end mark.
    var isComplete = false

    /// More frames are only counted.
    static let mostDelays = 1_000_000

    /// - Returns: nil for formats whose frames are not counted here.
    static func read(
        descriptor: Int32, format: FormatSniffer.Format
    ) throws(Failure) -> AnimationHead? {
        switch format.name {
        case "gif": try gif(FileCursor(descriptor: descriptor))
        case "apng": try PNGAnimation(descriptor: descriptor).head
        case "webp": try webp(FileCursor(descriptor: descriptor))
        default: nil
        }
    }

    mutating func add(delay: Int) {
        frameCount += 1
        if delays.count < Self.mostDelays { delays.append(delay) }
    }

    /// Walks a GIF. https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    private static func gif(_ start: FileCursor) throws(Failure) -> AnimationHead {
        var cursor = start
        var head = AnimationHead()
        guard let screen = try cursor.bytes(13) else { return head }
        head.canvas = PixelSize(
            width: screen[6...7].littleEndian, height: screen[8...9].littleEndian)
        cursor.skip(colourTableLength(screen[10]))
        var delay = 0
        while let block = try cursor.byte() {
            switch block {
            case 0x2C:
                guard let place = try cursor.bytes(9) else { return head }
                cursor.skip(colourTableLength(place[8]) + 1)
                guard try skipSubBlocks(&cursor) else { return head }
                head.add(delay: delay)
                delay = 0
            case 0x21:
                guard let label = try cursor.byte() else { return head }
                if label == 0xF9 {
                    guard let control = try cursor.bytes(5) else { return head }
                    delay = control[2...3].littleEndian * 10
                } else if label == 0xFF {
                    try readApplication(&cursor, into: &head)
                }
                guard try skipSubBlocks(&cursor) else { return head }
            case 0x3B:
                head.isComplete = true
                return head
            case 0x00: continue  // Some writers pad between blocks.
            default: return head
            }
        }
        return head
    }

    /// The loop count. http://www.vurdalakov.net/misc/gif/netscape-looping-application-extension
    private static func readApplication(
        _ cursor: inout FileCursor, into head: inout AnimationHead
    ) throws(Failure) {
        guard let length = try cursor.byte(), let name = try cursor.bytes(Int(length)) else {
            return
        }
        let text = String(decoding: name, as: UTF8.self)
        guard ["NETSCAPE2.0", "ANIMEXTS1.0"].contains(text), let size = try cursor.byte(),
            size > 0, let data = try cursor.bytes(Int(size))
        else { return }
        if size >= 3, data[0] & 7 == 1 {
            // It counts repetitions: what plays once has no such block.
            let repeats = data[1...2].littleEndian
            head.plays = repeats == 0 ? 0 : repeats + 1
        }
    }

    private static func colourTableLength(_ flags: UInt8) -> Int64 {
        flags & 0x80 == 0 ? 0 : 3 << (Int64(flags & 7) + 1)
    }

    /// - Returns: whether the chain came to its end.
    private static func skipSubBlocks(_ cursor: inout FileCursor) throws(Failure) -> Bool {
        while let length = try cursor.byte() {
            if length == 0 { return true }
            cursor.skip(Int64(length))
        }
        return false
    }

    /// Walks an animated WebP.
    /// https://developers.google.com/speed/webp/docs/riff_container#animation
    private static func webp(_ start: FileCursor) throws(Failure) -> AnimationHead {
        var cursor = start
        var head = AnimationHead()
        guard let riff = try cursor.bytes(12) else { return head }
        let end = Int64(riff[4..<8].littleEndian) + 8
        while cursor.position + 8 <= end, let header = try cursor.bytes(8) {
            let length = Int64(header[4..<8].littleEndian)
            let next = cursor.position + length + length % 2
            switch String(decoding: header[0..<4], as: UTF8.self) {
            case "VP8X":
                guard let body = try cursor.bytes(10) else { return head }
                head.canvas = PixelSize(
                    width: body[4..<7].littleEndian + 1, height: body[7..<10].littleEndian + 1)
            case "ANIM":
                guard let body = try cursor.bytes(6) else { return head }
                head.plays = body[4..<6].littleEndian
            case "ANMF":
                guard let body = try cursor.bytes(16) else { return head }
                head.add(delay: body[12..<15].littleEndian)
            default: break
            }
            if next > cursor.position {
                cursor.skip(next - 1 - cursor.position)
                // Whether the chunk is whole: one can also skip behind the end.
                guard try cursor.byte() != nil else { return head }
            }
        }
        head.isComplete = cursor.position >= end
        return head
    }
}
