/// What a member's profile page shows, in one fetch: the published items in the member's order.
///
/// Contract: `config/portfolio.schema.json`. Paths are relative to the document, which lies at
/// `portfolios/<owner>.json`. Readers ignore unknown fields.
package struct Portfolio: Codable, Hashable, Sendable {
    package static let currentSchemaVersion = 1

    package var schemaVersion: Int
    package var owner: String
    /// When anything below changed last.
    package var updatedAt: Timestamp
    package var counts: Counts
    /// Of the first item that has a picture.
    package var cover: Cover?
    package var items: [Entry]

    package init(owner: OwnerName, updatedAt: Timestamp, items: [Entry]) {
        schemaVersion = Self.currentSchemaVersion
        self.owner = owner.rawValue
        self.updatedAt = updatedAt
        self.items = items.sorted { $0.isBefore($1) }
        counts = Counts(self.items)
        cover = self.items.lazy.compactMap { Cover($0) }.first
    }

    /// How many items there are, of every kind.
    package struct Counts: Codable, Hashable, Sendable {
        package var total: Int
        /// By kind; kinds without an item are there with 0.
        package var kinds: [String: Int]

        init(_ items: [Entry]) {
            total = items.count
            kinds = Dictionary(
                uniqueKeysWithValues: MediaKind.allCases.map { kind in
                    (kind.rawValue, items.count { $0.kind == kind })
                })
        }
    }

    /// The picture that stands for the whole portfolio.
    package struct Cover: Codable, Hashable, Sendable {
        package var item: ItemID
        package var poster: Picture
        package var placeholder: Placeholder?

        init?(_ entry: Entry) {
            guard let poster = entry.poster else { return nil }
            item = entry.id
            self.poster = poster
            placeholder = entry.placeholder
        }
    }
}
