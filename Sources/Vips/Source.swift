import CVips
import Glibc

/// Where an encoded image is read from: an open file, or bytes in memory. Never a path.
@safe
package final class Source {
    let handle: UnsafeMutablePointer<VipsSource>

    /// Reads an open file from its beginning, or a part of it as if that were the file.
    ///
    /// The descriptor is duplicated, so the caller may close its own; reading is by `pread`, so the
    /// file offset that both share is neither used nor moved, and several sources over one file
    /// do not disturb each other. Nothing is mapped: a file that shrinks gives a short read, not SIGBUS.
    ///
    /// - Parameters:
    ///   - offset: where the part begins, in bytes.
    ///   - length: of the part, in bytes; nil = to the end of the file.
    package init(
        descriptor: Int32, offset: Int64 = 0, length: Int64? = nil
    ) throws(VipsError) {
        let part = length ?? Int64.max - max(0, offset)
        guard offset >= 0, part >= 0, !offset.addingReportingOverflow(part).overflow else {
            throw VipsError(operation: "source", detail: "no part of a file: \(offset)+\(part)")
        }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else {
            throw VipsError(operation: "source", detail: "cannot duplicate: errno \(errno)")
        }
        guard let source = unsafe vips_source_custom_new() else {
            close(copy)
            throw VipsError.taking("vips_source_custom_new")
        }
        let file = unsafe Unmanaged.passRetained(
            PositionedFile(descriptor: copy, start: offset, length: part)
        ).toOpaque()
        // The two callbacks share the file; the one connected first gives the reference back, both
        // being disconnected together when libvips drops the source.
        unsafe cvips_source_on_read(source, readFile, file, releaseFile)
        unsafe cvips_source_on_seek(source, seekFile, file, nil)
        unsafe handle = UnsafeMutableRawPointer(source).assumingMemoryBound(to: VipsSource.self)
    }

    /// Reads bytes, of which libvips makes its own copy.
    package init(bytes: [UInt8]) throws(VipsError) {
        guard let blob = unsafe vips_blob_copy(bytes, bytes.count) else {
            throw VipsError.taking("vips_blob_copy")
        }
        defer {
            unsafe vips_area_unref(
                UnsafeMutableRawPointer(blob).assumingMemoryBound(to: VipsArea.self))
        }
        guard let source = unsafe vips_source_new_from_blob(blob) else {
            throw VipsError.taking("vips_source_new_from_blob")
        }
        unsafe handle = source
    }

    deinit {
        unsafe g_object_unref(handle)
    }
}

// A source is handed to one load operation, which serialises its reads; the wrapper itself is immutable.
extension Source: @unchecked Sendable {}

/// A descriptor of our own, a part of its file, and a position of our own in that part. Used by one
/// loader at a time.
private final class PositionedFile {
    let descriptor: Int32
    /// Where the part begins in the file.
    let start: Int64
    /// At most this many bytes belong to the part; `start + length` does not overflow.
    let length: Int64
    /// From the start of the part.
    var position: Int64 = 0

    init(descriptor: Int32, start: Int64, length: Int64) {
        self.descriptor = descriptor
        self.start = start
        self.length = length
    }

    deinit {
        close(descriptor)
    }

    func read(into buffer: UnsafeMutableRawPointer, count: Int) -> Int64 {
        let wanted = min(Int64(count), length - position)
        guard wanted > 0 else { return 0 }
        while true {
            let got = unsafe pread(descriptor, buffer, Int(wanted), Int(start + position))
            if got >= 0 {
                position += Int64(got)
                return Int64(got)
            }
            if errno != EINTR { return -1 }
        }
    }

    func seek(to offset: Int64, whence: Int32) -> Int64 {
        let base: Int64
        switch whence {
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END:
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { return -1 }
            base = min(max(0, Int64(status.st_size) - start), length)
        default: return -1
        }
        // A lying header can ask for any offset.
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return -1 }
        position = target
        return target
    }
}

private func readFile(
    _ source: UnsafeMutablePointer<VipsSourceCustom>?, _ buffer: UnsafeMutableRawPointer?,
    _ length: gint64, _ user: UnsafeMutableRawPointer?
) -> gint64 {
    guard let buffer = unsafe buffer, let user = unsafe user, length >= 0 else { return -1 }
    let file = unsafe Unmanaged<PositionedFile>.fromOpaque(user).takeUnretainedValue()
    return gint64(unsafe file.read(into: buffer, count: Int(length)))
}

private func seekFile(
    _ source: UnsafeMutablePointer<VipsSourceCustom>?, _ offset: gint64, _ whence: Int32,
    _ user: UnsafeMutableRawPointer?
) -> gint64 {
    guard let user = unsafe user else { return -1 }
    let file = unsafe Unmanaged<PositionedFile>.fromOpaque(user).takeUnretainedValue()
    return gint64(file.seek(to: Int64(offset), whence: whence))
}

private func releaseFile(
    _ user: UnsafeMutableRawPointer?, _ closure: UnsafeMutablePointer<GClosure>?
) {
    guard let user = unsafe user else { return }
    unsafe Unmanaged<PositionedFile>.fromOpaque(user).release()
}
