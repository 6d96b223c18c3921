import ControlAPI
import Hummingbird
import JobQueue
import ServiceLifecycle

extension ControlInterface {
    /// Read and sent at a time: a slow reader holds up itself, and this much memory.
    private static let eventsAtATime = 200
    /// A quiet stream says something this often, so that a reader that has gone is noticed.
    private static let keepAlive = Duration.seconds(15)

    /// The event log as one JSON document per line; with `follow` until somebody ends it.
    func events(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("since", "follow")
        let since =
            try request.query("since", "a whole number, 0 or more") { text in
                Int64(text).flatMap { $0 >= 0 ? $0 : nil }
            } ?? 0
        let follow = try request.flag("follow")
        guard let place = eventStreams.place() else {
            throw Problem(
                .unavailable, "there are \(EventStreamLimit.count) readers of events already",
                hint: "end one of them, or read without --follow a little later")
        }
        // The first page now, so that a store in trouble is a problem document and not a cut.
        _ = try await daemon.store.events(since: since, limit: 1)

        var fields = HTTPFields()
        fields[.contentType] = "application/x-ndjson"
        fields[.cacheControl] = "no-store"
        let store = daemon.store
        let body = ResponseBody { writer in
            // Subscribe before the first read: an event in between is then seen twice, not never.
            let (wakes, wake) = AsyncStream.makeStream(
                of: Bool.self, bufferingPolicy: .bufferingNewest(1))
            let changes = store.changes()
            let pump = Task { for await _ in changes { wake.yield(true) } }
            let clock = Task {
                while !Task.isCancelled {
                    do { try await Task.sleep(for: Self.keepAlive) } catch { return }
                    wake.yield(false)
                }
            }
            defer {
                pump.cancel()
                clock.cancel()
            }
            var next = since
            try await withGracefulShutdownHandler {
                try await Self.send(from: store, after: &next, to: &writer)
                guard follow, !Task.isShuttingDownGracefully else { return }
                for await isChange in wakes {
                    let before = next
                    try await Self.send(from: store, after: &next, to: &writer)
                    if !isChange, next == before {
                        try await writer.write(ByteBuffer(string: "\n"))
                    }
                }
            } onGracefulShutdown: {
                wake.finish()
            }
            try await writer.finish(nil)
            withExtendedLifetime(place) {}
        }
        return Response(status: HTTPResponse.Status(code: 200), headers: fields, body: body)
    }

    @concurrent private static func send(
        from store: any JobStore, after next: inout Int64, to writer: inout any ResponseBodyWriter
    ) async throws {
        while true {
            let events = try await store.events(since: next, limit: eventsAtATime)
            guard let last = events.last else { return }
            var buffer = ByteBuffer()
            for event in events {
                buffer.writeBytes(try ControlCoding.encode(EventDocument(event)))
                buffer.writeString("\n")
            }
            try await writer.write(buffer)
            next = last.sequence
        }
    }
}
