package import MediaModel

extension Quarantine {
    /// How many refused uploads of a member are here.
    package func count(of owner: OwnerName) async throws(StorageError) -> Int {
        try await work.run { [self] () throws(StorageError) in try uploads(of: owner).count }
    }

    /// Removes every refused upload of a member with its reason and its sidecar. Repeating is free.
    package func erase(_ owner: OwnerName) async throws(StorageError) {
        try await work.run { [self] () throws(StorageError) in
            let found = try uploads(of: owner)
            guard !found.isEmpty else { return }
            for (upload, refusal) in found {
                // The reason last: it is what finds the others again after a crash.
                try root.removeFile(upload)
                if let sidecar = FileName(refusal.item.rawValue + Self.sidecarSuffix) {
                    try root.removeFile(sidecar)
                }
                try root.removeFile(upload.appending(Self.reasonSuffix))
            }
            try root.sync()
        }
    }

    /// A reason that cannot be read names nobody.
    private func uploads(of owner: OwnerName) throws(StorageError) -> [(FileName, Refusal)] {
        var found: [(FileName, Refusal)] = []
        for name in try root.names() {
            guard let upload = name.dropping(suffix: Self.reasonSuffix),
                let refusal = try? readReason(name), refusal.owner == owner.rawValue
            else { continue }
            found.append((upload, refusal))
        }
        return found
    }
}
