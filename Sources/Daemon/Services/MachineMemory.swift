import CLinux
import Foundation

/// How much memory there is for this process and its workers: the machine's, or less where a control
/// group bounds it. https://docs.kernel.org/admin-guide/cgroup-v2.html
struct MachineMemory: Hashable, Sendable {
    /// The machine's, or the tightest bound of a group that we are in, in bytes.
    var totalBytes: Int64
    /// Of it, what can be taken without anybody giving something up, in bytes; nil = nobody says.
    var availableBytes: Int64?

    /// - Parameters:
    ///   - root: of the files that are read, for tests.
    ///   - machine: total and free bytes as sysinfo(2) has them: hardened units have no
    ///     /proc/meminfo (`ProcSubset=pid`).
    init(root: String = "", machine: (total: Int64, free: Int64)? = Self.asked()) {
        let facts = Self.numbers("\(root)/proc/meminfo", unit: 1024)
        let groups = "\(root)/sys/fs/cgroup"
        totalBytes = facts["MemTotal:"] ?? machine?.total ?? .max
        availableBytes = facts["MemAvailable:"]
        if availableBytes == nil, let free = machine?.free {
            availableBytes = free + Self.reclaimable("\(groups)/memory.stat")
        }
        for group in Self.groups(root) {
            let directory = groups + group
            let used = Self.number("\(directory)/memory.current") ?? 0
            let idle = Self.reclaimable("\(directory)/memory.stat")
            // Above `high` a group is slowed down until it gives back: no place to be either.
            for bound in ["memory.max", "memory.high"] {
                guard let limit = Self.number("\(directory)/\(bound)") else { continue }
                totalBytes = min(totalBytes, limit)
                let left = max(0, limit - max(0, used - idle))
                availableBytes = min(availableBytes ?? left, left)
            }
        }
    }

    /// What jobs may hold together: an eighth of it, and at least half a gibibyte, is left to the
    /// daemon, the system and its files.
    var forJobs: Int64 { max(256 << 20, totalBytes - max(512 << 20, totalBytes / 8)) }

    /// Ours and all above it, as paths below the mount; version 2 only.
    private static func groups(_ root: String) -> [String] {
        let text = (try? String(contentsOfFile: "\(root)/proc/self/cgroup", encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
            return []
        }
        var path = ""
        return [""]
            + line.dropFirst("0::/".count).split(separator: "/").filter { $0 != ".." }.map {
                path += "/\($0)"
                return path
            }
    }

    /// What a group gives up when memory is wanted: files that were read, also those that were read
    /// twice (an upload is, by intake and by the worker), and the kernel's own caches of them.
    private static func reclaimable(_ path: String) -> Int64 {
        let facts = numbers(path)
        return ["inactive_file", "active_file", "slab_reclaimable"]
            .reduce(0) { $0 + (facts[$1] ?? 0) }
    }

    /// nil for `max` and for a file that is not there.
    private static func number(_ path: String) -> Int64? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int64(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Lines of a name and a number.
    private static func numbers(_ path: String, unit: Int64 = 1) -> [String: Int64] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
        var numbers: [String: Int64] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, let number = Int64(words[1]) else { continue }
            numbers[String(words[0])] = number * unit
        }
        return numbers
    }

    /// sysinfo(2).
    static func asked() -> (total: Int64, free: Int64)? {
        var total: Int64 = 0
        var free: Int64 = 0
        guard unsafe clinux_memory(&total, &free) == 0 else { return nil }
        return (total, free)
    }
}
