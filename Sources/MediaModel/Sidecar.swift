/// What the uploader or the site says about an upload, beside it as `<name>.json`.
///
/// Everything is optional; unknown fields are ignored by readers of this version.
package struct Sidecar: Codable, Hashable, Sendable {
    package var id: String?
    package var title: String?
    package var alt: String?
    package var credit: Credit?
    package var recipe: String?
    /// Higher first, −100…100, default 0.
    package var priority: Int?
    /// The member it belongs to: an `OwnerName`.
    package var owner: String?
    /// Its place in the member's portfolio, smallest first; those without one come after, newest
    /// first.
    package var position: Double?
    package var focalPoint: FocalPoint?
    /// Which moment becomes the poster, in seconds from the start.
    package var posterTime: Double?

    package init() {}
}

/// Who made the work and under what terms; kept through every derivative.
package struct Credit: Codable, Hashable, Sendable {
    package var creator: String?
    package var copyright: String?
    package var license: String?

    package init(creator: String? = nil, copyright: String? = nil, license: String? = nil) {
        self.creator = creator
        self.copyright = copyright
        self.license = license
    }

    /// What the site says, completed by a file's own tags; nil when neither says anything.
    package init?(_ given: Credit?, completedBy tags: [String: String]) {
        self.init(
            creator: given?.creator ?? tags["creator"] ?? tags["artist"] ?? tags["author"],
            copyright: given?.copyright ?? tags["copyright"],
            license: given?.license ?? tags["license"])
        if self == Credit() { return nil }
    }
}

/// The spot that a crop must keep, as fractions of width and height from the top left, 0…1.
package struct FocalPoint: Codable, Hashable, Sendable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}
