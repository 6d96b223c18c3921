package import MediaModel

/// What the catalogue knows of a member's published item for the portfolio.
package struct PortfolioItem: Hashable, Sendable {
    package var id: ItemID
    /// Newest published generation; 0 = none yet.
    package var generation: Int
    package var receivedAt: Timestamp
    /// Of the sidecar.
    package var position: Double?
    /// No attempt of its newest job can have published what the catalogue does not know yet.
    package var isSettled: Bool

    package init(
        id: ItemID, generation: Int, receivedAt: Timestamp, position: Double?, isSettled: Bool
    ) {
        self.id = id
        self.generation = generation
        self.receivedAt = receivedAt
        self.position = position
        self.isSettled = isSettled
    }
}
