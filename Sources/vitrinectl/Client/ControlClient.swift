import AsyncHTTPClient
import ControlAPI
import Foundation
import NIOCore
import NIOHTTP1

/// Speaks HTTP to the daemon over its Unix socket.
struct ControlClient: Sendable {
    /// The longest answer that is read: a page of a thousand items with long reasons.
    private static let longestAnswer = 64 << 20
    /// A plan needs a probe, which may take a minute of its own.
    static let patience = TimeAmount.minutes(3)
    /// Reading everything stored at a modest rate.
    static let longPatience = TimeAmount.hours(24)

    private let location: SocketLocation
    private let client: HTTPClient

    /// Runs a body with a client and closes it.
    static func with<Value: Sendable>(
        _ location: SocketLocation, _ body: (ControlClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        // A daemon that is not there shall be said at once, not after ten seconds of trying.
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(configuration: configuration)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(ControlClient(location: location, client: http)))
        } catch {
            result = .failure(error)
        }
        try? await http.shutdown()
        return try result.get()
    }

    /// The bytes of an answer; a problem document becomes a `CommandFailure`.
    func get(_ path: String) async throws(CommandFailure) -> Data {
        try await send(.GET, path, body: nil)
    }

    func get<Answer: Decodable>(
        _ path: String, as type: Answer.Type
    ) async throws(CommandFailure) -> Answer {
        try Self.decode(type, from: try await get(path))
    }

    /// Gives up after so long.
    func get<Answer: Decodable>(
        _ path: String, as type: Answer.Type, within limit: TimeAmount
    ) async throws(CommandFailure) -> Answer {
        try Self.decode(type, from: try await send(.GET, path, body: nil, timeout: limit))
    }

    /// - Parameter limit: for what takes longer than a plan.
    func post(
        _ path: String, _ body: (some Encodable)?, within limit: TimeAmount = Self.patience
    ) async throws(CommandFailure) -> Data {
        let bytes: Data?
        do {
            bytes = try body.map { try ControlCoding.encode($0) }
        } catch {
            throw CommandFailure(.usage, "the request cannot be written as JSON: \(error)")
        }
        return try await send(.POST, path, body: bytes, timeout: limit)
    }

    /// - Parameter limit: for what takes longer than a plan.
    func delete(
        _ path: String, within limit: TimeAmount = Self.patience
    ) async throws(CommandFailure) -> Data {
        try await send(.DELETE, path, body: nil, timeout: limit)
    }

    /// Runs `body` for every line of an answer that may never end.
    func lines(
        _ path: String, _ body: (Data) throws -> Void
    ) async throws {
        let response = try await execute(.GET, path, body: nil, timeout: .hours(24 * 365))
        guard response.status == .ok else { throw await Self.failure(response) }
        var pending = Data()
        do {
            for try await chunk in response.body {
                pending.append(contentsOf: chunk.readableBytesView)
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    try body(Data(pending[pending.startIndex..<end]))
                    pending = Data(pending[pending.index(after: end)...])
                }
            }
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(
                .unreachable, "the daemon ended the connection: \(error)",
                hint: "continue with --since and the last number you have seen")
        }
    }

    static func decode<Answer: Decodable>(
        _ type: Answer.Type, from bytes: Data
    ) throws(CommandFailure) -> Answer {
        do {
            return try ControlCoding.decode(type, from: bytes)
        } catch {
            throw CommandFailure(
                .daemonMistake, "the daemon's answer is not understood: \(error)",
                hint: "vitrinectl is version \(VitrineVersion.current); "
                    + "vitrinectl version shows the daemon's")
        }
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: Data?,
        timeout: TimeAmount = Self.patience
    ) async throws(CommandFailure) -> Data {
        let response = try await execute(method, path, body: body, timeout: timeout)
        guard (200..<300).contains(response.status.code) else {
            throw await Self.failure(response)
        }
        do {
            let bytes = try await response.body.collect(upTo: Self.longestAnswer)
            return Data(bytes.readableBytesView)
        } catch {
            throw CommandFailure(.unreachable, "the daemon's answer broke off: \(error)")
        }
    }

    private func execute(
        _ method: HTTPMethod, _ path: String, body: Data?, timeout: TimeAmount
    ) async throws(CommandFailure) -> HTTPClientResponse {
        guard let url = URL(httpURLWithSocketPath: location.path, uri: "/v1\(path)") else {
            throw CommandFailure(.usage, "\(location.path) cannot be the path of a socket")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        request.headers.add(name: "user-agent", value: "vitrinectl/\(VitrineVersion.current)")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            return try await client.execute(request, timeout: timeout)
        } catch let error as HTTPClientError
            where error == .deadlineExceeded || error == .readTimeout
        {
            throw CommandFailure(.temporary, "the daemon did not answer in time")
        } catch {
            throw location.explain(error)
        }
    }

    private static func failure(_ response: HTTPClientResponse) async -> CommandFailure {
        if let bytes = try? await response.body.collect(upTo: 1 << 20),
            let problem = try? ControlCoding.decode(
                Problem.self, from: Data(bytes.readableBytesView))
        {
            return CommandFailure(problem)
        }
        return CommandFailure(.daemonMistake, "the daemon answered \(response.status)")
    }
}
