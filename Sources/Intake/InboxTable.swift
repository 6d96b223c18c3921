import Storage

/// What is known of every name in the inbox that is not yet dealt with: decides when something is
/// complete and may be claimed.
///
/// A state machine without I/O: each method takes what happened, the time, and a way to look at a
/// file, and returns the paths to claim now. Names move so:
///
///     closed after writing ─▶ settling ─▶ (waiting for its sidecar) ─▶ claimed ─▶ forgotten
///     moved in ──────────────────────────────────▲                       │ ├▶ later ─▶ again
///                                                                        │ └▶ retrying ─▶ again
///     lone sidecar ─▶ orphan ─▶ claimed as an upload                     └▶ left where it is
struct InboxTable {
    typealias Instant = ContinuousClock.Instant
    typealias Look = (InboxPath) -> FileStatus?

    /// How claiming ended, told by whom the path was given to.
    package enum Outcome: Hashable, Sendable {
        /// Claimed, or no longer there.
        case gone
        /// Not claimable by its nature, seen in this condition: not offered again while unchanged.
        case left(FileStatus)
        /// Still being written: again after the settle time.
        case later
        /// It did not work; handed out again after a while, also when it is gone by then.
        case retry(after: Duration)
    }

    private enum Phase {
        case settling(FileStatus, until: Instant)
        case waitingForSidecar(until: Instant)
        case orphan(until: Instant)
        case later(until: Instant)
        case retrying(until: Instant)
        /// `again`: something of the same name came meanwhile.
        case claimed(again: Bool)
        case left(FileStatus)

        var deadline: Instant? {
            switch self {
            case .settling(_, let until), .waitingForSidecar(let until), .orphan(let until),
                .later(let until), .retrying(let until):
                until
            case .claimed, .left: nil
            }
        }
    }

    let settle: Duration
    let sidecarWait: Duration
    let orphanGrace: Duration
    private var phases: [InboxPath: Phase] = [:]

    init(settle: Duration, sidecarWait: Duration, orphanGrace: Duration) {
        self.settle = settle
        self.sidecarWait = sidecarWait
        self.orphanGrace = orphanGrace
    }

    /// When `due` has something to do next; nil = nothing is waiting for time to pass.
    var nextDeadline: Instant? { phases.values.compactMap(\.deadline).min() }

    /// A rename into the inbox: complete by definition.
    mutating func movedIn(_ path: InboxPath, now: Instant, look: Look) -> [InboxPath] {
        if case .claimed = phases[path] {
            phases[path] = .claimed(again: true)
            return []
        }
        return complete(path, now: now, look: look)
    }

    /// A writer closed the file; it may open it again.
    mutating func closed(_ path: InboxPath, now: Instant, look: Look) {
        if case .claimed = phases[path] {
            phases[path] = .claimed(again: true)
        } else if let status = look(path) {
            phases[path] = .settling(status, until: now + settle)
        }
    }

    /// Seen by a scan, so how it came is not known.
    ///
    /// - Parameter age: time since its last change; nil when the clock that says so is not ours.
    mutating func found(
        _ path: InboxPath, _ status: FileStatus, age: Duration?, now: Instant, look: Look
    ) -> [InboxPath] {
        if let phase = phases[path] {
            guard case .left(let seen) = phase, seen != status else { return [] }
        }
        let missing = settle - max(.zero, age ?? .zero)
        // What is not a regular file never settles; the claim says so.
        if status.kind != .regular || missing <= .zero {
            return complete(path, now: now, look: look)
        }
        phases[path] = .settling(status, until: now + missing)
        return []
    }

    /// Moved away or removed by its owner.
    mutating func vanished(_ path: InboxPath) {
        switch phases[path] {
        // Who was told of it hears of its end when the path is handed out again.
        case .claimed, .retrying: break
        default: phases[path] = nil
        }
    }

    /// Forgets what a whole scan did not see: entries left in place and taken away since.
    mutating func keepLeft(_ seen: Set<InboxPath>) {
        for (path, phase) in phases {
            if case .left = phase, !seen.contains(path) { phases[path] = nil }
        }
    }

    /// What the passing of time makes ready.
    mutating func due(now: Instant, look: Look) -> [InboxPath] {
        var ready: [InboxPath] = []
        for (path, phase) in phases {
            guard let deadline = phase.deadline, deadline <= now else { continue }
            if case .retrying = phase {
                ready.append(claim(path))
                continue
            }
            guard let status = look(path) else {
                phases[path] = nil
                continue
            }
            switch phase {
            case .settling(let seen, _):
                if status.hasSameContent(as: seen) {
                    ready += complete(path, now: now, look: look)
                } else {
                    phases[path] = .settling(status, until: now + settle)
                }
            case .waitingForSidecar:
                if let until = settlingDeadline(path.sidecar), until > now {
                    phases[path] = .waitingForSidecar(until: until)
                } else {
                    ready.append(claim(path))
                }
            case .orphan:
                if let upload = path.describedUpload, isPresent(upload, look) {
                    phases[path] = nil
                } else {
                    ready.append(claim(path))
                }
            case .later:
                ready += complete(path, now: now, look: look)
            case .claimed, .left, .retrying:
                break
            }
        }
        return ready
    }

    /// The claim of a path that was handed out has ended.
    mutating func finished(
        _ path: InboxPath, _ outcome: Outcome, now: Instant, look: Look
    ) -> [InboxPath] {
        guard case .claimed(let again) = phases[path] else { return [] }
        phases[path] = nil
        switch outcome {
        case .gone:
            return again && look(path) != nil ? complete(path, now: now, look: look) : []
        case .left(let status):
            phases[path] = .left(status)
            return []
        case .later:
            phases[path] = .later(until: now + max(settle, .milliseconds(100)))
            return []
        case .retry(let delay):
            phases[path] = .retrying(until: now + delay)
            return []
        }
    }

    /// All bytes are there. Is it a sidecar, or is a sidecar to be waited for?
    private mutating func complete(
        _ path: InboxPath, now: Instant, look: Look
    ) -> [InboxPath] {
        if let upload = path.describedUpload {
            if case .waitingForSidecar = phases[upload] {
                phases[path] = nil
                return [claim(upload)]
            }
            if isPresent(upload, look) {
                // Taken together with its upload.
                phases[path] = nil
                return []
            }
            if case .orphan = phases[path] { return [] }
            phases[path] = .orphan(until: now + orphanGrace)
            return []
        }
        if let until = settlingDeadline(path.sidecar), until > now {
            phases[path] = .waitingForSidecar(until: until)
            return []
        }
        if sidecarWait > .zero, look(path.sidecar) == nil {
            phases[path] = .waitingForSidecar(until: now + sidecarWait)
            return []
        }
        return [claim(path)]
    }

    private mutating func claim(_ path: InboxPath) -> InboxPath {
        phases[path] = .claimed(again: false)
        return path
    }

    private func settlingDeadline(_ path: InboxPath) -> Instant? {
        guard case .settling(_, let until) = phases[path] else { return nil }
        return until
    }

    private func isPresent(_ path: InboxPath, _ look: Look) -> Bool {
        switch phases[path] {
        case .settling, .waitingForSidecar, .later, .retrying: true
        default: look(path) != nil
        }
    }
}
