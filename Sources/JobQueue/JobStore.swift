package import MediaModel

/// The durable queue, the catalogue of items and the event log.
///
/// The caller may be one of many machines: whoever works on a job shows the token of its lease,
/// and a call with an old token throws `staleLease` and changes nothing. Every call that returns
/// is durable (survives a power cut), except where it says otherwise. A change, its item and its
/// event are one transaction. Time, randomness and identities come in as parameters.
package protocol JobStore: Sendable {
    // MARK: Accepting

    /// Accepts an upload, once: item, job and events in one transaction. Throws `overQuota` for a new
    /// item that does not fit beside what its member has.
    func offer(_ offer: Offer, at now: Timestamp) async throws(JobStoreError) -> OfferResult

    /// A new job for an upload that was accepted before. `existing` when a live job has this
    /// identity, or a completed one has and `force` is not set.
    func reopen(
        _ reopening: Reopening, at now: Timestamp
    ) async throws(JobStoreError) -> OfferResult

    /// Lists an upload that never became a job, with its reason. A second refusal under the same
    /// id replaces the first; throws `itemConflict` when the id belongs to an accepted upload.
    @discardableResult
    func recordRefusal(
        _ refusal: Refusal, at now: Timestamp
    ) async throws(JobStoreError) -> ItemRecord

    // MARK: Working

    /// Takes the next jobs: by lane, then priority, then the member's turn (`FairShare`), then age. Each has a lease and an open attempt
    /// when this returns. Nothing while the queue is paused.
    func claim(
        _ slots: Slots, holder: String, leaseDuration: Duration, at now: Timestamp
    ) async throws(JobStoreError) -> [Job]

    /// Notes how long the upload of a job plays, once a probe has told. Throws `overQuota`, in the same
    /// transaction, when that does not fit beside what its member has.
    func noteDuration(
        _ seconds: Double, of upload: Upload, quota: Quota
    ) async throws(JobStoreError)

    /// Notes the process that runs the attempt. Becomes durable with the next durable change.
    func setWorker(_ pid: Int32, jobID: Int64, token: Int64) async

    /// Notes what the attempt fails by, if it fails. Becomes durable with the next durable change.
    func setTools(_ tools: [String: String], jobID: Int64, token: Int64) async

    /// Notes progress for those who watch; not durable (the heartbeat makes it so).
    func setProgress(_ progress: JobProgress, jobID: Int64, token: Int64)

    /// Extends the lease. The job as it is now: look at `cancelRequested`.
    @discardableResult
    func heartbeat(
        jobID: Int64, token: Int64, leaseDuration: Duration, at now: Timestamp
    ) async throws(JobStoreError) -> Job

    /// The manifest is published: the job is completed, the item ready, in one transaction.
    func completePublishing(
        _ publication: Publication, jobID: Int64, token: Int64, cpuSeconds: Double?,
        at now: Timestamp
    ) async throws(JobStoreError) -> Transition

    /// The attempt ended otherwise. The caller does the transition's `quarantine`.
    func finish(
        jobID: Int64, token: Int64, _ end: AttemptEnd, cpuSeconds: Double?, at now: Timestamp
    ) async throws(JobStoreError) -> Transition

    /// Ends attempts whose lease has expired; with `soleHolder`, also those of every other holder:
    /// only for a store that one process owns, whose earlier instances must be dead.
    func rescue(
        soleHolder: String?, at now: Timestamp
    ) async throws(JobStoreError) -> [Transition]

    // MARK: Operating

    /// Ends a job; a running one only after its holder has stopped the worker.
    func requestCancel(jobID: Int64, at now: Timestamp) async throws(JobStoreError) -> Transition
    func retry(jobID: Int64, at now: Timestamp) async throws(JobStoreError) -> Transition
    func hold(jobID: Int64, at now: Timestamp) async throws(JobStoreError) -> Transition
    func release(jobID: Int64, at now: Timestamp) async throws(JobStoreError) -> Transition

    /// Claims nothing more, also after a restart; until a moment or until resumed.
    func pause(until: Timestamp?, at now: Timestamp) async throws(JobStoreError)
    func resume(at now: Timestamp) async throws(JobStoreError)

    // MARK: Repeated requests

    /// The answer that a request with this key got; nil when none is kept any more.
    func keptAnswer(to key: String, at now: Timestamp) async throws(JobStoreError) -> KeptAnswer?
    /// Keeps an answer for its lifetime; the first one for a key stays.
    func keep(_ answer: KeptAnswer, at now: Timestamp) async throws(JobStoreError)
    // MARK: Keeping

    /// Gives a published item its next generation without a job: an operator goes back to an earlier
    /// one. Throws `itemBusy` while a job of the item has not ended.
    /// - Parameter generation: the visible one; the result is above it.
    func advanceGeneration(
        of id: ItemID, beyond generation: Int, kind: MediaKind, at now: Timestamp
    ) async throws(JobStoreError) -> Int
    /// Whether another item has the same bytes.
    func isShared(_ id: ItemID) async throws(JobStoreError) -> Bool
    /// Whether an item that was accepted is processed from these bytes. One that was refused before
    /// has its own in quarantine.
    func needsOriginal(_ sha256: String) async throws(JobStoreError) -> Bool
    /// Forgets an item with its jobs and attempts, and what the event log says of it but for the entry
    /// that it is removed. Throws `itemBusy` while one of its jobs has not ended.
    /// - Parameter isErased: that entry does not name it either.
    func remove(_ id: ItemID, isErased: Bool, at now: Timestamp) async throws(JobStoreError)

    // MARK: Members

    /// The catalogue's side of a member's portfolio, in no order.
    func portfolioItems(of owner: OwnerName) async throws(JobStoreError) -> [PortfolioItem]
    /// Every member who has an item, by name.
    func ownerNames() async throws(JobStoreError) -> [OwnerName]
    /// Members who have an item, by name; `limit` at least 1.
    func owners(
        after name: OwnerName?, limit: Int
    ) async throws(JobStoreError) -> [OwnerRecord]
    /// nil when nothing is known of such a member.
    func owner(_ name: OwnerName) async throws(JobStoreError) -> OwnerRecord?
    /// What there is of a member beside items.
    func traces(of owner: OwnerName) async throws(JobStoreError) -> OwnerTraces
    /// Notes that a member is to be erased; stays until `finishErasure`.
    func beginErasure(of owner: OwnerName, at now: Timestamp) async throws(JobStoreError)
    /// Members whose erasure has begun and not ended, the oldest wish first.
    func erasures() async throws(JobStoreError) -> [OwnerName]
    /// The member's items are removed: makes the rest of the names unreadable in every file that the
    /// store has, then forgets the wish. Takes a while, during which nothing is written.
    func finishErasure(of owner: OwnerName, at now: Timestamp) async throws(JobStoreError)

    // MARK: Quarantine

    /// Items that failed and whose upload is still to be moved (the daemon may have died between
    /// the decision and the move), oldest first.
    func itemsToQuarantine(limit: Int) async throws(JobStoreError) -> [ItemRecord]
    func markQuarantined(_ id: ItemID, at now: Timestamp) async throws(JobStoreError)

    // MARK: Reading

    /// How far what was expected was from what it took, in jobs of a kind so far.
    func experience(of kind: MediaKind) async throws(JobStoreError) -> Experience

    func status(at now: Timestamp) async throws(JobStoreError) -> QueueStatus
    /// When something becomes due that no change announces: a back-off or a pause ends.
    func nextDue(after now: Timestamp) async throws(JobStoreError) -> Timestamp?
    func job(_ id: Int64) async throws(JobStoreError) -> Job?
    /// Newest first; `limit` 1…1000.
    func jobs(
        _ filter: JobFilter, after cursor: PageCursor?, limit: Int
    ) async throws(JobStoreError) -> Page<Job>
    /// In order of their numbers.
    func attempts(jobID: Int64) async throws(JobStoreError) -> [Attempt]
    func item(_ id: ItemID) async throws(JobStoreError) -> ItemRecord?
    /// Latest received first; `limit` 1…1000.
    func items(
        _ filter: ItemFilter, after cursor: PageCursor?, limit: Int
    ) async throws(JobStoreError) -> Page<ItemRecord>
    /// Entries numbered above `sequence`, in order.
    func events(
        since sequence: Int64, limit: Int
    ) async throws(JobStoreError) -> [EventRecord]
    /// Yields after changes that wrote an event. Subscribe first, then read: nothing is missed.
    func changes() -> AsyncStream<Void>
}
