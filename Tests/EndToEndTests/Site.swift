import Foundation
import Synchronization
import TestSupport

/// A `vitrined` of a test's own with everything below one directory, and `vitrinectl` to steer it.
final class Site: Sendable {
    let directory: TemporaryDirectory
    let environment: [String: String]
    private let current = Mutex<RunningProgram?>(nil)
    private let remembered = Mutex<[Life]>([])

    /// One daemon from its start to its end.
    struct Life: Sendable {
        let daemon: RunningProgram
        let start: Date
        /// Whether something was to go wrong in it.
        let isHarmed: Bool
    }

    /// - Parameter settings: overrides as in the environment, without the prefix:
    ///   `["WORKERS_COUNT": "2"]`.
    convenience init(_ name: String = "site", _ settings: [String: String] = [:]) throws {
        try self.init(at: TemporaryDirectory(name), settings)
    }

    /// A site in a directory that may have been one before.
    init(at directory: TemporaryDirectory, _ settings: [String: String] = [:]) throws {
        self.directory = directory
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("VITRINE_")
        }
        for (key, value) in settings { environment["VITRINE_\(key)"] = value }
        environment["VITRINE_SOCKET"] = directory.file("control.sock").path
        self.environment = environment
    }

    var inbox: URL { directory.file("inbox") }
    var originals: URL { directory.file("originals") }
    var quarantine: URL { directory.file("quarantine") }
    var state: URL { directory.file("state") }
    var storage: URL { directory.file("storage") }

    // MARK: The daemon

    /// Starts a daemon without waiting for it.
    /// - Parameter more: variables of this life alone, with their whole names.
    func launch(_ more: [String: String] = [:]) throws -> RunningProgram {
        let start = Date()
        let daemon = try RunningProgram(
            PackageLayout.product("vitrined"), ["--embedded", directory.url.path],
            environment: environment.merging(more) { $1 })
        current.withLock { $0 = daemon }
        let isHarmed = ["VITRINE_FAILPOINT", "FAILING_CALLS_ORDER"].contains { more[$0] != nil }
        let life = Life(daemon: daemon, start: start, isHarmed: isHarmed)
        // A case has three at most; each holds files as long as it is remembered.
        remembered.withLock { $0 = $0.suffix(3) + [life] }
        return daemon
    }

    /// The newest lives, the newest last.
    var lives: [Life] { remembered.withLock { $0 } }

    /// The daemon of the newest life, while it runs.
    var daemon: RunningProgram? { current.withLock { $0?.isRunning == true ? $0 : nil } }

    /// Starts the daemon and waits until it answers.
    @discardableResult
    func start(_ more: [String: String] = [:]) async throws -> RunningProgram {
        let daemon = try launch(more)
        try await answering(daemon)
        return daemon
    }

    /// Waits until this daemon answers on its socket.
    func answering(_ daemon: RunningProgram, within limit: Duration = .seconds(60)) async throws {
        try await Waiting.until("an answer of vitrined", within: limit) {
            if let ended = daemon.termination {
                throw SiteError("vitrined ended: \(ended)\n\(daemon.error.suffix(3000))")
            }
            let status = try? await status()
            return status?["pid"]?.int == Int(daemon.identifier) ? true : nil
        }
    }

    /// Stops the daemon in the orderly way.
    @discardableResult
    func stop(atMost limit: Duration = .seconds(60)) async throws -> Termination {
        guard let daemon = current.withLock({ $0 }) else { throw SiteError("not started") }
        daemon.send(SIGTERM)
        return try await daemon.wait(atMost: limit)
    }

    /// Ends the newest life in the disorderly way.
    func kill() async {
        daemon?.sendToGroup(SIGKILL)
        _ = await current.withLock { $0 }?.wait()
    }

    // MARK: The operator

    func ctl(_ arguments: String..., input: Data? = nil) async throws -> ProgramResult {
        try await ctl(arguments)
    }

    func ctl(_ arguments: [String]) async throws -> ProgramResult {
        try await Program(PackageLayout.product("vitrinectl")).result(
            arguments, environment: environment)
    }

    /// A verb's `--json` document.
    func json(_ arguments: String...) async throws -> JSONValue { try await json(arguments) }

    func json(_ arguments: [String]) async throws -> JSONValue {
        let result = try await ctl(arguments + ["--json"])
        guard result.termination == .exited(0) else {
            throw SiteError("\(arguments): \(result.termination) \(result.error)")
        }
        return try JSONValue(parsing: result.output)
    }

    /// Straight from the socket: cheap enough to look often.
    func get(_ path: String) async throws -> JSONValue {
        let socket = directory.file("control.sock").path
        let output = try await Program("curl").run(
            ["-sS", "--max-time", "20", "--unix-socket", socket, "http://vitrine/v1\(path)"])
        return try JSONValue(parsing: output)
    }

    func status() async throws -> JSONValue { try await get("/status") }

    func items() async throws -> [JSONValue] {
        try await get("/items?limit=1000")["items"]?.array ?? []
    }

    func jobs() async throws -> [JSONValue] {
        try await get("/jobs?limit=1000")["jobs"]?.array ?? []
    }

    // MARK: The uploader

    /// Puts a file into the inbox as an uploader should: hidden while it is copied, then renamed.
    @discardableResult
    func upload(_ file: URL, as name: String? = nil) throws -> String {
        let name = name ?? file.lastPathComponent
        let hidden = inbox.appending(path: ".\(name)")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: file, to: hidden)
        try FileManager.default.moveItem(at: hidden, to: inbox.appending(path: name))
        return name
    }

    @discardableResult
    func upload(_ data: Data, as name: String) throws -> String {
        try upload(try directory.write(data, to: "uploads/\(name)"))
    }

    /// Waits until every file of these names has come to an end; gives the items by file name.
    @discardableResult
    func finished(
        _ names: [String], within limit: Duration = .seconds(300)
    ) async throws -> [String: JSONValue] {
        var last: [JSONValue] = []
        do {
            return try await Waiting.until(
                "\(names.count) items", within: limit, every: .milliseconds(200)
            ) {
                // A daemon that is being killed does not answer; the next one will.
                guard let items = try? await items() else { return nil }
                last = items
                let ended = items.filter {
                    ["ready", "failed", "cancelled"].contains($0["state"]?.string ?? "")
                }
                let byName = Dictionary(
                    ended.map { ($0["fileName"]?.string ?? "", $0) },
                    uniquingKeysWith: { a, _ in a })
                return names.allSatisfy { byName[$0] != nil } ? byName : nil
            }
        } catch {
            let jobs = (try? await jobs()) ?? []
            let log = current.withLock { $0?.error } ?? ""
            throw SiteError(
                "\(error)\nitems: \(last.map { "\($0["fileName"]?.string ?? ""): \($0["state"]?.string ?? "")" })"
                    + "\njobs: \(jobs.map { "\($0["fileName"]?.string ?? ""): \($0["state"]?.string ?? "") \($0["reason"] ?? .null)" })"
                    + "\nlog: \(log.suffix(4000))")
        }
    }

    /// Uploads and waits for one file; gives its item.
    func process(
        _ file: URL, as name: String? = nil, within limit: Duration = .seconds(300)
    ) async throws -> JSONValue {
        let name = try upload(file, as: name)
        guard let item = try await finished([name], within: limit)[name] else {
            throw SiteError("no item for \(name)")
        }
        return item
    }
}

struct SiteError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
