package import MediaModel

/// What processing an item would do, or did: every derivative, every decision with its reason.
package struct PlanDocument: Codable, Hashable, Sendable {
    package enum Action: String, Codable, Hashable, Sendable, CaseIterable {
        /// Not published, published from other parameters, or not whole in storage.
        case make
        /// Published with the same key: it stays, under its address.
        case keep
        /// Published now, no longer wanted: it goes when its grace period is over.
        case drop
    }

    package struct Output: Codable, Hashable, Sendable {
        package var name: String
        package var role: Role
        /// Digest of source, parameters, engine revision and versions of encoders.
        package var key: String
        package var action: Action
        /// Why it is made, kept or dropped.
        package var reason: String
        /// Size in bytes: measured of what is published, estimated of what is made.
        package var byteCount: Int64
        /// Estimated processor time of making it, beside what all have in common.
        package var cpuSeconds: Double

        package init(
            name: String, role: Role, key: String, action: Action, reason: String,
            byteCount: Int64, cpuSeconds: Double
        ) {
            self.name = name
            self.role = role
            self.key = key
            self.action = action
            self.reason = reason
            self.byteCount = byteCount
            self.cpuSeconds = cpuSeconds
        }
    }

    /// What the work will cost, learned from past runs of the same kind.
    package struct Estimate: Codable, Hashable, Sendable {
        /// Processor time, user + system, of everything.
        package var cpuSeconds: Double
        /// Size of what is made, in bytes.
        package var byteCount: Int64
        /// Most that scratch and storage will hold beyond what they hold now, in bytes.
        package var peakDiskBytes: Int64
        /// How many past runs the figures come from; 0 = rules of thumb.
        package var basedOnRuns: Int

        package init(
            cpuSeconds: Double, byteCount: Int64, peakDiskBytes: Int64, basedOnRuns: Int
        ) {
            self.cpuSeconds = cpuSeconds
            self.byteCount = byteCount
            self.peakDiskBytes = peakDiskBytes
            self.basedOnRuns = basedOnRuns
        }
    }

    package var item: ItemID
    package var kind: MediaKind
    package var recipe: String
    package var recipeDigest: String
    package var engineRevision: Int
    package var outputs: [Output]
    package var estimate: Estimate
    package var decisions: [Decision]
    package var warnings: [MediaWarning]

    package init(
        item: ItemID, kind: MediaKind, recipe: String, recipeDigest: String, engineRevision: Int,
        outputs: [Output], estimate: Estimate, decisions: [Decision], warnings: [MediaWarning]
    ) {
        self.estimate = estimate
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
