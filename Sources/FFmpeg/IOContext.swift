import CFFmpeg
import Glibc

/// Who closes a descriptor.
package enum DescriptorOwnership: Sendable {
    /// The caller keeps it open as long as the handle lives, and closes it.
    case borrowed
    /// The handle closes it when it goes.
    case owned
}

/// Where libavformat's bytes come from and go to.
class ByteStream {
    /// The error a caller's closure threw; the I/O code that FFmpeg returns is then only an echo.
    var thrown: (any Error)?

    /// Whether the system refused to give bytes. Demuxers say EIO of damage, too.
    var hasFailedToRead: Bool { false }

    /// Reads up to `count` bytes; a count, or a negative code.
    func read(into buffer: UnsafeMutableRawPointer, count: Int) -> Int32 {
        cffmpeg_AVERROR(EBADF)
    }

    /// Writes all of `bytes`; their count, or a negative code.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int32 { cffmpeg_AVERROR(EBADF) }

    /// Moves to a position, or with AVSEEK_SIZE tells the length; a position, or a negative code.
    func seek(to offset: Int64, whence: Int32) -> Int64 { Int64(cffmpeg_AVERROR(ESPIPE)) }

    /// Whether `seek` works.
    var isSeekable: Bool { false }
}

/// A file by descriptor, read and written at a position of our own (pread, pwrite): the
/// descriptor's offset is neither used nor moved, so that one descriptor may serve several streams.
final class DescriptorStream: ByteStream {
    let descriptor: Int32
    private let ownership: DescriptorOwnership
    private let interrupt: Interrupt?
    private var position: Int64 = 0
    private var refusal: Int32?

    init(_ descriptor: Int32, _ ownership: DescriptorOwnership, interrupt: Interrupt? = nil) {
        self.descriptor = descriptor
        self.ownership = ownership
        self.interrupt = interrupt
    }

    deinit {
        if ownership == .owned { close(descriptor) }
    }

    override var isSeekable: Bool { true }
    override var hasFailedToRead: Bool { refusal != nil }

    override func read(into buffer: UnsafeMutableRawPointer, count: Int) -> Int32 {
        while true {
            if interrupt?.isRaised == true { return cffmpeg_AVERROR_EXIT }
            let result = unsafe pread(descriptor, buffer, count, off_t(position))
            if result > 0 {
                position += Int64(result)
                return Int32(result)
            }
            if result == 0 { return cffmpeg_AVERROR_EOF }
            if errno != EINTR {
                refusal = errno
                return cffmpeg_AVERROR(errno)
            }
        }
    }

    override func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        var written = 0
        while written < bytes.count {
            if interrupt?.isRaised == true { return cffmpeg_AVERROR_EXIT }
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
            let result = unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(position))
            if result > 0 {
                position += Int64(result)
                written += result
            } else if result == 0 {
                return cffmpeg_AVERROR(EIO)
            } else if errno != EINTR {
                return cffmpeg_AVERROR(errno)
            }
        }
        return Int32(written)
    }

    override func seek(to offset: Int64, whence: Int32) -> Int64 {
        let base: Int64
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return size
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END:
            let size = size
            if size < 0 { return size }
            base = size
        default: return Int64(cffmpeg_AVERROR(EINVAL))
        }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Int64(cffmpeg_AVERROR(EINVAL)) }
        position = target
        return target
    }

    private var size: Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return Int64(cffmpeg_AVERROR(errno)) }
        return Int64(status.st_size)
    }
}

/// Bytes handed to a closure as they come; nothing can be taken back.
final class ClosureStream: ByteStream {
    private let sink: ([UInt8]) throws -> Void

    init(_ sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }

    override func write(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard thrown == nil else { return cffmpeg_AVERROR(EIO) }
        do {
            unsafe try sink(Array(bytes))
            return Int32(bytes.count)
        } catch {
            thrown = error
            return cffmpeg_AVERROR(EIO)
        }
    }
}

/// An AVIOContext over a ``ByteStream``, freed with its buffer.
/// Wraps avio_alloc_context. <https://ffmpeg.org/doxygen/5.1/avio_8h.html>
@safe final class IOContext {
    let raw: UnsafeMutablePointer<AVIOContext>
    let stream: ByteStream

    /// 64 KiB: two reads per typical packet at most, and small beside a decoder.
    private static let bufferSize: Int32 = 65_536

    init(_ stream: ByteStream, writable: Bool) throws(FFmpegError) {
        guard
            let raw = unsafe cffmpeg_avio_alloc_context(
                Self.bufferSize, writable ? 1 : 0, Unmanaged.passUnretained(stream).toOpaque(),
                writable ? nil : readPacket, writable ? writePacket : nil,
                stream.isSeekable ? seekStream : nil)
        else { throw allocationFailure("avio_alloc_context") }
        unsafe self.raw = raw
        self.stream = stream
    }

    deinit { unsafe cffmpeg_avio_context_free(raw) }
}

private func byteStream(_ opaque: UnsafeMutableRawPointer?) -> ByteStream? {
    guard let opaque = unsafe opaque else { return nil }
    return unsafe Unmanaged<ByteStream>.fromOpaque(opaque).takeUnretainedValue()
}

private func readPacket(
    _ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ size: Int32
) -> Int32 {
    guard let stream = unsafe byteStream(opaque), let buffer = unsafe buffer else {
        return cffmpeg_AVERROR(EINVAL)
    }
    return unsafe stream.read(into: buffer, count: Int(size))
}

private func writePacket(
    _ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafePointer<UInt8>?, _ size: Int32
) -> Int32 {
    guard let stream = unsafe byteStream(opaque), let buffer = unsafe buffer else {
        return cffmpeg_AVERROR(EINVAL)
    }
    return unsafe stream.write(UnsafeRawBufferPointer(start: buffer, count: Int(size)))
}

private func seekStream(
    _ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32
) -> Int64 {
    guard let stream = unsafe byteStream(opaque) else { return Int64(cffmpeg_AVERROR(EINVAL)) }
    return stream.seek(to: offset, whence: whence)
}
