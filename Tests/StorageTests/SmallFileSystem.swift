import Foundation
import Glibc
import TestSupport

/// A file system of a few kilobytes that a test can fill, mounted for as long as this lives.
final class SmallFileSystem: Sendable {
    static var isPossible: Bool { geteuid() == 0 }

    private let place: TemporaryDirectory
    var path: String { place.url.path }

    init(kilobytes: Int) async throws {
        place = try TemporaryDirectory("disk")
        try await Program("mount").run(
            ["-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=755", "tmpfs", place.url.path])
    }

    func remountReadOnly() async throws {
        try await Program("mount").run(["-o", "remount,ro", path])
    }

    // Lazily: directories may still be open.
    deinit { _ = unsafe umount2(path, Int32(MNT_DETACH)) }
}
