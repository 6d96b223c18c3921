import JobQueue
import MediaModel
import TestSupport
import Testing

struct JobStateMachineTests {
    private let machine = JobStateMachine()

    private func quarantines(_ transition: Transition) -> Bool {
        transition.actions.contains { if case .quarantine = $0 { true } else { false } }
    }

    @Test func aClaimGivesALeaseWithTheAttemptsNumberAsToken() throws {
        var job = try sampleJob()
        job.attempts.total = 3
        let claimed = try machine.apply(
            .claimed(holder: "a", leaseDuration: .seconds(60)), to: job, at: noon
        ).job
        #expect(claimed.state == .running)
        #expect(
            claimed.lease
                == Lease(holder: "a", token: 4, expiresAt: noon.advanced(by: .seconds(60))))
    }

    @Test func aGracefulStopConsumesNoAttempt() throws {
        let moved = try machine.apply(
            .attemptEnded(.interrupted), to: try sampleJob(state: .running), at: noon
        )
        #expect(moved.job.state == .available)
        #expect(moved.job.attempts.counted == 0 && moved.job.attempts.abandoned == 0)
        #expect(moved.actions.contains(.endAttempt(.interrupted, nil)))
    }

    @Test func storageThatIsDownConsumesNoAttempt() throws {
        var job = try sampleJob(state: .running)
        for _ in 1...50 {
            job = try machine.apply(
                .attemptEnded(.infrastructureFailed(failure(.io))), to: job, at: noon
            ).job
            #expect(job.state == .retryable)
            job = try machine.apply(.due, to: job, at: job.runAfter).job
            job = try machine.apply(
                .claimed(holder: "a", leaseDuration: .seconds(60)), to: job, at: job.runAfter
            ).job
        }
        #expect(job.attempts.counted == 0 && job.attempts.total == 51)
    }

    @Test func theSecondCrashQuarantines() throws {
        let crash = JobEvent.attemptEnded(.failed(failure(.crashed), jitter: 0))
        var job = try machine.apply(crash, to: try sampleJob(state: .running), at: noon).job
        #expect(job.state == .retryable)
        job = try machine.apply(.due, to: job, at: noon).job
        job = try machine.apply(
            .claimed(holder: "a", leaseDuration: .seconds(60)), to: job, at: noon
        ).job
        let last = try machine.apply(crash, to: job, at: noon)
        #expect(last.job.state == .discarded)
        #expect(last.actions.contains(.endAttempt(.crashed, failure(.crashed))))
        #expect(last.actions.contains(.quarantine(failure(.crashed))))
    }

    @Test func aFailedReprocessingKeepsThePublishedItemsOriginal() throws {
        let moved = try machine.apply(
            .attemptEnded(.failed(failure(.unsupported), jitter: 0)),
            to: try sampleJob(state: .running, priorGeneration: 2), at: noon)
        #expect(moved.job.state == .discarded)
        #expect(!quarantines(moved))
    }

    @Test func daemonsThatDieDoNotCondemnAnUploadBeforeTheirOwnLimit() throws {
        var job = try sampleJob()
        for round in 1...20 {
            job = try machine.apply(
                .claimed(holder: "d\(round)", leaseDuration: .seconds(60)), to: job, at: noon
            ).job
            let moved = try machine.apply(.abandoned, to: job, at: noon)
            job = moved.job
            #expect(job.state == (round < 20 ? .available : .discarded))
            #expect(quarantines(moved) == (round == 20))
        }
        #expect(job.attempts.counted == 0)
    }

    @Test func gettingFurtherForgivesAbandonedAttempts() throws {
        var job = try sampleJob()
        for round in 1...50 {
            job = try machine.apply(
                .claimed(holder: "d\(round)", leaseDuration: .seconds(60)), to: job, at: noon
            ).job
            job = try machine.apply(
                .leaseRenewed(
                    for: .seconds(60),
                    progress: JobProgress(fraction: Double(round) / 100 + 0.001, stage: "t")),
                to: job, at: noon
            ).job
            job = try machine.apply(.abandoned, to: job, at: noon).job
        }
        #expect(job.state == .available)
    }

    @Test func cancellingARunningJobWaitsForItsWorker() throws {
        let asked = try machine.apply(
            .cancelRequested, to: try sampleJob(state: .running), at: noon)
        #expect(asked.job.state == .running && asked.job.cancelRequested)
        #expect(asked.actions.contains(.stopWorker))
        // However the attempt ends now, other than by publishing, the job is cancelled.
        let ends: [JobEvent] = [
            .attemptEnded(.cancelled), .attemptEnded(.interrupted), .abandoned,
            .attemptEnded(.failed(failure(.crashed), jitter: 0)),
            .attemptEnded(.infrastructureFailed(failure(.io))),
        ]
        for end in ends {
            let ended = try machine.apply(end, to: asked.job, at: noon)
            #expect(ended.job.state == .cancelled && ended.job.lease == nil)
            #expect(!quarantines(ended))
        }
        let published = try machine.apply(
            .attemptEnded(.completed(generation: 1)), to: asked.job, at: noon)
        #expect(published.job.state == .completed)
    }

    @Test func anOperatorsRetryForgivesButNeverForgets() throws {
        var job = try sampleJob(state: .discarded)
        job.attempts.total = 2
        job.attempts.crashed = 2
        let moved = try machine.apply(.retryRequested, to: job, at: noon).job
        #expect(moved.state == .available)
        #expect(moved.attempts.counted == 0 && moved.attempts.total == 2)
    }

    /// Every pair that is not named here is refused, in a table of its own rather than the code's.
    @Test func illegalMovesAreErrors() throws {
        let events: [(String, JobEvent, Set<JobState>)] = [
            ("claim", .claimed(holder: "a", leaseDuration: .seconds(1)), [.available]),
            ("heartbeat", .leaseRenewed(for: .seconds(1), progress: nil), [.running]),
            ("complete", .attemptEnded(.completed(generation: 1)), [.running]),
            ("fail", .attemptEnded(.failed(failure(.io), jitter: 0)), [.running]),
            ("interrupt", .attemptEnded(.interrupted), [.running]),
            ("cancelled, never asked", .attemptEnded(.cancelled), []),
            ("abandon", .abandoned, [.running]),
            ("cancel", .cancelRequested, [.available, .running, .retryable, .held]),
            ("retry", .retryRequested, [.discarded, .cancelled, .retryable]),
            ("hold", .held, [.available, .retryable]),
            ("release", .released, [.held]),
            ("due", .due, [.retryable]),
        ]
        for (name, event, legal) in events {
            for state in JobState.allCases {
                let job = try sampleJob(state: state)
                let moved = try? machine.apply(event, to: job, at: noon)
                #expect((moved != nil) == legal.contains(state), "\(name) in \(state)")
                if let moved {
                    #expect((moved.job.state == .running) == (moved.job.lease != nil))
                }
            }
        }
    }

    @Test func nothingIsDueBeforeItsTime() throws {
        var job = try sampleJob(state: .retryable)
        job.runAfter = noon.advanced(by: .milliseconds(1))
        #expect(throws: IllegalTransition.self) { try machine.apply(.due, to: job, at: noon) }
    }

    /// Random failures, stops, deaths and cancels: the number of attempts that count is bounded.
    @Test func everyJobEnds() throws {
        for seed in UInt64(1)...10_000 {
            var random = SplitMix(seed: seed)
            var job = try sampleJob()
            var now = noon
            var endings = 0
            while job.state.isLive {
                now = now.advanced(by: .milliseconds(Int64.random(in: 0...700_000, using: &random)))
                let before = job
                switch job.state {
                case .available:
                    job = try machine.apply(
                        .claimed(holder: "a", leaseDuration: .seconds(60)), to: job, at: now
                    ).job
                case .running:
                    endings += 1
                    let kinds = FailureKind.allCases.filter {
                        RetryPolicy.classify($0) != .never
                    }
                    let kind = kinds.randomElement(using: &random) ?? .io
                    job = try machine.apply(
                        Bool.random(using: &random)
                            ? .abandoned
                            : .attemptEnded(
                                .failed(failure(kind), jitter: .random(in: 0...1, using: &random))),
                        to: job, at: now
                    ).job
                default:
                    now = max(now, job.runAfter)
                    job = try machine.apply(.due, to: job, at: now).job
                }
                #expect(job.attempts.total >= before.attempts.total, "seed \(seed)")
                // 1 crash, 4 passing failures, 19 deaths, and the one that ends it.
                guard endings <= 25 else {
                    Issue.record("seed \(seed): still alive after \(endings) attempts")
                    return
                }
            }
        }
    }
}
