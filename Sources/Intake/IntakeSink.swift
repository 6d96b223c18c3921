package import MediaModel
package import Storage

/// To whom intake offers what came in: closures, because intake knows nothing of a queue.
///
/// Both may be called again with the same value after a crash and must then change nothing. When
/// they return, what they did survives a power cut; an error means "ask again later".
package struct IntakeSink: Sendable {
    /// Takes an upload whose original is kept.
    package var offer: @Sendable (Upload) async throws -> OfferAnswer
    /// Lists an upload that was refused; it lies, or will lie, in quarantine.
    package var refuse: @Sendable (Refusal) async throws -> Void
    /// Whether an upload that was accepted has this content (its SHA-256).
    package var isNeeded: @Sendable (String) async throws -> Bool
    /// Told once of what is left in the inbox: no upload by its nature, or not for us to move.
    package var leave: @Sendable (LeftEntry) async -> Void

    package init(
        offer: @escaping @Sendable (Upload) async throws -> OfferAnswer,
        refuse: @escaping @Sendable (Refusal) async throws -> Void,
        isNeeded: @escaping @Sendable (String) async throws -> Bool,
        leave: @escaping @Sendable (LeftEntry) async -> Void = { _ in }
    ) {
        self.offer = offer
        self.refuse = refuse
        self.isNeeded = isNeeded
        self.leave = leave
    }
}

/// What became of an offer.
package enum OfferAnswer: Hashable, Sendable {
    case accepted
    /// The same was offered before.
    case existing
    /// It can never be taken as it is: the upload goes to quarantine.
    case conflict(Failure)
    /// Nothing wrong with the upload: keep it and ask again.
    case unavailable(String)
}

/// Something in the inbox that is neither followed nor moved.
package struct LeftEntry: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable {
        case symlink, fifo, socket, device, hardLink, otherFileSystem, other
        /// An upload that we may not move; taken as soon as we may.
        case permission
    }

    /// Escaped for display.
    package var path: String
    package var reason: Reason
}

/// How intake is doing, for `status`.
package struct IntakeStatus: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable {
        case stopped, watching
        /// Waiting for disk space.
        case paused
        /// The disk or the queue failed; being tried again.
        case retrying
    }

    package var state: State = .stopped
    /// Why it is not simply watching.
    package var reason: String?
    /// Uploads being claimed, copied, or offered.
    package var inFlight = 0
    /// Since start.
    package var accepted = 0
    package var refused = 0
}
