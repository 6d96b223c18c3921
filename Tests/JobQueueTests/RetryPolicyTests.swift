import JobQueue
import MediaModel
import Testing

struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func counts(crashed: Int = 0, transient: Int = 0) -> AttemptCounts {
        var counts = AttemptCounts()
        counts.crashed = crashed
        counts.transient = transient
        return counts
    }

    @Test(arguments: [FailureKind.invalidMedia, .unsupported, .limitExceeded])
    func anUploadAtFaultIsNeverRetried(kind: FailureKind) {
        #expect(policy.decide(kind, counts: counts(), jitter: 1) == .discard)
    }

    @Test(arguments: [FailureKind.crashed, .internalError])
    func aCrashIsRetriedOnce(kind: FailureKind) {
        #expect(
            policy.decide(kind, counts: counts(crashed: 1), jitter: 1)
                == .retry(after: .seconds(5)))
        #expect(policy.decide(kind, counts: counts(crashed: 2), jitter: 1) == .discard)
    }

    @Test(arguments: [FailureKind.io, .resources, .timeout])
    func aPassingFailureIsTriedFiveTimesWithDoublingCeilings(kind: FailureKind) {
        let decisions = (1...5).map {
            policy.decide(kind, counts: counts(transient: $0), jitter: 1)
        }
        #expect(
            decisions == [
                .retry(after: .seconds(5)), .retry(after: .seconds(10)),
                .retry(after: .seconds(20)), .retry(after: .seconds(40)), .discard,
            ])
    }

    @Test func crashesAndPassingFailuresHaveLimitsOfTheirOwn() {
        #expect(
            policy.decide(.crashed, counts: counts(crashed: 1, transient: 4), jitter: 0)
                == .retry(after: .zero))
    }

    @Test func jitterSpansTheWholeDelay() {
        let half = policy.decide(.io, counts: counts(transient: 2), jitter: 0.5)
        #expect(half == .retry(after: .seconds(5)))
        #expect(policy.decide(.io, counts: counts(transient: 2), jitter: 0) == .retry(after: .zero))
    }

    @Test func theDelayHasACeilingHoweverManyAttempts() {
        var patient = policy
        patient.transientLimit = 1000
        #expect(
            patient.decide(.io, counts: counts(transient: 900), jitter: 1)
                == .retry(after: .seconds(600)))
    }
}
