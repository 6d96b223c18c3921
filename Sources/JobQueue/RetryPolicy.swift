package import MediaModel

/// Decides from a failure's kind and the attempts so far whether and when to try again. Pure.
package struct RetryPolicy: Hashable, Sendable {
    /// What a kind of failure says about trying again.
    package enum Class: Hashable, Sendable {
        /// The upload itself is at fault: the next attempt would end the same.
        case never
        /// A crash or a mistake of ours: usually the upload provokes it.
        case crash
        /// The surroundings are at fault: likely to pass.
        case transient
    }

    package enum Decision: Hashable, Sendable {
        case discard
        case retry(after: Duration)
    }

    /// Attempts that may crash (default 2).
    package var crashLimit = 2
    /// Attempts that may fail for passing reasons (default 5).
    package var transientLimit = 5
    /// Attempts that a dying daemon may take with it (default 20).
    ///
    /// Such an attempt tells little: the worker may have been healthy when a deployment, the
    /// out-of-memory killer or a power cut ended the daemon, so counting it as a crash would
    /// quarantine a good upload after two restarts. Not counting it at all would let an upload
    /// that really brings the machine down do so for ever. Hence a bound of its own, larger than
    /// any plausible series of restarts, which starts anew whenever the job gets further than
    /// ever before (at most a hundred times: progress is compared in whole per cent).
    package var abandonedLimit = 20
    /// The first delay is drawn from 0…this; it doubles with every attempt (default 5 s).
    package var baseDelay = Duration.seconds(5)
    /// The longest delay (default 10 min).
    package var maximumDelay = Duration.seconds(600)
    /// Until storage that is down is tried again (default 10 s).
    package var infrastructureDelay = Duration.seconds(10)

    package init() {}

    package static func classify(_ kind: FailureKind) -> Class {
        switch kind {
        case .invalidMedia, .unsupported, .limitExceeded: .never
        case .crashed, .internalError: .crash
        case .io, .resources, .timeout: .transient
        }
    }

    /// - Parameters:
    ///   - counts: with the failed attempt already counted.
    ///   - jitter: a random number in 0…1. Full jitter, as in "Exponential Backoff And Jitter"
    ///     (AWS Architecture Blog, 2015): jobs that failed together do not return together.
    package func decide(_ kind: FailureKind, counts: AttemptCounts, jitter: Double) -> Decision {
        let (count, limit) =
            switch Self.classify(kind) {
            case .never: (1, 1)
            case .crash: (counts.crashed, crashLimit)
            case .transient: (counts.transient, transientLimit)
            }
        guard count < limit else { return .discard }
        // Doubling 30 times is past any ceiling that makes sense; more would overflow.
        let ceiling = min(maximumDelay, baseDelay * (1 << min(30, max(0, count - 1))))
        return .retry(after: ceiling * min(1, max(0, jitter)))
    }
}
