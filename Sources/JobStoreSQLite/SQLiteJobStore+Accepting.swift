import Failpoints
package import JobQueue
package import MediaModel

extension SQLiteJobStore {
    package func offer(_ offer: Offer, at now: Timestamp) async throws(JobStoreError) -> OfferResult
    {
        try await committer.write { transaction in
            var upload = offer.upload
            var item = try transaction.item(upload.itemID)
            // Without a job it is a refusal, which a good upload replaces.
            if item?.jobID == nil { item = nil }
            if let item {
                guard item.sha256 == upload.sha256, upload.mayBe(of: item.owner) else {
                    return .conflict(item)
                }
                if let job = try transaction.newestJob(
                    of: item.id, where: "job.identity = ?", offer.identity)
                {
                    #if DEBUG
                        if SeededBug.deliveredTwice.isOn, !job.state.isLive {
                            return .accepted(
                                try transaction.create(
                                    Job(
                                        id: 0, upload: upload, recipe: offer.recipe,
                                        identity: offer.identity, lane: offer.lane,
                                        priority: offer.priority,
                                        priorGeneration: item.generation, createdAt: now),
                                    in: item, at: now))
                        }
                        if SeededBug.deliveredTwice.isOn { return .busy(job) }
                    #endif
                    return .existing(job)
                }
                if let live = try transaction.liveJob(of: item.id) { return .busy(live) }
            }
            if item == nil { try transaction.requireRoom(for: upload, in: offer.quota) }
            if let known = item {
                // What is said about the same bytes now replaces what was said before; when they
                // came, and whose they are, stays.
                upload.receivedAt = known.receivedAt
                upload.sidecar.owner = upload.sidecar.owner ?? known.owner
                item?.fileName = upload.fileName
                item?.owner = upload.sidecar.owner
                item?.sidecar = upload.sidecar
            }
            let job = try transaction.create(
                Job(
                    id: 0, upload: upload, recipe: offer.recipe, identity: offer.identity,
                    lane: offer.lane, priority: offer.priority,
                    priorGeneration: item?.generation ?? 0, createdAt: now),
                in: item, at: now)
            return .accepted(job)
        }
    }

    package func reopen(
        _ reopening: Reopening, at now: Timestamp
    ) async throws(JobStoreError) -> OfferResult {
        try await committer.write { transaction in
            guard let item = try transaction.item(reopening.itemID) else {
                throw JobStoreError.itemNotFound(reopening.itemID)
            }
            guard let upload = item.upload else {
                throw JobStoreError.itemConflict(
                    item.id, "the upload was refused and is in quarantine; offer it again")
            }
            if let live = try transaction.liveJob(of: item.id) {
                return live.identity == reopening.identity ? .existing(live) : .busy(live)
            }
            if !reopening.force,
                let job = try transaction.newestJob(
                    of: item.id, where: "job.state = 'completed' AND job.identity = ?",
                    reopening.identity)
            {
                return .existing(job)
            }
            var job = Job(
                id: 0, upload: upload, recipe: reopening.recipe, identity: reopening.identity,
                lane: reopening.lane, priority: reopening.priority,
                priorGeneration: item.generation, createdAt: now)
            job.redoesAll = reopening.redoesAll
            return .accepted(try transaction.create(job, in: item, at: now))
        }
    }

    @discardableResult
    package func recordRefusal(
        _ refusal: Refusal, at now: Timestamp
    ) async throws(JobStoreError) -> ItemRecord {
        try await committer.write { transaction in
            let known = try transaction.item(refusal.itemID)
            if let known, known.jobID != nil {
                throw JobStoreError.itemConflict(known.id, "the id belongs to an accepted upload")
            }
            var record = ItemRecord(
                id: refusal.itemID, state: .failed, fileName: refusal.fileName,
                byteCount: refusal.byteCount, sha256: refusal.sha256, owner: refusal.owner,
                receivedAt: refusal.receivedAt, updatedAt: now, failure: refusal.failure,
                isQuarantined: true)
            if let known {
                // Told again after a crash: nothing happened, so there is no event.
                record.updatedAt = known.updatedAt
                if record == known { return known }
                record.updatedAt = now
            }
            try transaction.save(record)
            var payload = EventPayload()
            payload.fileName = refusal.fileName
            payload.failure = refusal.failure
            try transaction.append(.itemRefused, item: record.id, job: nil, payload, at: now)
            return record
        }
    }
}

extension Upload {
    /// Whether it can belong to the same item as an upload of this owner; nil says nothing.
    fileprivate func mayBe(of owner: String?) -> Bool {
        guard let owner, let claimed = sidecar.owner else { return true }
        return claimed == owner
    }
}

extension StoreTransaction {
    /// Inserts a job, with its item when that is new, and the events of both.
    fileprivate func create(
        _ job: Job, in known: ItemRecord?, at now: Timestamp
    ) throws -> Job {
        let upload = job.upload
        var item =
            known
            ?? ItemRecord(
                id: upload.itemID, state: .received, fileName: upload.fileName,
                byteCount: upload.byteCount, sha256: upload.sha256, owner: upload.sidecar.owner,
                receivedAt: upload.receivedAt, updatedAt: now, sidecar: upload.sidecar)
        let created = try insert(job)
        #if DEBUG
            try Failpoint.insertJob.pass()
        #endif
        item.jobID = created.id
        item.recipe = job.recipe
        item.updatedAt = now
        item.failure = nil
        item.isQuarantined = false
        if item.generation == 0 { item.state = .received }
        try save(item)
        if known == nil {
            var payload = EventPayload()
            payload.fileName = upload.fileName
            payload.recipe = job.recipe
            try append(.itemReceived, item: item.id, job: nil, payload, at: now)
        }
        var payload = EventPayload()
        payload.state = created.state
        payload.recipe = created.recipe
        payload.lane = created.lane
        try append(.jobCreated, item: item.id, job: created.id, payload, at: now)
        return created
    }
}
