import CLinux
import Failpoints
import Foundation
import Glibc
import MediaModel
import Synchronization
import WorkerProtocol

/// A worker's process: spawned, spoken to over one socket, watched by one thread, and gone.
///
/// The thread polls three descriptors: the socket, the worker's standard error, and a pidfd, so a
/// worker that ends, hangs, floods or leaves children behind always leads to one `ended` signal.
final class WorkerProcess: Sendable {
    /// All reports of one attempt together, in bytes. A two-hour film's are below 2 MiB; more is a
    /// worker that was taken over or lost its mind.
    static let maximumReportBytes = 64 << 20
    /// Standard error that is kept, in bytes.
    static let lastWordsBytes = 4096

    let processID: Int32
    private let socket: Int32
    private let mailbox = SignalMailbox()
    private struct State {
        var isReaped = false
        /// Its number may be that of another's descriptor by now.
        var isSocketClosed = false
        var endedBecause: Failure?
        /// Its control group, where it has one of its own.
        var group: WorkerGroup?
    }
    private let state = Mutex(State())

    /// Starts a program.
    /// - Parameter executable: absolute path of `vitrine-worker`.
    convenience init(executable: String, arguments: [String] = []) throws(Failure) {
        #if DEBUG
            if Failpoint.spawn.reach() { throw .workerStart("start \(executable)", EAGAIN) }
        #endif
        let pipes = try WorkerPipes()
        defer { pipes.closeFarEnds() }
        var pid: pid_t = 0
        // Fewer malloc arenas: a quarter of the peak memory with libvips (platform notes).
        let code = unsafe Self.withCStrings([executable] + arguments, ["MALLOC_ARENA_MAX=2"]) {
            unsafe clinux_spawn_worker(
                executable, $0, $1, pipes.farSocket, pipes.farErrors, &pid)
        }
        guard code == 0 else {
            pipes.closeNearEnds()
            throw .workerStart("start \(executable)", code)
        }
        #if DEBUG
            Failpoint.spawned.reach()
        #endif
        self.init(processID: pid, pipes: pipes)
    }

    /// - Parameters:
    ///   - processID: a child of this process.
    ///   - pipes: whose near ends are taken.
    init(processID: Int32, pipes: WorkerPipes) {
        self.processID = processID
        Children.adopt(processID)
        socket = pipes.socket
        let errors = pipes.errors
        let thread = Thread { [self] in watch(errors: errors) }
        thread.name = "worker-\(processID)"
        thread.start()
    }

    /// The next thing the worker tells; the last one is `ended`, again and again.
    func next() async -> WorkerSignal { await mailbox.next() }

