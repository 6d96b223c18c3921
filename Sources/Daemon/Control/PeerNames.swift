import Glibc

/// What the system's databases say of a user: its name and those of its groups.
struct PeerNames: Hashable, Sendable {
    var user: String?
    /// By number; the name where there is one.
    var groups: [UInt32: String?] = [:]

    /// Blocks while the databases are asked: nsswitch.conf(5).
    /// - Parameter group: the one the process runs as.
    static func lookUp(user: UInt32, group: UInt32) -> PeerNames {
        var names = PeerNames()
        names.groups[group] = name(ofGroup: group)
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        guard unsafe getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0,
            unsafe found != nil, let text = unsafe entry.pw_name
        else { return names }
        names.user = unsafe String(cString: text)
        var count: Int32 = 256
        var numbers = [gid_t](repeating: 0, count: Int(count))
        // Members of more groups have the first of them.
        _ = unsafe getgrouplist(text, entry.pw_gid, &numbers, &count)
        for number in numbers.prefix(max(0, min(Int(count), numbers.count))) {
            names.groups[number] = name(ofGroup: number)
        }
        return names
    }

    private static func name(ofGroup number: gid_t) -> String? {
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        guard unsafe getgrgid_r(number, &entry, &buffer, buffer.count, &found) == 0,
            unsafe found != nil, let text = unsafe entry.gr_name
        else { return nil }
        return unsafe String(cString: text)
    }
}
