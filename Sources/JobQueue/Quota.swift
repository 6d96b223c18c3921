package import MediaModel

/// How much a member may have; nil = as much as they like.
package struct Quota: Hashable, Sendable {
    package var items: Int?
    /// Of the uploads as they came.
    package var byteCount: Int64?
    /// Of everything that plays.
    package var minutes: Double?

    package init(items: Int? = nil, byteCount: Int64? = nil, minutes: Double? = nil) {
        self.items = items
        self.byteCount = byteCount
        self.minutes = minutes
    }

    package static let unlimited = Quota()
}

/// An upload that would be more than its member may have.
package struct QuotaExcess: Hashable, Sendable {
    package enum Resource: Hashable, Sendable {
        case items(limit: Int, used: Int)
        case bytes(limit: Int64, used: Int64, wanted: Int64)
        case minutes(limit: Double, used: Double, wanted: Double)
    }

    package var owner: String
    package var resource: Resource

    package init(owner: String, resource: Resource) {
        self.owner = owner
        self.resource = resource
    }

    /// What becomes of the upload: it is refused, for the operator and for the artist.
    package var failure: Failure {
        switch resource {
        case .items(let limit, let used):
            Failure(
                kind: .limitExceeded, code: "quotaItems",
                operatorText: "Member \(owner) has \(used, of: "item"); members.items allows "
                    + "\(limit).",
                uploaderText:
                    "Your portfolio is full: it can hold \(limit, of: "work"). Remove one to "
                    + "make room for this one, or ask the site for more.")
        case .bytes(let limit, let used, let wanted):
            Failure(
                kind: .limitExceeded, code: "quotaBytes",
                operatorText: "Member \(owner) has \(used) bytes of uploads, and this one has "
                    + "\(wanted); members.bytes allows \(limit).",
                uploaderText: "There is not enough room left for this file: it has "
                    + "\(ByteCountText.short(wanted)), and "
                    + "\(ByteCountText.short(max(0, limit - used))) of your "
                    + "\(ByteCountText.short(limit)) are free. Remove a work to make room, or ask "
                    + "the site for more.")
        case .minutes(let limit, let used, let wanted):
            Failure(
                kind: .limitExceeded, code: "quotaMinutes",
                operatorText:
                    "Member \(owner) has \(Self.text(used)) minutes of film and sound, and "
                    + "this upload has \(Self.text(wanted)); members.minutes allows "
                    + "\(Self.text(limit)).",
                uploaderText: "This is \(Self.text(wanted)) minutes long, and "
                    + "\(Self.text(max(0, limit - used))) of your \(Self.text(limit)) minutes of "
                    + "film and sound are left. Remove a work to make room, or ask the site for more."
            )
        }
    }

    /// To a tenth: `12.5`, `60`.
    private static func text(_ minutes: Double) -> String {
        let tenths = Int((minutes * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
