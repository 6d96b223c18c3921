/// Where a process' control group is among the files, from what the kernel says of the process. Pure.
///
/// Version 2 only: https://docs.kernel.org/admin-guide/cgroup-v2.html
struct ControlGroupPlace: Hashable, Sendable {
    /// The group's directory, absolute.
    let directory: String

    /// nil where there is no such group, or where it is not mounted.
    ///
    /// - Parameters:
    ///   - groups: /proc/self/cgroup.
    ///   - mounts: /proc/self/mountinfo, proc_pid_mountinfo(5).
    init?(groups: String, mounts: String) {
        guard let line = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
            return nil
        }
        let path = String(line.dropFirst("0::".count))
        // Above the namespace's own root there is nothing for us.
        guard !path.split(separator: "/").contains("..") else { return nil }
        var best: (root: String, directory: String)?
        for mount in mounts.split(separator: "\n") {
            let fields = mount.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash > 4, fields.count > dash + 1,
                fields[dash + 1] == "cgroup2"
            else { continue }
            let root = Self.plain(fields[3])
            guard let rest = Self.rest(of: path, below: root) else { continue }
            // The most specific one: a unit's own group may be mounted writable below the others,
            // which are read-only.
            guard root.utf8.count >= best?.root.utf8.count ?? 0 else { continue }
            let place = Self.plain(fields[4])
            best = (root, rest.isEmpty ? place : "\(place)/\(rest)")
        }
        guard let best else { return nil }
        directory = best.directory
    }

    /// Without slashes at its ends; nil = it is not below.
    private static func rest(of path: String, below root: String) -> String? {
        let parts = path.split(separator: "/")
        let above = root.split(separator: "/")
        guard parts.starts(with: above) else { return nil }
        return parts.dropFirst(above.count).joined(separator: "/")
    }

    /// As the kernel escapes what would end a field.
    private static func plain(_ field: Substring) -> String {
        String(field).replacing("\\040", with: " ").replacing("\\134", with: "\\")
    }
}
