import ControlAPI
import JobQueue
import MediaModel
import Storage

extension StorageKeeping {
    /// What reading everything of a time came to.
    struct RecentResult {
        /// Of what is published, with what is made again.
        var published = VerifyResult(
            items: 0, objects: 0, byteCount: 0, findings: [], repairs: [], next: nil)
        /// Items whose kept upload is gone or has other bytes: nothing can make that again.
        var lostOriginals: [ItemID] = []
    }

    /// Reads from the disk what items that changed since then published and were made from, and has
    /// made again what is not itself.
    func verifyChanges(since start: Timestamp) async throws -> RecentResult {
        let verifier = StorageVerifier(store: derivatives)
        var (result, cursor) = (RecentResult(), PageCursor?.none)
        repeat {
            let page = try await store.items(ItemFilter(), after: cursor, limit: 1000)
            for record in page.elements where record.updatedAt >= start {
                try Task.checkCancellation()
                if try await isOriginalLost(record) { result.lostOriginals.append(record.id) }
                guard record.generation > 0 else { continue }
                try await verify(
                    record.id, by: verifier, repairing: true, into: &result.published)
            }
            cursor = page.next
        } while cursor != nil
        return result
    }

    /// A failed item's upload is in quarantine, or nowhere.
    private func isOriginalLost(_ record: ItemRecord) async throws -> Bool {
        guard let sha256 = record.sha256, try await store.needsOriginal(sha256) else {
            return false
        }
        do throws(StorageError) {
            return try await !originals.verify(sha256)
        } catch {
            // Unreadable is not lost yet, and as bad to have.
            return true
        }
    }
}
