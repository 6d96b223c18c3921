import FoundationEssentials

extension LocalDerivativeStore {
    /// Throws `displaced` when the storage's path leads to another directory than the one that was
    /// opened, or to none: moved, removed, unmounted, mounted over, a symlink that was set anew.
    package func checkPlace() async throws(StorageError) {
        try await work.run { [self] () throws(StorageError) in try requirePlace() }
    }

    /// Runs what writes or removes, where it is seen: a directory that was moved away takes
    /// everything as before, and no visitor ever finds it.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await work.run { [self] () throws(StorageError) in
            try requirePlace()
            return try body()
        }
    }

    private func requirePlace() throws(StorageError) {
        try Self.require(storage) { () throws(StorageError) in try Directory(path: storage.path) }
        try Self.require(root) { () throws(StorageError) in
            try storage.subdirectory(Self.itemsName)
        }
    }

    /// Compares by device and inode, as names say nothing.
    private static func require(
        _ opened: Directory, there: () throws(StorageError) -> Directory
    ) throws(StorageError) {
        let expected = try opened.status()
        let finding: String
        do throws(StorageError) {
            let found = try there().status()
            if found.isSameFile(as: expected) { return }
            finding = "another directory (\(identity(found)))"
        } catch  where error.code == .notFound || error.code == .notRegularFile {
            finding = "no directory"
        }
        throw StorageError(
            .displaced, operation: "find", path: opened.path,
            detail: "there is \(finding) where the daemon opened one at its start "
                + "(\(identity(expected))\(whereabouts(of: opened, expected))); bring that one "
                + "back, or restart the daemon to go on with what is there")
    }

    /// As `stat -c 'device %d, inode %i'` prints them.
    private static func identity(_ status: FileStatus) -> String {
        "device \(status.device), inode \(status.inode)"
    }

    /// Where an open directory is by now, if that can be told: the kernel's answer is no path of
    /// ours for one that was removed, unmounted or mounted over, so it is tried.
    private static func whereabouts(of opened: Directory, _ expected: FileStatus) -> String {
        guard
            let path = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/\(opened.descriptor)"),
            let found = try? Directory(path: path).status(), found.isSameFile(as: expected)
        else { return expected.linkCount == 0 ? ", removed since" : "" }
        return ", now at \(path)"
    }
}
