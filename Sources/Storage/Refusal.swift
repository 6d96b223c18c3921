package import MediaModel

/// Why an upload was refused: what `<quarantine>/<item>.reason.json` says.
package struct Refusal: Codable, Hashable, Sendable {
    /// The item under which the catalogue lists it.
    package var item: ItemID
    /// As the uploader named it, escaped for display.
    package var fileName: String
    package var byteCount: Int64
    /// nil when the bytes were not read: too large, unreadable.
    package var sha256: String?
    package var owner: String?
    package var refusedAt: Timestamp
    package var failure: Failure

    package init(
        item: ItemID, fileName: String, byteCount: Int64, sha256: String?, owner: String?,
        refusedAt: Timestamp, failure: Failure
    ) {
        self.item = item
        self.fileName = fileName
        self.byteCount = byteCount
        self.sha256 = sha256
        self.owner = owner
        self.refusedAt = refusedAt
        self.failure = failure
    }

    private enum CodingKeys: String, CodingKey {
        case item, fileName, byteCount, sha256, owner, refusedAt, code, kind
        case operatorText = "operator"
        case uploaderText = "uploader"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        item = try container.decode(ItemID.self, forKey: .item)
        fileName = try container.decode(String.self, forKey: .fileName)
        byteCount = try container.decode(Int64.self, forKey: .byteCount)
        sha256 = try container.decodeIfPresent(String.self, forKey: .sha256)
        owner = try container.decodeIfPresent(String.self, forKey: .owner)
        refusedAt = try container.decode(Timestamp.self, forKey: .refusedAt)
        failure = Failure(
            kind: try container.decode(FailureKind.self, forKey: .kind),
            code: try container.decode(String.self, forKey: .code),
            operatorText: try container.decode(String.self, forKey: .operatorText),
            uploaderText: try container.decode(String.self, forKey: .uploaderText))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(item, forKey: .item)
        try container.encode(fileName, forKey: .fileName)
        try container.encode(byteCount, forKey: .byteCount)
        try container.encodeIfPresent(sha256, forKey: .sha256)
        try container.encodeIfPresent(owner, forKey: .owner)
        try container.encode(refusedAt, forKey: .refusedAt)
        try container.encode(failure.code, forKey: .code)
        try container.encode(failure.kind, forKey: .kind)
        try container.encode(failure.operatorText, forKey: .operatorText)
        try container.encode(failure.uploaderText, forKey: .uploaderText)
    }
}