    /// Nothing when it has ended: its end follows, and says more than this call could.
    func send(_ command: Command) throws(Failure) {
        guard let line = try? LineCodec.encode(command) else {
            throw .internalError(code: "command", "a command could not be encoded")
        }
        // Without waiting: a worker that does not read its few small commands is not healthy, and
        // a blocked write would hold a thread of the cooperative pool.
        let code = unsafe line.withUnsafeBytes { bytes in
            withSocket { socket in
                let sent = unsafe Glibc.send(
                    socket, bytes.baseAddress, bytes.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                return sent == bytes.count ? 0 : sent < 0 ? errno : EAGAIN
            }
        }
        guard code == 0 else {
            throw .internalError(code: "workerDeaf", "the worker does not take its commands")
        }
    }

    /// Nothing when it has ended, as with a command.
    func pass(descriptors: [Int32]) throws(Failure) {
        #if DEBUG
            if Failpoint.handOver.reach() {
                throw .workerStart("pass descriptors to the worker", EIO)
            }
        #endif
        let code = withSocket { socket in
            unsafe clinux_send_descriptors(socket, descriptors, Int32(descriptors.count))
        }
        guard code == 0 else { throw .workerStart("pass descriptors to the worker", code) }
    }

    /// Calls a function with the socket unless it is closed: whoever has its number then, maybe an
    /// operator's connection, must not be sent what was meant for the worker.
    /// - Parameter body: does not wait; gives an error number.
    /// - Returns: that, and 0 when there is nobody any more to be told.
    private func withSocket(_ body: (Int32) -> Int32) -> Int32 {
        let code = state.withLock { state in state.isSocketClosed ? 0 : body(socket) }
        return [EPIPE, ECONNRESET].contains(code) ? 0 : code
    }

    /// Sets the attempt's limits from outside; the worker cannot raise them.
    func limit(addressSpaceBytes: Int64, cpuSeconds: Int64, fileBytes: Int64) throws(Failure) {
        let code = state.withLock { state in
            state.isReaped
                ? 0 : clinux_limit_process(processID, addressSpaceBytes, cpuSeconds, fileBytes)
        }
        // ESRCH: already gone; its end says more than this call could.
        guard code == 0 || code == ESRCH else { throw .workerStart("limit the worker", code) }
    }

    /// Gives it a control group of its own; nothing when it has ended.
    /// - Parameter memoryBytes: that it may take until its plan is known.
    func enterGroup(of groups: WorkerGroups, memoryBytes: Int64) throws(GroupError) {
        // Under the lock: after reaping, the number may belong to somebody else.
        let made = state.withLock { state -> Result<Void, GroupError> in
            guard !state.isReaped else { return .success(()) }
            do throws(GroupError) {
                state.group = try groups.group(for: processID, memoryBytes: memoryBytes)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try made.get()
    }

    /// Sets the attempt's bounds on its control group; nothing where it has none.
    func bound(_ bounds: WorkerBounds) throws(Failure) {
        let set = state.withLock { state -> Result<Void, GroupError> in
            guard !state.isReaped, let group = state.group else { return .success(()) }
            do throws(GroupError) {
                try group.bound(bounds)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        do throws(GroupError) { try set.get() } catch {
            throw Failure(
                kind: .resources, code: "workerStart", operatorText: "\(error).",
                uploaderText: "Something went wrong on our side. We will try again.")
        }
    }

    /// Kills the worker and everything in its process group; the first reason stays.
    func end(because failure: Failure) {
        state.withLock { state in
            if state.endedBecause == nil { state.endedBecause = failure }
            // Under the lock: after reaping, the number may belong to somebody else.
            if !state.isReaped { kill(-processID, SIGKILL) }
        }
    }

    var isAlive: Bool { state.withLock { !$0.isReaped } }

    /// Processor time so far, in hundredths of a second; nil when it has ended.
    func processorTicks() -> Int? {
        state.withLock { state in
            let time = state.isReaped ? -1 : clinux_process_time(processID)
            return time < 0 ? nil : Int(time / 10_000_000)
        }
    }

    // MARK: The watching thread

    private func watch(errors: Int32) {
        let pidfd = clinux_pidfd_open(processID)
        var reader = ReportReader(limit: Self.maximumReportBytes)
        var words: [UInt8] = []
        var descriptors = [socket, errors, pidfd]
        var hasEnded = false
        while true {
            // After the end: only what is already there, then no more waiting.
            let mask = unsafe clinux_poll(descriptors, 3, hasEnded ? 0 : -1)
            if mask & 1 != 0 {
                switch Self.readSome(socket) {
                case .some(let bytes) where !bytes.isEmpty:
                    for outcome in reader.take(bytes) {
                        switch outcome {
                        case .report(let report): mailbox.deliver(.report(report))
                        case .violation(let text):
                            end(because: .internalError(code: "workerGarbage", text))
                        }
                    }
                default: descriptors[0] = -1
                }
            }
            if mask & 2 != 0 {
                if let bytes = Self.readSome(errors), !bytes.isEmpty {
                    words.append(contentsOf: bytes.suffix(Self.lastWordsBytes))
                    words.removeFirst(max(0, words.count - Self.lastWordsBytes))
                } else {
                    descriptors[1] = -1
                }
            }
            if mask & 4 != 0 || (pidfd < 0 && descriptors[0] == -1) { hasEnded = true }
            if hasEnded {
                descriptors[2] = -1
                // A child that outlived the worker would keep the pipes open for ever.
                state.withLock { state in if !state.isReaped { _ = kill(-processID, SIGKILL) } }
                if mask & 3 == 0 { break }
            }
        }
        let exit = reap(words: words)
        close(errors)
        // Under the lock: nobody is about to write to it.
        state.withLock { state in
            state.isSocketClosed = true
            _ = close(socket)
        }
        if pidfd >= 0 { close(pidfd) }
        mailbox.deliver(.ended(exit))
    }

    private func reap(words: [UInt8]) -> WorkerExit {
        var status: Int32 = 0
        var cpu: Int64 = 0
        var peak: Int64 = 0
        let (reason, group) = state.withLock { state in
            Children.release(processID)
            #if DEBUG
                if !SeededBug.workerUnreaped.isOn {
                    _ = unsafe clinux_wait(processID, &status, &cpu, &peak)
                }
            #else
                _ = unsafe clinux_wait(processID, &status, &cpu, &peak)
            #endif
            state.isReaped = true
            return (state.endedBecause, state.group)
        }
        let figures = group?.figures()
        group?.remove()
        var number: Int32 = 0
        let exited = unsafe clinux_exited(status, &number) == 1
        return WorkerExit(
            exitCode: exited ? number : nil, signal: exited ? nil : number,
            usage: WorkUsage(
                cpuSeconds: Double(cpu) / 1_000_000, peakResidentBytes: peak * 1024),
            lastWords: Self.display(words), group: figures, endedBecause: reason)
    }

    /// nil = ended or failed; at most 64 KiB.
    private static func readSome(_ descriptor: Int32) -> [UInt8]? {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = max(0, unsafe read(descriptor, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func display(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
            scalar == "\n" ? " ⏎ " : scalar.value < 32 || scalar.value == 127 ? "·" : String(scalar)
        }.joined().trimmingCharacters(in: .whitespaces)
    }

    private static func withCStrings(
        _ arguments: [String], _ environment: [String],
        _ body: (
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
            UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        ) -> Int32
    ) -> Int32 {
        var first = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var second = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            // By index: swift-format 6.3 joins the words of `for unsafe pointer in`.
            for index in unsafe first.indices { unsafe free(first[index]) }
            for index in unsafe second.indices { unsafe free(second[index]) }
        }
        return unsafe first.withUnsafeMutableBufferPointer { first in
            unsafe second.withUnsafeMutableBufferPointer { second in
                guard let one = first.baseAddress, let two = second.baseAddress else {
                    return EINVAL
                }
                return unsafe body(one, two)
            }
        }
    }
}
