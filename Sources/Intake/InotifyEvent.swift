import Glibc
import Storage

/// One event as the kernel queued it.
struct InotifyEvent: Hashable, Sendable {
    var watch: Int32
    var mask: UInt32
    /// nil for events of the directory itself and for an overflow.
    var name: FileName?

    func has(_ bits: Int32) -> Bool { mask & UInt32(bitPattern: bits) != 0 }

    /// The queue was too short: events are lost, only a scan tells what happened.
    var isOverflow: Bool { has(Int32(IN_Q_OVERFLOW)) }
    var isDirectory: Bool { mask & UInt32(IN_ISDIR) != 0 }

    /// What to be told of; nothing that happens with every write.
    static let interest =
        UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_CLOSE_WRITE)
        | UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_ONLYDIR)

    /// Reads the records of one `read`: watch, mask, cookie and length as four 32-bit numbers,
    /// then the name, padded with NULs to the length. See inotify(7).
    static func parse(_ bytes: ArraySlice<UInt8>) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var rest = bytes
        func number(_ index: Int) -> UInt32 {
            rest.dropFirst(index * 4).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        while rest.count >= 16 {
            let length = Int(number(3))
            guard rest.count >= 16 + length else { break }
            let padded = rest.dropFirst(16).prefix(length)
            events.append(
                InotifyEvent(
                    watch: Int32(bitPattern: number(0)), mask: number(1),
                    name: FileName(bytes: padded.prefix { $0 != 0 })))
            rest = rest.dropFirst(16 + length)
        }
        return events
    }
}
