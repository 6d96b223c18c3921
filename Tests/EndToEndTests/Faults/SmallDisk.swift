import Foundation
import TestSupport

/// A small file system at a place of a site's, until it is unmounted.
final class SmallDisk: Sendable {
    let place: URL

    /// nil, with a word about it, where nothing may be mounted.
    /// - Parameter options: of tmpfs: `size=64m`, `nr_inodes=500`.
    init?(at place: URL, _ options: String) async throws {
        self.place = place
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let result = try await Program("mount").result(
            ["-t", "tmpfs", "-o", "\(options),mode=755", "vitrine-test", place.path])
        guard result.termination == .exited(0) else {
            print("skipped: no right to mount a file system here: \(result.error)")
            return nil
        }
    }

    func remount(_ options: String) async throws {
        try await Program("mount").run(["-o", "remount,\(options)", place.path])
    }

    func unmount() async { _ = try? await Program("umount").result(["-l", place.path]) }
}
