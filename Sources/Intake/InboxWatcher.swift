internal import CLinux
import Dispatch
import Glibc
import Logging
import Storage
import Synchronization

/// Watches the inbox on a thread of its own and hands out what is complete.
///
/// inotify is only a hint: a scan at start, after a queue overflow, and every `rescanInterval`
/// finds what was missed. The thread sleeps in poll(2) until something happens or is due, so an
/// idle inbox costs one wake-up per scan.
@safe
final class InboxWatcher: Sendable {
    typealias Outcome = InboxTable.Outcome

    private enum Command {
        case rescan
        case finished(InboxPath, Outcome)
        case events([InotifyEvent])
        case stop
    }

    private let inbox: InboxDirectory
    private let configuration: IntakeConfiguration
    private let logger: Logger
    private let onReady: @Sendable ([InboxPath]) -> Void
    private let commands = Mutex<[Command]>([])
    private let wakeUp: Int32
    private let queue = DispatchQueue(label: "vitrine.inbox")

    /// - Parameter onReady: called on the watcher's thread with paths to claim; each path is to be
    ///   answered with `finished`.
    init(
        inbox: InboxDirectory, configuration: IntakeConfiguration,
        logger: Logger = Logger(label: "vitrine.intake"),
        onReady: @escaping @Sendable ([InboxPath]) -> Void
    ) throws(StorageError) {
        self.inbox = inbox
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        wakeUp = clinux_eventfd()
        guard wakeUp >= 0 else {
            throw StorageError(errno: errno, operation: "eventfd", path: inbox.path)
        }
    }

    deinit { _ = close(wakeUp) }

