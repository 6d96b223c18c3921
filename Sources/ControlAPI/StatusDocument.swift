package import MediaModel

/// The daemon at a glance.
package struct StatusDocument: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        /// Not yet taking jobs: verifying, or waiting for the first worker.
        case starting
        case running
        /// An operator paused the queue.
        case paused
        /// Stopping; running jobs are given time to end.
        case draining
        /// Taking in nothing (the disk is nearly full, or the storage cannot be written), or
        /// processing nothing (no worker can be confined, see `sandboxMissing`; the storage is not
        /// where it was, see its `detail`).
        case degraded
    }

    package struct Queue: Codable, Hashable, Sendable {
        package var available: Int
        package var running: Int
        package var retryable: Int
        package var held: Int
        package var completed: Int
        package var cancelled: Int
        package var discarded: Int
        package var paused: Bool
        /// null: not paused, or until resumed.
        @OrNull package var pausedUntil: Timestamp?
        /// How long the oldest available job has been waiting.
        @OrNull package var oldestSeconds: Double?

        package init(
            available: Int, running: Int, retryable: Int, held: Int, completed: Int,
            cancelled: Int, discarded: Int, paused: Bool, pausedUntil: Timestamp?,
            oldestSeconds: Double?
        ) {
            self.available = available
            self.running = running
            self.retryable = retryable
            self.held = held
            self.completed = completed
            self.cancelled = cancelled
            self.discarded = discarded
            self.paused = paused
            self.pausedUntil = pausedUntil
            self.oldestSeconds = oldestSeconds
        }
    }

    package struct Workers: Codable, Hashable, Sendable {
        /// How many may run at once.
        package var count: Int
        package var running: Int
        /// Of the running, those that wait for memory or scratch space (`job show` says what for).
        package var waiting: Int
        /// Memory that jobs may hold together, in bytes; null = no job has come yet.
        @OrNull package var memoryBytes: Int64?
        /// Memory that running jobs hold, by estimate, in bytes.
        package var heldMemoryBytes: Int64
        /// What bounds each worker in a control group of its own, `cpu`, `memory`, `pids`; empty where the
        /// service manager delegates none.
        package var groups: [String]
        /// Workers are forked from one that has loaded everything.
        package var spareReady: Bool
        /// What the worker says it is made of: `ffmpeg`, `libvips`, encoders; empty until one has.
        package var versions: [String: String]

        package init(
            count: Int, running: Int, waiting: Int = 0, memoryBytes: Int64? = nil,
            heldMemoryBytes: Int64 = 0, groups: [String] = [], spareReady: Bool,
            versions: [String: String]
        ) {
            self.count = count
            self.running = running
            self.waiting = waiting
            self.memoryBytes = memoryBytes
            self.heldMemoryBytes = heldMemoryBytes
            self.groups = groups
            self.spareReady = spareReady
            self.versions = versions
        }
    }

    package struct Storage: Codable, Hashable, Sendable {
        /// `local`.
        package var kind: String
        package var path: String
        /// null when it could not be asked.
        @OrNull package var freeBytes: Int64?
        /// Why it cannot be used, and what to do; null when it is where it was.
        @OrNull package var detail: String?

        package init(kind: String, path: String, freeBytes: Int64?, detail: String? = nil) {
            self.kind = kind
            self.path = path
            self.freeBytes = freeBytes
            self.detail = detail
        }
    }

    package struct Intake: Codable, Hashable, Sendable {
        package var path: String
        /// `accepting` or `paused`.
        package var state: String
        /// Why it is paused.
        @OrNull package var detail: String?

        package init(path: String, state: String, detail: String?) {
            self.path = path
            self.state = state
            self.detail = detail
        }
    }

    package var version: String
    package var state: State
    package var pid: Int32
    package var startedAt: Timestamp
    package var queue: Queue
    /// Items per state.
    package var items: [String: Int]
    package var workers: Workers
    /// `active` or `reduced`.
    package var sandbox: String
    /// What of the sandbox is missing, `landlock`, `seccomp` or `proof`, and why; empty when active.
    package var sandboxMissing: [String: String]
    package var storage: Storage
    package var intake: Intake

    package init(
        version: String, state: State, pid: Int32, startedAt: Timestamp, queue: Queue,
        items: [String: Int], workers: Workers, sandbox: String,
        sandboxMissing: [String: String] = [:], storage: Storage, intake: Intake
    ) {
        self.version = version
        self.state = state
        self.pid = pid
        self.startedAt = startedAt
        self.queue = queue
        self.items = items
        self.workers = workers
        self.sandbox = sandbox
        self.sandboxMissing = sandboxMissing
        self.storage = storage
        self.intake = intake
    }
}
