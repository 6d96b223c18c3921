import Glibc
import MediaModel

/// Reads a file forwards, by `pread` in blocks: for walking through chunks without a library.
struct FileCursor {
    private let descriptor: Int32
    private(set) var position: Int64 = 0
    private var block: [UInt8] = []
    private var blockStart: Int64 = 0

    private static let blockLength = 65_536

    /// - Parameter descriptor: borrowed; its offset is neither used nor moved.
    init(descriptor: Int32) { self.descriptor = descriptor }

    /// The next byte; nil at the end.
    mutating func byte() throws(Failure) -> UInt8? {
        let offset = position - blockStart
        if offset < 0 || offset >= Int64(block.count) {
            try fill()
            guard let first = block.first else { return nil }
            position += 1
            return first
        }
        position += 1
        return block[Int(offset)]
    }

    /// The next bytes; nil when there are fewer.
    mutating func bytes(_ count: Int) throws(Failure) -> [UInt8]? {
        // No room in advance: a length is what an upload says it is.
        var result: [UInt8] = []
        while result.count < count {
            let offset = position - blockStart
            if offset < 0 || offset >= Int64(block.count) {
                try fill()
                if block.isEmpty { return nil }
                continue
            }
            let piece = block[Int(offset)...].prefix(count - result.count)
            result += piece
            position += Int64(piece.count)
        }
        return result
    }

    /// Goes on further down; perhaps behind the end, where nothing is read.
    mutating func skip(_ count: Int64) {
        let (target, overflow) = position.addingReportingOverflow(max(0, count))
        position = overflow ? .max : target
    }

    private mutating func fill() throws(Failure) {
        block = []
        blockStart = position
        var buffer = [UInt8](repeating: 0, count: Self.blockLength)
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(descriptor, bytes.baseAddress, bytes.count, off_t(position))
            }
            if got < 0, errno == EINTR { continue }
            // Behind the largest offset there is nothing either.
            if got < 0, errno != EINVAL {
                throw .io(code: "upload", "the upload cannot be read: errno \(errno)")
            }
            if got > 0 { block = Array(buffer.prefix(got)) }
            return
        }
    }
}

extension Collection<UInt8> {
    /// A number of as many bytes, the highest first.
    var bigEndian: Int { reduce(0) { $0 << 8 | Int($1) } }

    /// A number of as many bytes, the lowest first.
    var littleEndian: Int { reversed().reduce(0) { $0 << 8 | Int($1) } }
}
