import Failpoints
import GRDB
package import JobQueue
package import MediaModel
import Synchronization

extension SQLiteJobStore {
    package func claim(
        _ slots: Slots, holder: String, leaseDuration: Duration, at now: Timestamp
    ) async throws(JobStoreError) -> [Job] {
        guard slots.free > 0 else { return [] }
        return try await committer.write { [machine] transaction in
            if let pause = try transaction.pause(), pause.isInForce(at: now) { return [] }
            let due = try transaction.rows(
                "\(Job.select) WHERE job.state = 'retryable' AND job.runAfter <= ?",
                [now.millisecondsSince1970])
            for row in due { try transaction.move(Job(row: row), .due, by: machine, at: now) }

            var claimed: [Job] = []
            var others = slots.freeForOthers
            for lane in Lane.allCases {
                let limit =
                    lane == .fresh ? slots.free : min(others, slots.free - claimed.count)
                guard limit > 0 else { continue }
                let rows = try transaction.rows(
                    """
                    \(Job.select) WHERE job.state = 'available' AND job.lane = ?
                    ORDER BY job.priority DESC, job.turn, job.id LIMIT ?
                    """, [lane.rawValue, limit])
                if lane != .fresh { others -= rows.count }
                if let newest: Double = rows.map({ $0["turn"] }).max() {
                    try transaction.pass(newest, in: lane)
                }
                for row in rows {
                    let job = try transaction.move(
                        Job(row: row), .claimed(holder: holder, leaseDuration: leaseDuration),
                        by: machine, at: now
                    ).job
                    #if DEBUG
                        try Failpoint.leaseJob.pass()
                        if SeededBug.countedLate.isOn {
                            try transaction.execute(
                                "UPDATE job SET total = total - 1 WHERE id = ?", [job.id])
                            claimed.append(job)
                            continue
                        }
                    #endif
                    try transaction.insert(
                        Attempt(
                            jobID: job.id, number: Int64(job.attempts.total), holder: holder,
                            startedAt: now))
                    claimed.append(job)
                }
            }
            return claimed
        }
    }

    package func noteDuration(
        _ seconds: Double, of upload: Upload, quota: Quota
    ) async throws(JobStoreError) {
        try await committer.write { transaction in
            try transaction.note(seconds, of: upload, in: quota)
        }
    }

    package func setWorker(_ pid: Int32, jobID: Int64, token: Int64) async {
        committer.writeAlong { transaction in
            try transaction.execute(
                "UPDATE attempt SET workerPID = ? WHERE jobID = ? AND number = ?",
                [pid, jobID, token])
        }
    }

    package func setTools(_ tools: [String: String], jobID: Int64, token: Int64) async {
        committer.writeAlong { transaction in
            try transaction.execute(
                "UPDATE attempt SET tools = ? WHERE jobID = ? AND number = ?",
                [try jsonText(tools), jobID, token])
        }
    }

    package func setProgress(_ progress: JobProgress, jobID: Int64, token: Int64) {
        self.progress.withLock { running in
            if let newest = running[jobID], newest.token > token { return }
            running[jobID] = (token, progress)
        }
    }

    @discardableResult
    package func heartbeat(
        jobID: Int64, token: Int64, leaseDuration: Duration, at now: Timestamp
    ) async throws(JobStoreError) -> Job {
        let reached = progress.withLock { $0[jobID] }.flatMap { $0.token == token ? $0 : nil }
        return try await committer.write { [machine] transaction in
            let job = try transaction.leasedJob(jobID, token: token)
            return try transaction.move(
                job, .leaseRenewed(for: leaseDuration, progress: reached?.progress), by: machine,
                at: now
            ).job
        }
    }

    package func completePublishing(
        _ publication: Publication, jobID: Int64, token: Int64, cpuSeconds: Double?,
        at now: Timestamp
    ) async throws(JobStoreError) -> Transition {
        defer { forgetProgress(jobID, token: token) }
        return try await committer.write { [machine] transaction in
            let job = try transaction.leasedJob(jobID, token: token)
            let isUnchanged = publication.generation == job.priorGeneration
            guard
                publication.generation == job.priorGeneration + 1
                    || (isUnchanged && job.priorGeneration > 0)
            else {
                throw JobStoreError.itemConflict(
                    job.itemID,
                    "\(job.priorGeneration) cannot be followed by \(publication.generation)")
            }
            let transition = try transaction.move(
                job, .attemptEnded(.completed(generation: publication.generation)), by: machine,
                cpuSeconds: cpuSeconds, at: now)
            #if DEBUG
                try Failpoint.completeJob.pass()
            #endif
            guard var item = try transaction.item(job.itemID) else {
                throw JobStoreError.itemNotFound(job.itemID)
            }
            try transaction.learn(publication, cpuSeconds: cpuSeconds)
            try transaction.settle(job, cpuSeconds: cpuSeconds)
            item.kind = publication.kind
            item.state = publication.state == .ready ? .ready : .partial
            item.generation = publication.generation
            item.manifestPath = publication.manifestPath
            item.recipe = job.recipe
            item.failure = nil
            item.updatedAt = now
            try transaction.save(item)
            return transition
        }
    }

    package func finish(
        jobID: Int64, token: Int64, _ end: AttemptEnd, cpuSeconds: Double?, at now: Timestamp
    ) async throws(JobStoreError) -> Transition {
        if case .completed = end {
            preconditionFailure("completePublishing ends a job whose manifest is published")
        }
        defer { forgetProgress(jobID, token: token) }
        return try await committer.write { [machine] transaction in
            try transaction.move(
                transaction.leasedJob(jobID, token: token), .attemptEnded(end), by: machine,
                cpuSeconds: cpuSeconds, at: now)
        }
    }

    package func rescue(
        soleHolder: String?, at now: Timestamp
    ) async throws(JobStoreError) -> [Transition] {
        let rescued = try await committer.write { [machine] transaction in
            try transaction.rows("\(Job.select) WHERE job.state = 'running' ORDER BY job.id", [])
                .map(Job.init(row:))
                .filter { job in
                    guard let lease = job.lease else { return true }
                    return lease.expiresAt <= now
                        || soleHolder.map { $0 != lease.holder } ?? false
                }
                .map { job in
                    let transition = try transaction.move(job, .abandoned, by: machine, at: now)
                    #if DEBUG
                        try Failpoint.rescueJob.pass()
                    #endif
                    return transition
                }
        }
        for transition in rescued {
            forgetProgress(
                transition.job.id, token: Int64(transition.job.attempts.total))
        }
        return rescued
    }

    private func forgetProgress(_ jobID: Int64, token: Int64) {
        progress.withLock { running in
            if let newest = running[jobID], newest.token <= token { running[jobID] = nil }
        }
    }
}
