package import MediaModel

/// What processing an item would do, or did: every derivative, every decision with its reason.
package struct PlanDocument: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Hashable, Sendable {
        /// Not published now.
        case new
        /// Published, but from other parameters: would be made again.
        case changed
        /// Published with the same key: would be kept.
        case unchanged
        /// Published now, no longer in the plan.
        case removed
    }

    package struct Output: Codable, Hashable, Sendable {
        package var name: String
        package var role: Role
        /// Digest of source, parameters and engine revision.
        package var key: String
        package var reason: String
        package var change: Change

        package init(name: String, role: Role, key: String, reason: String, change: Change) {
            self.name = name
            self.role = role
            self.key = key
            self.reason = reason
            self.change = change
        }
    }

    package var item: ItemID
    package var kind: MediaKind
    package var recipe: String
    package var recipeDigest: String
    package var engineRevision: Int
    package var outputs: [Output]
    package var decisions: [Decision]
    package var warnings: [MediaWarning]

    package init(
        item: ItemID, kind: MediaKind, recipe: String, recipeDigest: String, engineRevision: Int,
        outputs: [Output], decisions: [Decision], warnings: [MediaWarning]
    ) {
        self.item = item
        self.kind = kind
        self.recipe = recipe
        self.recipeDigest = recipeDigest
        self.engineRevision = engineRevision
        self.outputs = outputs
        self.decisions = decisions
        self.warnings = warnings
    }
}
