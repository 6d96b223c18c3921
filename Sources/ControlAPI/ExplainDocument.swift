package import MediaModel

/// `GET /v1/items/{id}/explain`: the whole story of what is published, or of why nothing is.
package struct ExplainDocument: Codable, Hashable, Sendable {
    /// One published thing.
    package struct Entry: Codable, Hashable, Sendable {
        package var name: String
        package var role: Role
        package var path: String
        package var mediaType: String
        package var byteCount: Int64
        /// In which it was made; it was kept since.
        package var generation: Int
        /// Why it is the way it is.
        package var reason: String
        /// What the encoder or the filters were given; null for lists.
        @OrNull package var settings: String?
        @OrNull package var quality: Quality?

        package init(
            name: String, role: Role, path: String, mediaType: String, byteCount: Int64,
            generation: Int, reason: String, settings: String?, quality: Quality?
        ) {
            self.name = name
            self.role = role
            self.path = path
            self.mediaType = mediaType
            self.byteCount = byteCount
            self.generation = generation
            self.reason = reason
            self.settings = settings
            self.quality = quality
        }
    }

    package var item: Item
    /// What was found; null while nothing is published, as everything down to `made`.
    @OrNull package var source: Manifest.Source?
    package var decisions: [Decision]
    package var derivatives: [Entry]
    package var omitted: [Manifest.Omission]
    package var warnings: [MediaWarning]
    /// Versions, times and costs of the visible generation.
    @OrNull package var made: Manifest.Provenance?
    /// Newest first, at most 20.
    package var jobs: [JobDetail]

    package init(
        item: Item, source: Manifest.Source?, decisions: [Decision], derivatives: [Entry],
        omitted: [Manifest.Omission], warnings: [MediaWarning], made: Manifest.Provenance?,
        jobs: [JobDetail]
    ) {
        self.item = item
        self.source = source
        self.decisions = decisions
        self.derivatives = derivatives
        self.omitted = omitted
        self.warnings = warnings
        self.made = made
        self.jobs = jobs
    }
}
