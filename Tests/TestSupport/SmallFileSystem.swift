import Foundation
import Glibc

/// A file system of a few kilobytes that a test can fill, mounted for as long as this lives.
package final class SmallFileSystem: Sendable {
    /// Only root may mount.
    package static var isPossible: Bool { geteuid() == 0 }

    private let place: TemporaryDirectory
    package var path: String { place.url.path }

    package init(kilobytes: Int) async throws {
        place = try TemporaryDirectory("disk")
        try await Program("mount").run(
            ["-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=755", "tmpfs", place.url.path])
    }

    package func remountReadOnly() async throws {
        try await Program("mount").run(["-o", "remount,ro", path])
    }

    // Lazily: directories may still be open.
    deinit { _ = unsafe umount2(path, Int32(MNT_DETACH)) }
}
