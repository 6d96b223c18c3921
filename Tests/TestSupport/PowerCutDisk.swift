import Foundation
import Glibc

/// A file system of its own in a file, that can lose its power: what was not synced is gone.
///
/// The cut is FS_IOC_SHUTDOWN without flushing the log: the kernel forgets what it had not written,
/// as it does when a machine stops. Mounting it again replays the journal.
package final class PowerCutDisk: Sendable {
    /// The kinds of file system that know how.
    package enum Kind: String, Sendable, CaseIterable { case ext4, xfs }

    /// Only root may mount, and a loop device is needed.
    package static var isPossible: Bool {
        unsafe geteuid() == 0 && access("/dev/loop-control", R_OK | W_OK) == 0
    }

    /// Where it is mounted.
    package let mounted: TemporaryDirectory
    private let image: TemporaryDirectory
    private let kind: Kind

    package init(_ kind: Kind) async throws {
        self.kind = kind
        image = try TemporaryDirectory("disk")
        mounted = try TemporaryDirectory("power-cut")
        // Mostly a hole: a site wants room to spare.
        try await Program("truncate").run(["--size", "8G", path])
        try await Program("mkfs.\(kind)").run(["-q", path])
        try await mount()
    }

    private var path: String { image.file("image").path }

    private func mount() async throws {
        // XFS refuses a second disk of the same identity, such as the copy of one that is still held.
        let options = kind == .xfs ? "loop,nouuid" : "loop"
        try await Program("mount").run(["-t", kind.rawValue, "-o", options, path, mounted.url.path])
    }

    /// Now, in the middle of whatever is being written.
    package func cut() throws {
        let root = unsafe open(mounted.url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw PowerCutError("open: \(errno)") }
        defer { close(root) }
        // FS_IOC_SHUTDOWN with FS_SHUTDOWN_FLAGS_NOLOGFLUSH, of linux/fs.h and xfs_fs.h.
        var flags: UInt32 = 2
        guard unsafe ioctl(root, 0x8004_587d, &flags) == 0 else {
            throw PowerCutError("shutdown: \(errno)")
        }
    }

    /// The power is back. Who had files open here must have ended, or does within seconds.
    package func remount() async throws {
        try await Waiting.until("the disk to be free", within: .seconds(20)) {
            unsafe umount2(mounted.url.path, 0) == 0 ? true : nil
        }
        // A copy, as a mount namespace that was made meanwhile would keep the dead one alive.
        let copy = image.file("copy")
        try await Program("cp").run(["--sparse=always", path, copy.path])
        guard unsafe rename(copy.path, path) == 0 else { throw PowerCutError("rename: \(errno)") }
        try await mount()
    }

    deinit { _ = unsafe umount2(mounted.url.path, Int32(MNT_DETACH)) }
}

package struct PowerCutError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
