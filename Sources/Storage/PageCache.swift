import Glibc

/// What the kernel keeps of files in memory. After a failed sync it may be other than what the disk has.
/// https://lwn.net/Articles/752063/
package enum PageCache {
    /// Has a file read from the disk the next time. What is not written yet stays; a file system that
    /// cannot do it reads as ever.
    package static func drop(_ descriptor: Int32) {
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    /// Nothing where there is no such file.
    package static func drop(path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        drop(descriptor)
        close(descriptor)
    }
}
