import GRDB
import JobQueue
import MediaModel

/// Quotas, counted from the catalogue in the transaction that adds to it: of any number of uploads
/// at the same moment, as many are taken as fit.
extension StoreTransaction {
    /// What a member has beside one item. What failed or was cancelled does not count.
    private func usage(of owner: String, besides id: ItemID) throws -> (Int, Int64, Double) {
        let row = try row(
            """
            SELECT COUNT(*) AS items, COALESCE(SUM(byteCount), 0) AS bytes,
                COALESCE(SUM(durationSeconds), 0) AS seconds
            FROM item WHERE owner = ? AND id <> ? AND state NOT IN ('failed', 'cancelled')
            """, [owner, id.rawValue])
        return (row?["items"] ?? 0, row?["bytes"] ?? 0, row?["seconds"] ?? 0)
    }

    /// Throws `overQuota` when a new item does not fit.
    func requireRoom(for upload: Upload, in quota: Quota) throws {
        guard let owner = upload.sidecar.owner, quota.items != nil || quota.byteCount != nil
        else { return }
        let (items, bytes, _) = try usage(of: owner, besides: upload.itemID)
        if let limit = quota.items, items >= limit {
            throw JobStoreError.overQuota(
                QuotaExcess(owner: owner, resource: .items(limit: limit, used: items)))
        }
        if let limit = quota.byteCount, upload.byteCount > limit - bytes {
            throw JobStoreError.overQuota(
                QuotaExcess(
                    owner: owner,
                    resource: .bytes(limit: limit, used: bytes, wanted: upload.byteCount)))
        }
    }

    /// Notes how long an item plays; throws `overQuota` when that does not fit, and notes nothing.
    func note(_ seconds: Double, of upload: Upload, in quota: Quota) throws {
        if let owner = upload.sidecar.owner, let limit = quota.minutes {
            let (_, _, used) = try usage(of: owner, besides: upload.itemID)
            guard used + seconds <= limit * 60 else {
                throw JobStoreError.overQuota(
                    QuotaExcess(
                        owner: owner,
                        resource: .minutes(
                            limit: limit, used: used / 60, wanted: seconds / 60)))
            }
        }
        try execute(
            "UPDATE item SET durationSeconds = ? WHERE id = ?", [seconds, upload.itemID.rawValue])
    }
}
