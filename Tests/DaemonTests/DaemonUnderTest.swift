import ControlAPI
import Foundation
import Glibc
import MediaModel
import TestSupport
import Testing

/// A daemon of a test's own; ended with the test.
final class DaemonUnderTest: Sendable {
    let directory: TemporaryDirectory
    let program: RunningProgram
    let environment: [String: String]

    var socket: String { directory.file("d/control.sock").path }

    /// - Parameters:
    ///   - file: further settings in YAML, in a file that `configure` replaces; nil = no file at all.
    ///   - program: instead of the built one.
    ///   - prepare: what is in the directory before the daemon is.
    init(
        settings: [String: String] = [:], file: String? = nil,
        program executable: URL = PackageLayout.product("vitrined"),
        prepare: (TemporaryDirectory) async throws -> Void = { _ in }
    ) async throws {
        directory = try TemporaryDirectory("daemon")
        try await prepare(directory)
        var arguments = ["--embedded", directory.file("d").path]
        if let file {
            let places = ["inbox", "originals", "quarantine", "state", "storage", "recipes"]
            let paths = places.map { "\($0): { path: ../d/\($0) }\n" }.joined()
            let main = try directory.write(
                paths + "control: { socket: ../d/control.sock }\n", to: "etc/vitrine.yaml")
            try directory.write(file, to: "etc/conf.d/test.yaml")
            arguments = ["--config", main.path]
        }
        var environment = ["PATH": "/usr/bin:/bin"]
        if file?.contains("minimumFree") != true {
            environment["VITRINE_INBOX_MINIMUM_FREE"] = "1MiB"
        }
        // Another build's worker, where this one is not built with the tests.
        environment["VITRINE_WORKER"] = ProcessInfo.processInfo.environment["VITRINE_WORKER"]
        environment.merge(settings) { _, new in new }
        self.environment = environment
        let running = try RunningProgram(executable, arguments, environment: environment)
        program = running
        try await Waiting.until("the daemon to be ready", within: .seconds(20)) { () -> Bool? in
            try #require(
                running.isRunning,
                "it ended: \(String(describing: running.termination)) \(running.error)")
            return running.error.contains("message=ready") ? true : nil
        }
    }

    func ctl(_ arguments: String...) async throws -> ProgramResult {
        try await Program(PackageLayout.product("vitrinectl")).result(
            arguments + ["--socket", socket], environment: ["PATH": "/usr/bin:/bin"])
    }

    func json<Value: Decodable>(
        _ type: Value.Type, _ arguments: String...
    ) async throws -> Value {
        let bytes = try await Program(PackageLayout.product("vitrinectl")).run(
            arguments + ["--json", "--socket", socket], environment: ["PATH": "/usr/bin:/bin"])
        return try ControlCoding.decode(type, from: bytes)
    }

    /// What curl gets: an HTTP client of another house.
    func curl(_ path: String, _ options: String...) async throws -> (status: Int, body: Data) {
        let bytes = try await Program("curl").run(
            ["-sS", "-w", "\n%{http_code}", "--unix-socket", socket]
                + options + ["http://vitrine\(path)"])
        let cut = try #require(bytes.lastIndex(of: UInt8(ascii: "\n")))
        let status = Int(String(decoding: bytes[(cut + 1)...], as: UTF8.self))
        return (try #require(status), Data(bytes[..<cut]))
    }

    /// Replaces the further settings; nothing is reloaded.
    func configure(_ yaml: String) throws {
        try directory.write(yaml, to: "etc/conf.d/test.yaml")
    }

    func stop() async throws -> Termination {
        program.send(SIGTERM)
        return try await program.wait(atMost: .seconds(60))
    }
}
