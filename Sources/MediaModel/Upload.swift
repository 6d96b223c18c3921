/// An accepted upload: hashed, copied into the originals, durable.
package struct Upload: Codable, Hashable, Sendable {
    /// The item's id, safe as a path component and URL segment.
    package var itemID: ItemID
    /// As the uploader named it, escaped for display; metadata only, never a path.
    package var fileName: String
    package var byteCount: Int64
    /// Lower-case hex SHA-256 of the bytes.
    package var sha256: String
    package var receivedAt: Timestamp
    package var sidecar: Sidecar

    package init(
        itemID: ItemID, fileName: String, byteCount: Int64, sha256: String, receivedAt: Timestamp,
        sidecar: Sidecar
    ) {
        self.itemID = itemID
        self.fileName = fileName
        self.byteCount = byteCount
        self.sha256 = sha256
        self.receivedAt = receivedAt
        self.sidecar = sidecar
    }
}
