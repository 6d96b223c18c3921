package import Foundation
import Glibc

/// A program of the machine that tests call: an oracle, or a maker of fixtures.
package struct Program: Sendable {
    package let executable: URL

    /// - Throws: `ProgramError` when the name is found in no directory of `PATH`.
    package init(_ name: String) throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        for directory in path.split(separator: ":") {
            let candidate = "\(directory)/\(name)"
            if unsafe access(candidate, X_OK) == 0 {
                executable = URL(filePath: candidate)
                return
            }
        }
        throw ProgramError("\(name) is not installed: `make deps` installs what the tests need")
    }

    package init(_ executable: URL) { self.executable = executable }

    /// Enough for every core to have work while some of the programs read and write.
    private static let turns = Turns(2 * ProcessInfo.processInfo.activeProcessorCount)

    /// Runs to the end and gives everything it said, whatever its exit status.
    ///
    /// Waits for its turn first; `limit` counts from the start of the program.
    package func result(
        _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil,
        input: Data? = nil, atMost limit: Duration = .seconds(120)
    ) async throws -> ProgramResult {
        try await Self.turns.take {
            let running = try RunningProgram(
                executable, arguments, environment: environment, directory: directory, input: input)
            let termination = try await running.wait(atMost: limit)
            return ProgramResult(
                termination: termination, output: running.output, error: running.error)
        }
    }

    /// Runs to the end and gives standard output.
    ///
    /// - Throws: `ProgramError` with what it said when it does not exit with 0.
    @discardableResult
    package func run(
        _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil,
        input: Data? = nil, atMost limit: Duration = .seconds(120)
    ) async throws -> Data {
        let result = try await result(
            arguments, environment: environment, directory: directory, input: input, atMost: limit)
        guard result.termination == .exited(0) else {
            throw ProgramError(
                "\(executable.lastPathComponent) \(arguments.joined(separator: " ")): "
                    + "\(result.termination)",
                output: result.output, error: result.error)
        }
        return result.output
    }
}

/// What a program said, and how it ended.
package struct ProgramResult: Sendable {
    package var termination: Termination
    package var output: Data
    package var error: String

    /// Standard output as text.
    package var text: String { String(decoding: output, as: UTF8.self) }
}
