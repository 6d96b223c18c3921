import CLinux
import Foundation
import Glibc

/// The part of the tree of control groups that the service manager left to this daemon (`Delegate=`):
/// a leaf for the daemon, and beside it one group for each worker.
/// https://systemd.io/CGROUP_DELEGATION
package struct WorkerGroups: Sendable {
    /// The delegated group's directory.
    private let base: String
    /// What is in force in each worker's group: `memory`, and of `cpu` and `pids` what was delegated.
    package let controllers: [String]
    /// Groups of an earlier run that were found and taken away.
    package let sweptCount: Int

    /// Whether workers have groups of their own.
    package enum Finding: Sendable {
        case active(WorkerGroups)
        /// Nothing was delegated: they are bounded by resource limits alone, as everywhere.
        case none(String)
        /// Something was, and cannot be used.
        case unusable(String)
    }

    /// The leaf that the daemon is in: a group with processes cannot hand controllers to groups in
    /// it. The name that systemd's documentation gives to `DelegateSubgroup=`.
    static let leaf = "daemon"
    static let prefix = "worker-"
    private static let wanted = ["cpu", "memory", "pids"]

    /// Moves this process into a leaf, and takes over what was delegated. Once, at the start; blocks for a few
    /// small files.
    ///
    /// - Parameters:
    ///   - root: of the files that are read and written, for tests.
    ///   - isDelegated: whether a group is left to us; systemd marks such, since version 251. That we
    ///     may write in it is no sign: root and a user's own session may.
    package static func find(
        root: String = "", isDelegated: (String) -> Bool = WorkerGroups.isMarked
    ) -> Finding {
        let groups = ControlFile.read("\(root)/proc/self/cgroup") ?? ""
        let mounts = (try? String(contentsOfFile: "\(root)/proc/self/mountinfo", encoding: .utf8))
        guard let place = ControlGroupPlace(groups: groups, mounts: mounts ?? "") else {
            return .none("there are no control groups of version 2 here")
        }
        var base = root + place.directory
        // Where `DelegateSubgroup=daemon` has put us.
        if let slash = base.lastIndex(of: "/"), base[slash...] == "/\(leaf)",
            isDelegated(String(base[..<slash]))
        {
            base = String(base[..<slash])
        }
        guard isDelegated(base) else {
            return .none("the service manager delegates no control group (Delegate=)")
        }
        let offered = (ControlFile.read("\(base)/cgroup.controllers") ?? "")
            .split(whereSeparator: \.isWhitespace).map(String.init)
        guard offered.contains("memory") else {
            return .unusable(
                "\(place.directory) is delegated without the memory controller, it has: "
                    + (offered.isEmpty ? "none" : offered.joined(separator: ", ")))
        }
        do throws(GroupError) {
            return .active(
                try WorkerGroups(base: base, controllers: wanted.filter(offered.contains)))
        } catch {
            return .unusable("\(error)")
        }
    }

    private init(base: String, controllers: [String]) throws(GroupError) {
        self.base = base
        self.controllers = controllers
        let leaf = "\(base)/\(Self.leaf)"
        guard unsafe mkdir(leaf, 0o755) == 0 || errno == EEXIST else {
            throw GroupError("make", leaf, errno)
        }
        var swept = 0
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        where name.hasPrefix(Self.prefix) {
            if WorkerGroup.remove("\(base)/\(name)") { swept += 1 }
        }
        sweptCount = swept
        // This process, with all its threads.
        try Self.set("\(leaf)/cgroup.procs", "0")
        try Self.set(
            "\(base)/cgroup.subtree_control", controllers.map { "+\($0)" }.joined(separator: " "))
        if controllers.contains("cpu") {
            try Self.set("\(leaf)/cpu.weight", "\(WorkerBounds.daemonWeight)")
        }
    }

    /// A group for a worker that has just been started, which is in it then.
    ///
    /// - Parameter memoryBytes: that it may take until its plan is known.
    func group(for process: Int32, memoryBytes: Int64) throws(GroupError) -> WorkerGroup {
        let group = try WorkerGroup(
            directory: "\(base)/\(Self.prefix)\(process)", memoryBytes: memoryBytes,
            controllers: controllers)
        do throws(GroupError) {
            try group.take(process)
        } catch {
            group.remove()
            throw error
        }
        return group
    }

    private static func set(_ path: String, _ value: String) throws(GroupError) {
        let code = ControlFile.write(value, to: path)
        guard code == 0 else { throw GroupError("write \(value) to", path, code) }
    }

    /// As systemd marks what it delegates, for everybody to read.
    package static func isMarked(_ directory: String) -> Bool {
        unsafe clinux_has_attribute(directory, "user.delegate", "1") == 1
    }
}
