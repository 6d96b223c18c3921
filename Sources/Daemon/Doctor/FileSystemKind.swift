import Foundation

/// What can be expected of the file system that a directory is on.
struct FileSystemKind: Hashable, Sendable {
    /// As the kernel calls it: `ext4`, `nfs4` …
    var name: String
    /// Tells of every change, also of those that another machine makes.
    var notifies: Bool
    /// Its locks and syncs can be relied on.
    var keepsDatabases: Bool
    var survivesRestart: Bool

    private static let network = [
        "nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "afs", "glusterfs", "fuse.glusterfs",
        "fuse.sshfs", "fuse.s3fs", "fuse.rclone",
    ]

    /// As the kernel lists what is mounted: proc_pid_mountinfo(5).
    init(of path: String) {
        let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        self.init(of: path, mounts: mounts ?? "")
    }

    init(of path: String, mounts: String) {
        let real = URL(filePath: path).resolvingSymlinksInPath().path
        var best = (mount: "", kind: "an unknown file system")
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 1, fields.count > 4
            else { continue }
            let mount = String(fields[4]).replacing("\\040", with: " ")
            // Of two at the same place the later one covers the earlier.
            if PathText.contains(mount, real), mount.utf8.count >= best.mount.utf8.count {
                best = (mount, String(fields[dash + 1]))
            }
        }
        name = best.kind
        let isNetwork = Self.network.contains(name)
        notifies = !isNetwork
        keepsDatabases = !isNetwork
        survivesRestart = !["tmpfs", "ramfs"].contains(name)
    }
}