    /// Starts the thread, which keeps `self` alive until `stop`; returns when the inbox is watched
    /// and everything that was there has been seen.
    func start() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                let loop = Loop(inbox: inbox, configuration: configuration, logger: logger)
                onReady(loop.scan())
                continuation.resume()
                loop.run(wakeUp: wakeUp, take: { take() }, onReady: onReady)
            }
        }
    }

    func stop() { send(.stop) }
    func rescan() { send(.rescan) }
    func finished(_ path: InboxPath, _ outcome: Outcome) { send(.finished(path, outcome)) }

    /// Handles events as if the kernel had sent them.
    func inject(_ events: [InotifyEvent]) { send(.events(events)) }

    private func send(_ command: Command) {
        commands.withLock { $0.append(command) }
        var one: UInt64 = 1
        // A full counter (EAGAIN) means that a wake-up is already pending.
        _ = unsafe write(wakeUp, &one, 8)
    }

    private func take() -> [Command] {
        var counter: UInt64 = 0
        _ = unsafe read(wakeUp, &counter, 8)
        return commands.withLock { list in
            defer { list = [] }
            return list
        }
    }

    /// Everything that only the watcher's thread touches.
    private final class Loop {
        let inbox: InboxDirectory
        let configuration: IntakeConfiguration
        let logger: Logger
        /// nil when polling.
        let inotify: Int32?
        var table: InboxTable
        var watches: [Int32: [FileName]] = [:]
        /// A watch could not be set: what happens there is seen only by scanning.
        var isBlind = false
        /// The inbox could not be read, which has been said.
        var isLost = false
        var buffer = [UInt8](repeating: 0, count: 65_536)

        init(inbox: InboxDirectory, configuration: IntakeConfiguration, logger: Logger) {
            self.inbox = inbox
            self.configuration = configuration
            self.logger = logger
            table = InboxTable(
                settle: configuration.settle, sidecarWait: configuration.sidecarWait,
                orphanGrace: configuration.orphanSidecarGrace)
            if configuration.isPolling {
                inotify = nil
            } else {
                let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
                inotify = descriptor >= 0 ? descriptor : nil
                if descriptor < 0 {
                    logger.warning(
                        "inotify is not available, the inbox is polled",
                        metadata: ["errno": "\(errno)"])
                }
            }
        }

        deinit { if let inotify { _ = close(inotify) } }

        func run(
            wakeUp: Int32, take: () -> [Command], onReady: ([InboxPath]) -> Void
        ) {
            var nextScan = ContinuousClock.now + scanInterval
            while true {
                var ready: [InboxPath] = []
                var isStopping = false
                var scanIsDue = ContinuousClock.now >= nextScan
                for command in take() {
                    switch command {
                    case .stop: isStopping = true
                    case .rescan: scanIsDue = true
                    case .finished(let path, let outcome):
                        ready += table.finished(path, outcome, now: .now, look: look)
                    case .events(let events):
                        scanIsDue = handle(events, ready: &ready) || scanIsDue
                    }
                }
                if isStopping { return }
                scanIsDue = handle(readEvents(), ready: &ready) || scanIsDue
                if scanIsDue {
                    ready += scan()
                    nextScan = .now + scanInterval
                }
                ready += table.due(now: .now, look: look)
                if !ready.isEmpty { onReady(ready) }
                wait(wakeUp, until: min(nextScan, table.nextDeadline ?? nextScan))
            }
        }

        private var scanInterval: Duration {
            inotify == nil || isBlind ? configuration.pollInterval : configuration.rescanInterval
        }

        private func wait(_ wakeUp: Int32, until deadline: ContinuousClock.Instant) {
            let (seconds, attoseconds) = (deadline - .now).components
            // Rounded up: a millisecond early would be a turn for nothing.
            let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
            var descriptors = [
                pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
                pollfd(fd: inotify ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            _ = unsafe poll(&descriptors, 2, Int32(clamping: max(0, milliseconds)))
        }

        private func readEvents() -> [InotifyEvent] {
            guard let inotify else { return [] }
            var events: [InotifyEvent] = []
            while true {
                let count = unsafe read(inotify, &buffer, buffer.count)
                guard count > 0 else { return events }
                events += InotifyEvent.parse(buffer[..<count])
            }
        }

        /// - Returns: whether only a scan can tell what happened.
        private func handle(
            _ events: [InotifyEvent], ready: inout [InboxPath]
        ) -> Bool {
            var needsScan = false
            for event in events {
                if event.isOverflow || event.isDirectory {
                    // A directory came, went, or changed its name: the scan sets its watch.
                    needsScan = true
                    continue
                }
                if event.has(Int32(IN_IGNORED)) { watches[event.watch] = nil }
                guard let directories = watches[event.watch], let name = event.name,
                    !InboxPath.isIgnored(name)
                else { continue }
                let path = InboxPath(directories, name)
                if event.has(Int32(IN_MOVED_TO)) {
                    ready += table.movedIn(path, now: .now, look: look)
                } else if event.has(Int32(IN_CLOSE_WRITE)) {
                    table.closed(path, now: .now, look: look)
                } else if event.has(Int32(IN_MOVED_FROM)) || event.has(Int32(IN_DELETE)) {
                    table.vanished(path)
                }
            }
            return needsScan
        }

        /// Sets the watches and looks at every name.
        func scan() -> [InboxPath] {
            var found: [(InboxPath, FileStatus)] = []
            isBlind = false
            do throws(StorageError) {
                if try inbox.refresh() {
                    logger.warning("inbox was replaced by another directory and is opened again")
                    dropWatches()
                }
                try visit(inbox.current, [], &found)
                isLost = false
            } catch {
                if !isLost {
                    logger.error("inbox cannot be read", metadata: ["error": "\(error)"])
                }
                isLost = true
                isBlind = true
            }
            // Sidecars first: whether one is still settling decides about its upload.
            found.sort { a, b in
                a.0.name.hasSuffix(".json") && !b.0.name.hasSuffix(".json")
            }
            var time = timespec()
            _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
            let wall = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
            var ready: [InboxPath] = []
            for (path, status) in found {
                let age: Duration? =
                    inotify == nil ? nil : .nanoseconds(wall - status.changedNanoseconds)
                ready += table.found(path, status, age: age, now: .now, look: look)
            }
            table.keepLeft(Set(found.map(\.0)))
            return ready
        }

        /// Of directories that are elsewhere now: what happens there is not for us.
        private func dropWatches() {
            guard let inotify else { return }
            for watch in watches.keys { _ = inotify_rm_watch(inotify, watch) }
            watches = [:]
        }

        private func visit(
            _ directory: Directory, _ components: [FileName],
            _ found: inout [(InboxPath, FileStatus)]
        ) throws(StorageError) {
            watch(directory, components)
            for name in try directory.names() where !InboxPath.isIgnored(name) {
                guard let status = try directory.status(of: name) else { continue }
                if status.kind == .directory {
                    guard components.count < configuration.maximumDepth else { continue }
                    do throws(StorageError) {
                        try visit(directory.subdirectory(name), components + [name], &found)
                    } catch {
                        // Gone, swapped, or closed to us: the others are still to be seen.
                        logger.warning(
                            "inbox directory skipped", metadata: ["error": "\(error)"])
                    }
                } else {
                    found.append((InboxPath(components, name), status))
                }
            }
        }

        private func watch(_ directory: Directory, _ components: [FileName]) {
            guard let inotify else { return }
            // By descriptor, so that the watched directory is the one that was opened.
            let number = unsafe inotify_add_watch(
                inotify, "/proc/self/fd/\(directory.descriptor)", InotifyEvent.interest)
            if number >= 0 {
                watches[number] = components
            } else {
                isBlind = true
                logger.warning(
                    "inbox directory cannot be watched and is polled",
                    metadata: ["directory": "\(directory.path)", "errno": "\(errno)"])
            }
        }

        private func look(_ path: InboxPath) -> FileStatus? {
            do throws(StorageError) {
                var directory = inbox.current
                for name in path.directories { directory = try directory.subdirectory(name) }
                return try directory.status(of: path.name)
            } catch {
                // Not reachable is not there; a scan sees it when it comes back.
                return nil
            }
        }
    }
}
