package import Foundation
import Glibc
import Synchronization

/// How a program ended.
package enum Termination: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    init(status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
}

/// A program that was started and is watched until it ends; killed with its process group when the
/// last reference goes.
///
/// Standard output and error go to files, so a program that says much never waits for its reader.
package final class RunningProgram: Sendable {
    package let identifier: pid_t
    package let outputFile: URL
    package let errorFile: URL
    private let directory: TemporaryDirectory
    private let state = Mutex(State())

    private struct State {
        var termination: Termination?
        var waiters: [CheckedContinuation<Termination, Never>] = []
    }

    /// - Parameters:
    ///   - environment: nil = this process's own.
    ///   - input: what the program reads from standard input; nil = nothing.
    package init(
        _ executable: URL, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: URL? = nil, input: Data? = nil
    ) throws {
        let place = try TemporaryDirectory("program")
        self.directory = place
        outputFile = place.file("stdout")
        errorFile = place.file("stderr")
        var inputPath = "/dev/null"
        if let input { inputPath = try place.write(input, to: "stdin").path }
        // posix_spawn cannot change the directory in this C library's default headers; env(1) can.
        let command =
            directory.map { ["/usr/bin/env", "-C", $0.path, executable.path] } ?? [executable.path]
        identifier = try Self.spawn(
            command + arguments,
            environment: environment ?? ProcessInfo.processInfo.environment,
            input: inputPath, output: outputFile.path, error: errorFile.path)
        let child = identifier
        AtExit.kill(group: child)
        let thread = Thread { [weak self] in
            var status: Int32 = 0
            while unsafe waitpid(child, &status, 0) == -1 && errno == EINTR {}
            self?.ended(Termination(status: status))
        }
        thread.start()
    }

    deinit {
        if state.withLock({ $0.termination }) == nil { kill(-identifier, SIGKILL) }
    }

    private func ended(_ termination: Termination) {
        let waiters = state.withLock { state in
            // Before its number can belong to another.
            state.termination = termination
            AtExit.forget(group: identifier)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: termination) }
    }

    /// nil while it runs.
    package var termination: Termination? { state.withLock { $0.termination } }
    package var isRunning: Bool { termination == nil }

    /// Sends a signal to the program alone, unless it has ended.
    package func send(_ signal: Int32) {
        state.withLock { state in
            // Under the lock, so that the number cannot have been reaped and given to another.
            if state.termination == nil { _ = kill(identifier, signal) }
        }
    }

    /// Sends a signal to the program and everything it started in its process group.
    package func sendToGroup(_ signal: Int32) {
        state.withLock { state in
            if state.termination == nil { _ = kill(-identifier, signal) }
        }
    }

    /// Waits until the program ends.
    package func wait() async -> Termination {
        await withCheckedContinuation { continuation in
            let ended: Termination? = state.withLock { state in
                if state.termination == nil { state.waiters.append(continuation) }
                return state.termination
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }

    /// Waits until the program ends; kills its process group when that takes longer than `limit`.
    package func wait(atMost limit: Duration) async throws -> Termination {
        let overdue = Mutex(false)
        let watchdog = DispatchWorkItem { [weak self] in
            // It may have ended long ago, and who waits for it not have had a thread to hear of it.
            guard let self, self.isRunning else { return }
            overdue.withLock { $0 = true }
            self.sendToGroup(SIGKILL)
        }
        DispatchQueue.global().asyncAfter(
            deadline: .now() + limit.seconds, execute: watchdog)
        let termination = await wait()
        watchdog.cancel()
        if overdue.withLock({ $0 }) {
            throw ProgramError(
                "process \(identifier) did not end within \(limit)", output: output, error: error)
        }
        return termination
    }

    /// Standard output so far.
    package var output: Data { (try? Data(contentsOf: outputFile)) ?? Data() }
    /// Standard error so far, as text.
    package var error: String {
        String(decoding: (try? Data(contentsOf: errorFile)) ?? Data(), as: UTF8.self)
    }
}

extension RunningProgram {
    private static func spawn(
        _ arguments: [String], environment: [String: String], input: String, output: String,
        error: String
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, create, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, error, create, 0o600)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The test runner's blocked and ignored signals are no business of the program.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            // By index: swift-format 6.3 breaks `for unsafe text in …`.
            for index in unsafe argv.indices { unsafe free(argv[index]) }
            for index in unsafe envp.indices { unsafe free(envp[index]) }
        }
        var child: pid_t = 0
        let code = unsafe posix_spawn(&child, arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else {
            throw ProgramError(
                "cannot start \(arguments[0]): \(unsafe String(cString: strerror(code)))")
        }
        return child
    }
}

/// A program could not be started, did not end in time, or ended badly.
package struct ProgramError: Error, CustomStringConvertible {
    package var description: String

    init(_ message: String, output: Data = Data(), error: String = "") {
        description = message
        if !output.isEmpty {
            description += "\nstdout: \(String(decoding: output.suffix(4000), as: UTF8.self))"
        }
        if !error.isEmpty { description += "\nstderr: \(error.suffix(4000))" }
    }
}

extension Duration {
    /// In seconds, with fractions.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
