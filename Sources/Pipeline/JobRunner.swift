import Failpoints
package import JobQueue
package import MediaModel
package import Planning
package import Storage
import WorkerProtocol

/// How an attempt went, before it is written to the store.
package enum AttemptResult: Sendable {
    case published(Publication, cpuSeconds: Double?)
    case failed(Failure, cpuSeconds: Double?)
    /// Storage is down: no fault of the upload.
    case infrastructureFailed(Failure)
    /// A sync failed: nothing more may be accepted by this process.
    case syncFailed(Failure)
}

/// One attempt from upload to manifest. The order of work is readable in `process`.
package struct JobRunner: Sendable {
    private let engine: any MediaEngine
    private let resources: ResourceDesk
    private let originals: OriginalStore
    private let derivatives: any DerivativeStore
    private let scratch: Directory
    private let recipes: RecipeBook
    private let limits: LimitBook
    private let cores: Int
    private let reviser: Reviser
    private let composer: ManifestComposer
    private let version: String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - resources: where an attempt's memory and scratch are reserved before its work.
    ///   - scratch: where each attempt gets a directory of its own.
    ///   - cores: processor cores that one attempt may keep busy.
    package init(
        engine: any MediaEngine, resources: ResourceDesk, originals: OriginalStore,
        derivatives: any DerivativeStore, scratch: Directory, recipes: RecipeBook,
        limits: LimitBook, cores: Int, version: String,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.engine = engine
        self.resources = resources
        self.originals = originals
        self.derivatives = derivatives
        self.scratch = scratch
        self.recipes = recipes
        self.limits = limits
        self.cores = cores
        reviser = Reviser(derivatives: derivatives)
        composer = ManifestComposer(version: version)
        self.version = version
        self.now = now
    }

    /// What an attempt tells while it runs.
    package struct Observer: Sendable {
        package var workerStarted: @Sendable (Int32) async -> Void
        /// What the attempt would fail by: said when the worker is there, and once more when it is
        /// known what the upload is.
        package var suspected: @Sendable (Toolchain) async -> Void
        package var progressed: @Sendable (JobProgress) -> Void
        /// How long the upload plays: throws when that is more than its member may have.
        package var played: @Sendable (Double) async throws -> Void
        /// Throws when the lease has passed to another holder. Asked right before the manifest
        /// becomes visible.
        package var confirmLease: @Sendable () async throws -> Void
        /// The manifest is visible; seconds of playing time, where it plays.
        package var published: @Sendable (MediaKind, Double?) -> Void
        /// How long each part of the attempt took, however it ended.
        package var spent: @Sendable ([Stage]) -> Void

        package init(
            workerStarted: @escaping @Sendable (Int32) async -> Void,
            suspected: @escaping @Sendable (Toolchain) async -> Void,
            progressed: @escaping @Sendable (JobProgress) -> Void,
            played: @escaping @Sendable (Double) async throws -> Void,
            confirmLease: @escaping @Sendable () async throws -> Void,
            published: @escaping @Sendable (MediaKind, Double?) -> Void,
            spent: @escaping @Sendable ([Stage]) -> Void
        ) {
            self.workerStarted = workerStarted
            self.suspected = suspected
            self.progressed = progressed
            self.played = played
            self.confirmLease = confirmLease
            self.published = published
            self.spent = spent
        }
    }

    /// Never throws: every end is a result. Cancelling the task ends the worker.
    package func run(_ job: Job, observer: Observer) async -> AttemptResult {
        let result = await attempt(job, observer: observer)
        await resources.release(job.id)
        return result
    }

    private func attempt(_ job: Job, observer: Observer) async -> AttemptResult {
        do {
            if let publication = try await alreadyPublished(job) {
                return .published(publication, cpuSeconds: nil)
            }
            // Before hours of work, not after them.
            try await derivatives.checkWritable()
            let room = try ScratchRoom(in: scratch, name: "\(job.id)-\(job.attempts.total)")
            defer { room.remove() }
            let clock = StageClock(now: now)
            defer { observer.spent(clock.stages()) }
            #if DEBUG
                try Failpoint.scratch.pass()
            #endif
            return try await process(job, in: room, observer: observer, clock)
        } catch {
            return Self.result(of: error)
        }
    }

    /// What a recipe would make of an upload, without making it.
    /// - Parameter isAnew: as if nothing could be kept.
    package func examine(
        _ upload: Upload, recipe name: String?, isAnew: Bool = false
    ) async throws -> Examination {
        let recipe = try recipes.recipe(named: name ?? upload.sidecar.recipe)
        let room = try ScratchRoom(
            in: scratch, name: "plan-\(upload.itemID.rawValue)-\(now().millisecondsSince1970)")
        defer { room.remove() }
        try await requireOriginal(of: upload)
        let original = try await originals.open(upload.sha256)
        let session = try await engine.begin(
            upload: original.rawValue, scratch: room.directory.descriptor)
        let planner = planner(for: session.readiness)
        let probed = await Self.result {
            try await session.probe(
                ProbeRequest(limits: planner.limits, fileName: upload.fileName))
        }
        _ = await session.end()
        let info = try probed.get()
        try InfoCheck.check(info, byteCount: upload.byteCount)
        return try await revise(
            info, planner, recipe: recipe, upload: upload, isAnew: isAnew)
    }

    /// With the limits of this moment: an attempt keeps them to its end.
    private func planner(for readiness: Readiness) -> Planner {
        Planner(limits: limits.limits, cores: cores, tools: Toolchain(readiness.versions))
    }

    private func revise(
        _ info: MediaInfo, _ planner: Planner, recipe: Recipe, upload: Upload, isAnew: Bool
    ) async throws -> Examination {
        let plan = try planner.plan(info, recipe: recipe, source: Self.source(of: upload))
        let (revision, published) = try await reviser.revise(
            plan, of: upload.itemID, isAnew: isAnew)
        return Examination(info: info, revision: revision, published: published)
    }

    // MARK: The order of work

    private func process(
        _ job: Job, in room: ScratchRoom, observer: Observer, _ clock: StageClock
    ) async throws -> AttemptResult {
        let startedAt = now()
        clock.enter("start")
        let upload = job.upload
        let recipe = try recipes.recipe(named: job.recipe)
        try await requireOriginal(of: upload)
        let original = try await originals.open(upload.sha256)
        let session = try await engine.begin(
            upload: original.rawValue, scratch: room.directory.descriptor)
        let planner = planner(for: session.readiness)
        let tools = Toolchain(session.readiness.versions).with(vitrine: version)
        await observer.suspected(tools)
        await observer.workerStarted(session.processID)
        let worked = await Self.result { () async throws in
            clock.enter("probe")
            let info = try await session.probe(
                ProbeRequest(limits: planner.limits, fileName: upload.fileName))
            #if DEBUG
                try Failpoint.probed.pass()
            #endif
            try InfoCheck.check(info, byteCount: upload.byteCount)
            await observer.suspected(tools.suspects(of: info.kind))
            if let seconds = info.durationSeconds { try await observer.played(seconds) }
            let found = try await revise(
                info, planner, recipe: recipe, upload: upload, isAnew: job.redoesAll)
            // Nothing to make is the usual case after a small change of a recipe.
            guard found.revision.hasWork else { return (found, WorkResult()) }
            clock.enter("wait")
            let budget = found.revision.work.budget
            let need = found.revision.need(info).afterDeaths(of: job, budget: budget)
            try await resources.reserve(need, for: job.id) { what in
                observer.progressed(JobProgress(fraction: 0, stage: "wait", waitingFor: what))
            }
            observer.progressed(JobProgress(fraction: 0, stage: "work"))
            let bounds = WorkerBounds(need, budget: budget, lane: job.lane)
            let result = try await work(found, upload, session, bounds, room, observer, clock)
            return (found, result)
        }
        let usage = await session.end()
        await resources.releaseMemory(job.id)
        do {
            let (found, result) = try worked.get()
            #if DEBUG
                try Failpoint.worked.pass()
            #endif
            observer.progressed(JobProgress(fraction: 1, stage: "publish"))
            clock.enter("publish")
            #if DEBUG
                if !SeededBug.manifestFirst.isOn {
                    try await publish(result.artifacts, of: upload, from: room)
                }
            #else
                try await publish(result.artifacts, of: upload, from: room)
            #endif
            let manifest = composer.compose(
                upload: upload, examination: found, result: result,
                readiness: session.readiness, generation: job.priorGeneration + 1,
                startedAt: startedAt, finishedAt: now(), usage: usage,
                attempts: job.attempts.counted + 1, stages: clock.stages())
            // A number that is ahead of what is published (a rollback that did not get through) is
            // caught up with.
            if let published = found.published, !job.redoesAll,
                published.generation == job.priorGeneration, manifest.saysTheSame(as: published)
            {
                return .published(Self.publication(of: published), cpuSeconds: usage.cpuSeconds)
            }
            #if DEBUG
                try Failpoint.confirmLease.pass()
            #endif
            try await observer.confirmLease()
            #if DEBUG
                try Failpoint.publishManifest.pass()
                if SeededBug.manifestLate.isOn {
                    Task { [derivatives] in try? await derivatives.putManifest(manifest) }
                    return .published(Self.publication(of: manifest), cpuSeconds: nil)
                }
            #endif
            // Manifest last: a reader must never see an object that is not there.
            try await derivatives.putManifest(
                manifest, replacing: found.published?.generation ?? 0)
            #if DEBUG
                Failpoint.published.reach()
                if SeededBug.manifestFirst.isOn {
                    try await publish(result.artifacts, of: upload, from: room)
                }
                if SeededBug.originalDropped.isOn {
                    _ = try await originals.remove(upload.sha256) { false }
                }
            #endif
            observer.published(found.info.kind, found.info.durationSeconds)
            var publication = Self.publication(of: manifest)
            publication.expected = found.revision.hasWork ? found.revision.workload : nil
            publication.madeByteCount = result.artifacts.reduce(0) { $0 + $1.byteCount }
            return .published(publication, cpuSeconds: usage.cpuSeconds)
        } catch {
            if case .failed(let failure, _) = Self.result(of: error) {
                return .failed(failure, cpuSeconds: usage.cpuSeconds)
            }
            return Self.result(of: error)
        }
    }

    private func publish(
        _ artifacts: [Artifact], of upload: Upload, from room: ScratchRoom
    ) async throws {
        for artifact in artifacts {
            #if DEBUG
                try Failpoint.publishObject.pass()
                if SeededBug.objectForgotten.isOn, artifact == artifacts.last { continue }
                if SeededBug.objectFailureIgnored.isOn {
                    _ = try? await derivatives.put(
                        artifact, of: upload.itemID, from: room.directory)
                    continue
                }
            #endif
            _ = try await derivatives.put(artifact, of: upload.itemID, from: room.directory)
        }
    }

    /// Has the worker make what is not published yet, and believes nothing of what it says.
    private func work(
        _ found: Examination, _ upload: Upload, _ session: any MediaSession,
        _ bounds: WorkerBounds, _ room: ScratchRoom, _ observer: Observer, _ clock: StageClock
    ) async throws -> WorkResult {
        let revision = found.revision
        clock.enter("fetch")
        try await derivatives.fetch(revision.needed, of: upload.itemID, into: room.directory)
        let remaining = RemainingTime(since: now())
        clock.enter("work")
        let result = try await session.execute(revision.work, within: bounds) { [now] progress in
            clock.enter(StageClock.tame(progress.stage))
            observer.progressed(
                JobProgress(
                    fraction: progress.fraction, stage: progress.stage,
                    remainingSeconds: remaining.seconds(at: progress.fraction, now: now())))
        }
        if let placeholder = result.placeholder { try PlaceholderCheck.check(placeholder) }
        try ArtifactCheck.check(result, plan: revision.work, kept: revision.kept.map(\.artifact))
        return result
    }

    /// The manifest that an earlier attempt of this job made visible before its daemon died.
    private func alreadyPublished(_ job: Job) async throws -> Publication? {
        let recipe = try recipes.recipe(named: job.recipe)
        guard let manifest = try await derivatives.currentManifest(of: job.itemID),
            manifest.generation == job.priorGeneration + 1,
            manifest.source.sha256 == job.upload.sha256,
            manifest.provenance.recipeDigest == Fingerprint.digest(recipe),
            manifest.provenance.engineRevision == Plan.engineRevision
        else { return nil }
        return Self.publication(of: manifest)
    }

    /// The one thing without which no attempt can succeed, however often it is made.
    private func requireOriginal(of upload: Upload) async throws {
        guard try await originals.contains(upload.sha256) else {
            throw Failure(
                kind: .invalidMedia, code: "originalMissing",
                operatorText: "the original \(upload.sha256) is not under originals.path; restore "
                    + "it from the backup, then retry the job.",
                uploaderText: "Something went wrong on our side. Please upload this file again.")
        }
    }

    private static func source(of upload: Upload) -> PlanSource {
        PlanSource(
            sha256: upload.sha256, sidecar: upload.sidecar, place: upload.itemID.publishedPlace)
    }

    private static func publication(of manifest: Manifest) -> Publication {
        Publication(
            generation: manifest.generation, kind: manifest.kind, state: manifest.state,
            manifestPath: "\(manifest.item.publishedPlace)manifest.json")
    }

    private static func result<Value>(
        _ work: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do { return .success(try await work()) } catch { return .failure(error) }
    }

    private static func result(of error: any Error) -> AttemptResult {
        switch error {
        case let error as StorageError where error.code == .syncFailed:
            .syncFailed(error.failure)
        case let error as StorageError where error.isInfrastructure:
            .infrastructureFailed(error.failure)
        case let error as StorageError: .failed(error.failure, cpuSeconds: nil)
        case JobStoreError.overQuota(let excess): .failed(excess.failure, cpuSeconds: nil)
        case let error as JobStoreError: .infrastructureFailed(error.failure)
        case let failure as Failure where ["scratchFull", "sandbox"].contains(failure.code):
            // Our disk or our kernel, not the upload: once that is mended it goes through.
            .infrastructureFailed(failure)
        case let failure as Failure: .failed(failure, cpuSeconds: nil)
        default:
            .failed(
                .internalError(code: "unexpected", "unexpected error: \(error)"), cpuSeconds: nil)
        }
    }
}
