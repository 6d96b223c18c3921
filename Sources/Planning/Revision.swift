package import MediaModel

/// What becomes of every derivative when an item is processed: what is made, what is kept as it is
/// published, what is dropped. Pure, like the planner.
package struct Revision: Sendable {
    package enum Action: String, Codable, Hashable, Sendable, CaseIterable {
        case make, keep, drop
    }

    /// One derivative's fate.
    package struct Entry: Hashable, Sendable {
        package var name: String
        package var role: Role
        package var key: String
        package var action: Action
        /// Why, in words.
        package var reason: String
    }

    /// In the order of the manifest, then what is dropped.
    package var entries: [Entry]
    /// The plan with everything marked that is kept: what a worker is given.
    package var work: Plan
    /// Published derivatives that stay.
    package var kept: [Manifest.Derivative]
    /// Outputs that were tried before, under the same key, and are not worth making.
    package var omitted: [Manifest.Omission]
    /// Published files that the worker needs in its scratch directory.
    package var needed: [ArtifactFile]
    /// Something has to be made, or found out, by a worker.
    package var hasWork: Bool

    /// - Parameters:
    ///   - published: the visible manifest; nil = nothing is published, or everything is to be
    ///     made anew.
    ///   - missing: names of published derivatives whose files are not all in storage.
    package init(
        _ plan: Plan, published: Manifest?, missing: Set<String> = [],
        because allAnew: String = "nothing is published yet"
    ) {
        var draft = RevisionDraft(
            plan, published: published, missing: missing, allAnew: allAnew)
        draft.compareOutputs()
        draft.comparePlaylists()
        draft.holdTogether()
        draft.compareMeasurements()
        self = draft.finish()
    }

    init(
        entries: [Entry], work: Plan, kept: [Manifest.Derivative], omitted: [Manifest.Omission],
        needed: [ArtifactFile], hasWork: Bool
    ) {
        self.entries = entries
        self.work = work
        self.kept = kept
        self.omitted = omitted
        self.needed = needed
        self.hasWork = hasWork
    }
}
