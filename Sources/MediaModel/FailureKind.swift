/// Why an attempt failed; the one input to the decision whether to try again.
package enum FailureKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// The upload is damaged, empty, encrypted, or not what it claims. Never retried.
    case invalidMedia
    /// Whole, but nothing installed here can decode it. Never retried.
    case unsupported
    /// Larger, longer or more costly than a limit allows. Never retried.
    case limitExceeded
    /// Reading or writing failed (storage full, read-only …). Retried with back-off.
    case io
    /// Memory, descriptors or processes ran out. Retried with back-off.
    case resources
    /// No progress, or past the deadline. Retried.
    case timeout
    /// The worker died without a word: segfault, abort, kill. Retried once.
    case crashed
    /// Our own mistake: an output failed verification, a message could not be read. Retried once.
    case internalError
}
