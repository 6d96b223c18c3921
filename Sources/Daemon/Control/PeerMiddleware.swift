import ControlAPI
import Hummingbird
import Logging

/// Asks the kernel who it is, lets through what they may do, and logs who changed something.
struct PeerMiddleware: RouterMiddleware {
    typealias Context = ControlContext

    let access: PeerAccess
    let logger: Logger

    func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        let isReading = request.method == .get || request.method == .head
        let peer = await PeerCredentials.of(context.channel)
        let right = await access.right(of: peer)
        let user = peer.map { String($0.userID) } ?? "unknown"
        guard right >= (isReading ? .read : .operate) else {
            logger.warning(
                "control request refused",
                metadata: ["http.path": "\(request.uri.path)", "peer.uid": "\(user)"])
            throw Self.refusal(user: user, mayRead: right == .read)
        }
        guard !isReading else { return try await next(request, context) }
        let response = try await next(request, context)
        logger.info(
            "control request",
            metadata: [
                "http.path": "\(request.uri.path)", "http.status": "\(response.status.code)",
                "peer.uid": "\(user)",
                "peer.pid": "\(peer.map { String($0.processID) } ?? "unknown")",
            ])
        return response
    }

    private static func refusal(user: String, mayRead: Bool) -> Problem {
        mayRead
            ? Problem(
                .notPermitted, "user \(user) may look at everything and change nothing",
                hint: "control.operators in the configuration names who may; then config reload")
            : Problem(
                .notPermitted, "user \(user) may not use the control socket",
                hint: "control.readers in the configuration names who may; then config reload")
    }
}
