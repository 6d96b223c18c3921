import GRDB
import JobQueue
import Storage

/// The copy of a database that is made before migrations change it: the way back to the version
/// before.
///
/// It lies beside the database as `NAME.before-N`, where N is the first schema that it does not
/// have, and appears whole or not at all: temporary name → SQLite's online backup → comparison →
/// fsync → rename → fsync of the directory.
struct MigrationCopy: Sendable {
    /// Newest copies that are kept, the one just made included: the last upgrade's, and the one
    /// before it for whoever finds out late. More would only be a queue that nobody wants back.
    static let kept = 2

    private let directory: Directory
    private let name: FileName

    /// - Parameter path: of the database.
    init(of path: String) throws(JobStoreError) {
        let (parent, last) = Self.split(path)
        guard let name = FileName(last) else {
            throw JobStoreError.unavailable("\(path) cannot name a database")
        }
        do throws(StorageError) {
            directory = try Directory(path: parent)
        } catch {
            throw JobStoreError.unavailable("\(error)")
        }
        self.name = name
    }

    /// Copies what is committed, compares, and removes all but the newest copies.
    ///
    /// Nobody else writes the database meanwhile: the caller holds the state directory.
    /// - Parameter schema: number of the first migration that is going to be applied.
    /// - Returns: the copy's path.
    func make(of database: any DatabaseReader, before schema: Int) throws(JobStoreError) -> String {
        let copy = name.appending(".before-\(schema)")
        do {
            try removeTemporaries()
            try fill(from: database)
            let file = try directory.openFile(temporary)
            try file.sync(path: directory.pathOf(temporary))
            try directory.rename(temporary, to: copy, in: directory, replacing: true)
            try directory.sync()
        } catch {
            // Best effort: the next try begins with removing it.
            try? removeTemporaries()
            throw JobStoreError.unavailable(
                "it has to be brought to schema \(schema), and cannot be copied to "
                    + "\(directory.pathOf(copy)) before that (\(Self.text(error))); nothing has "
                    + "been changed. Make room there, or make it writable, and start again")
        }
        prune(keeping: copy)
        return directory.pathOf(copy)
    }

    /// How many copies there are.
    func count() throws(JobStoreError) -> Int { try copies().count }

    /// Removes every copy: they name members who are to be forgotten.
    func removeAll() throws(JobStoreError) {
        let copies = try copies()
        do throws(StorageError) {
            try removeTemporaries()
            for (_, copy) in copies { try directory.removeFile(copy) }
            try directory.sync()
        } catch {
            throw JobStoreError.unavailable("\(error)")
        }
    }

    private var temporary: FileName { name.appending(".copy.tmp") }

    /// With what SQLite writes beside a database that it works on.
    private func removeTemporaries() throws(StorageError) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            try directory.removeFile(temporary.appending(suffix))
        }
    }

    private func fill(from database: any DatabaseReader) throws {
        let copy = try DatabaseQueue(path: directory.pathOf(temporary))
        try database.backup(to: copy)
        try copy.writeWithoutTransaction { db in
            // The pages say that there is a log beside them; the copy shall be one file.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
            guard found == "ok" else {
                throw JobStoreError.unavailable("the copy is damaged: \(found ?? "no answer")")
            }
        }
        try copy.close()
    }

    /// What is left of earlier upgrades. One copy too many hurts less than a start that fails.
    private func prune(keeping copy: FileName) {
        let others = ((try? copies()) ?? []).filter { $0.name != copy }
            .sorted { $0.schema > $1.schema }
        for (_, old) in others.dropFirst(Self.kept - 1) { try? directory.removeFile(old) }
    }

    private func copies() throws(JobStoreError) -> [(schema: Int, name: FileName)] {
        let prefix = Array(name.appending(".before-").bytes)
        let names: [FileName]
        do throws(StorageError) {
            names = try directory.names()
        } catch {
            throw JobStoreError.unavailable("\(error)")
        }
        return names.filter { $0.bytes.starts(with: prefix) }.compactMap { name in
            Int(String(decoding: name.bytes.dropFirst(prefix.count), as: UTF8.self))
                .map { (schema: $0, name: name) }
        }
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        return (parent, String(path[path.index(after: slash)...]))
    }

    private static func text(_ error: any Error) -> String {
        // GRDB has the message of another connection.
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL {
            return "the disk is full"
        }
        return (error as? JobStoreError)?.operatorText ?? "\(error)"
    }
}
