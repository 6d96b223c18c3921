import Hummingbird
import NIOCore

/// Closes a connection whose client takes too long over one thing: sending a body, or reading an
/// answer. There are few connections, and each that hangs is one that an operator cannot have.
struct ClientDeadline: Sendable {
    private static let patience = TimeAmount.seconds(30)

    private let task: Scheduled<Void>

    /// Begins to count.
    init(_ channel: any Channel) {
        task = channel.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }

    func met() { task.cancel() }
}

/// Gives clients a limited time to read a long answer. Event streams have no length: they are
/// limited in number instead.
struct SlowReaderMiddleware: RouterMiddleware {
    typealias Context = ControlContext

    /// What the kernel takes at once needs no deadline.
    private static let long = 64 << 10

    func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let length = response.body.contentLength, length > Self.long else { return response }
        let deadline = ClientDeadline(context.channel)
        response.body = ResponseBody(contentLength: length) { [body = response.body] writer in
            defer { deadline.met() }
            try await body.write(writer)
        }
        return response
    }
}
