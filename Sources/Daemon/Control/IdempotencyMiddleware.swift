import ControlAPI
import Foundation
import Hummingbird
import JobQueue
import MediaModel
import NIOCore
import Planning
import Synchronization

/// Does a change with an `Idempotency-Key` once and gives its answer to every repetition, also
/// after a restart: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
///
/// Only what succeeded is kept: a request that was refused has changed nothing and may be tried
/// again.
struct IdempotencyMiddleware: RouterMiddleware {
    typealias Context = ControlContext

    let store: any JobStore
    let now: @Sendable () -> Timestamp
    private let running = RunningKeys()

    init(store: any JobStore, now: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.now = now
    }

    func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .post, let key = try Self.key(of: request) else {
            return try await next(request, context)
        }
        // Two users may choose the same key.
        let user = await PeerCredentials.of(context.channel)?.userID ?? 0
        let name = "\(user) \(key)"
        let body = try await ControlRequest(request: request, context: context).bytes()
        let fingerprint = Fingerprint.digest([request.uri.string, body.base64EncodedString()])
        guard running.begin(name) else {
            throw Problem(
                .conflict, "a request with this Idempotency-Key has not ended yet",
                hint: "wait for its answer, or send the key again a little later")
        }
        defer { running.end(name) }
        if let kept = try await store.keptAnswer(to: name, at: now()) {
            guard kept.fingerprint == fingerprint else {
                throw Problem(
                    .unusableInput, "this Idempotency-Key came with another request before",
                    hint: "a new request takes a new key")
            }
            return Self.response(kept, isReplayed: true)
        }
        var again = request
        again.body = .init(buffer: ByteBuffer(bytes: body))
        let response = try await next(again, context)
        let status = response.status.code
        guard (200..<300).contains(status) else { return response }
        let collector = BodyCollector()
        try await response.body.write(collector)
        let answer = KeptAnswer(
            key: name, fingerprint: fingerprint, status: status, body: collector.bytes)
        try await store.keep(answer, at: now())
        return Self.response(answer, isReplayed: false)
    }

    private static func response(_ answer: KeptAnswer, isReplayed: Bool) -> Response {
        var response = Response.json(
            bytes: ByteBuffer(bytes: answer.body), status: answer.status)
        if isReplayed, let name = HTTPFields.Element.Name("Idempotency-Replayed") {
            response.headers[name] = "true"
        }
        return response
    }

    /// nil when there is none.
    private static func key(of request: Request) throws(Problem) -> String? {
        guard let name = HTTPFields.Element.Name("Idempotency-Key"),
            let text = request.headers[name]
        else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (33...126).contains($0) })
        else {
            throw Problem(
                .badRequest, "Idempotency-Key: expected 1 to 255 visible ASCII characters",
                hint: "a UUID will do")
        }
        return text
    }
}

/// The keys whose requests are being answered.
private final class RunningKeys: Sendable {
    private let keys = Mutex<Set<String>>([])

    func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: String) { keys.withLock { _ = $0.remove(key) } }
}

/// Takes an answer's bytes before they are sent.
private final class BodyCollector: ResponseBodyWriter, Sendable {
    private let collected = Mutex(Data())

    var bytes: Data { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
