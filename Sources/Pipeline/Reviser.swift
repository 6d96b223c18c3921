package import MediaModel
package import Planning
package import Storage

/// Holds a plan against what is published and still whole in storage.
package struct Reviser: Sendable {
    package let derivatives: any DerivativeStore

    package init(derivatives: any DerivativeStore) { self.derivatives = derivatives }

    /// - Parameter isAnew: nothing is kept, whatever is published.
    package func revise(
        _ plan: Plan, of item: ItemID, isAnew: Bool
    ) async throws(StorageError) -> (revision: Revision, published: Manifest?) {
        let published = try await derivatives.currentManifest(of: item)
        guard let published, !isAnew else {
            let reason =
                published == nil ? "nothing is published yet" : "everything is made anew as asked"
            return (Revision(plan, published: nil, because: reason), published)
        }
        let missing = try await missing(published)
        return (Revision(plan, published: published, missing: missing), published)
    }

    /// Names of derivatives of which a file is not there, or not in its length.
    package func missing(_ manifest: Manifest) async throws(StorageError) -> Set<String> {
        var sizes: [String: Int64] = [:]
        for object in try await derivatives.list(manifest.item) {
            sizes[object.path] = object.byteCount
        }
        let broken = manifest.derivatives.filter { derivative in
            derivative.allFiles.contains { sizes[$0.path] != $0.byteCount }
        }
        return Set(broken.map(\.description.name))
    }
}
