import Glibc

/// A file of a control group: a few bytes that are read or written in one call.
enum ControlFile {
    /// Writes a setting; 0, or an errno.
    ///
    /// The kernel makes these files and nobody else can, so that a setting that it does not know is
    /// refused. A directory of a test can make them.
    static func write(_ text: String, to path: String) -> Int32 {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno }
        defer { close(file) }
        let bytes = Array(text.utf8)
        let written = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.write(file, $0.baseAddress, $0.count)
        }
        return written == bytes.count ? 0 : written < 0 ? errno : EIO
    }

    /// nil where it cannot be read. What is asked for fits into a page, as the kernel writes it.
    static func read(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(0, unsafe Glibc.read(file, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What an errno means.
    static func words(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
