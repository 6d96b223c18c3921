package import MediaModel

/// Reads everything that an item's kept manifests name and holds it against the recorded digests.
package struct StorageVerifier: Sendable {
    /// One object that is not what a manifest says.
    package struct Finding: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
            /// No such object.
            case missing
            /// Other bytes, or another length.
            case differs
            /// The disk gives an error.
            case unreadable
        }

        package var kind: Kind
        package var path: String
        /// Newest generation that names it.
        package var generation: Int
        /// Whether the visible manifest names it: visitors miss it.
        package var isVisible: Bool
        package var detail: String
    }

    /// What one item's reading came to.
    package struct Report: Hashable, Sendable {
        package var objectCount = 0
        package var byteCount: Int64 = 0
        package var findings: [Finding] = []
    }

    package var store: any DerivativeStore
    /// Bytes read per second on average; nil = as fast as it goes.
    package var bytesPerSecond: Double?
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        store: any DerivativeStore, bytesPerSecond: Double? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.store = store
        self.bytesPerSecond = bytesPerSecond
        self.sleep = sleep
    }

    /// - Throws: when the item's manifests cannot be read, or when the task is cancelled.
    package func verify(_ item: ItemID) async throws -> Report {
        var report = Report()
        let visible = try await store.currentManifest(of: item)
        var manifests = try await store.keptManifests(of: item).filter {
            $0.generation != visible?.generation
        }
        if let visible { manifests.append(visible) }
        var seen: Set<ArtifactFile> = []
        for manifest in manifests.reversed() {
            for file in manifest.derivatives.flatMap(\.allFiles) where seen.insert(file).inserted {
                try Task.checkCancellation()
                report.objectCount += 1
                report.byteCount += file.byteCount
                if let (kind, detail) = await fault(file, of: item) {
                    report.findings.append(
                        Finding(
                            kind: kind, path: file.path, generation: manifest.generation,
                            isVisible: manifest.generation == visible?.generation,
                            detail: detail))
                }
                if let bytesPerSecond {
                    try await sleep(.seconds(Double(file.byteCount) / max(1, bytesPerSecond)))
                }
            }
        }
        return report
    }

    private func fault(
        _ file: ArtifactFile, of item: ItemID
    ) async -> (Finding.Kind, String)? {
        do throws(StorageError) {
            // A file that is not there is told apart from one that is not itself.
            _ = try await store.open(file.path, of: item)
            guard try await store.holds(file, of: item, reading: true) else {
                return (.differs, "its bytes are not those of \(file.sha256.prefix(12))…")
            }
            return nil
        } catch {
            return error.code == .notFound
                ? (.missing, "there is no such object") : (.unreadable, "\(error)")
        }
    }
}
