import FoundationEssentials
import MediaModel
import Storage

/// Says in the state directory that a life of the daemon ended because a disk failed, so that the next
/// one looks at what was written before. After a failed sync the kernel may show bytes that the disk
/// does not have. https://lwn.net/Articles/752063/
struct DiskFailureMark: Codable, Hashable, Sendable {
    private static let name: FileName = "disk-failed.json"

    var failedAt: Timestamp
    var reason: String

    /// As well as it goes: the disk that failed may be this one.
    func write(in state: String) throws {
        try AtomicFile.write(
            JSONEncoder().encode(self), as: Self.name, in: Directory(path: state), mode: 0o600)
    }

    /// nil where there is none; one that cannot be read is from the beginning of time.
    static func read(in state: String) throws -> DiskFailureMark? {
        let directory = try Directory(path: state)
        guard try directory.status(of: name) != nil else { return nil }
        let data = try? Data(contentsOf: URL(filePath: "\(state)/\(name)"))
        return data.flatMap { try? JSONDecoder().decode(DiskFailureMark.self, from: $0) }
            ?? DiskFailureMark(
                failedAt: Timestamp(secondsSince1970: 0), reason: "the mark cannot be read")
    }

    static func remove(in state: String) throws {
        let directory = try Directory(path: state)
        try directory.removeFile(name)
        try directory.sync()
    }
}
