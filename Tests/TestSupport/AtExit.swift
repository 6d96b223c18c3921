import Foundation
import Glibc
import Synchronization

/// What must not outlive the test run although something static still holds it: daemons that all
/// tests share, and directories.
enum AtExit {
    private struct Leftovers {
        var isRegistered = false
        var groups: Set<pid_t> = []
        var directories: Set<URL> = []
    }

    private static let leftovers = Mutex(Leftovers())

    /// A process group, killed at the end of this process unless it is forgotten before.
    static func kill(group: pid_t) { change { $0.groups.insert(group) } }
    static func forget(group: pid_t) { change { $0.groups.remove(group) } }

    /// A directory, removed at the end of this process unless it is forgotten before.
    static func remove(_ directory: URL) { change { $0.directories.insert(directory) } }
    static func forget(_ directory: URL) { change { $0.directories.remove(directory) } }

    private static func change(_ body: (inout Leftovers) -> Void) {
        leftovers.withLock { leftovers in
            if !leftovers.isRegistered {
                leftovers.isRegistered = true
                atexit { AtExit.sweep() }
            }
            body(&leftovers)
        }
    }

    private static func sweep() {
        let left = leftovers.withLock { $0 }
        for group in left.groups { Glibc.kill(-group, SIGKILL) }
        for directory in left.directories { try? FileManager.default.removeItem(at: directory) }
    }
}
