import ControlAPI
import Hummingbird
import JobQueue
import MediaModel
import NIOCore
import ServiceLifecycle

/// One reader of the event log. It is read from the store at the reader's own pace, so a slow one
/// costs a connection and no memory; one that is too slow is told so and ended.
struct EventStream: Sendable {
    /// Read and sent at a time.
    private static let batch = 200
    /// A quiet stream says something this often.
    private static let keepAlive = Duration.seconds(15)
    /// A batch that takes longer was held up by its reader. What it is told then, it reads with
    /// what came before, for nothing is skipped.
    static let patience = Duration.seconds(5)

    let store: any JobStore
    let format: EventStreamFormat
    let isFollowing: Bool
    let channel: any Channel
    let now: @Sendable () -> Timestamp

    /// Sends everything after a number, and with `isFollowing` what comes until the daemon stops.
    @concurrent func run(
        after since: Int64, to writer: inout any ResponseBodyWriter
    ) async throws {
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
            let opening = ByteBuffer(string: format.opening)
            if opening.readableBytes > 0 { try await writer.write(opening) }
            guard try await send(after: &next, to: &writer) else { return }
            guard isFollowing, !Task.isShuttingDownGracefully else { return }
            for await isChange in wakes {
                let before = next
                guard try await send(after: &next, to: &writer) else { return }
                if !isChange, next == before {
                    try await writer.write(ByteBuffer(string: format.keepAlive))
                }
            }
        } onGracefulShutdown: {
            wake.finish()
        }
        try await writer.finish(nil)
    }

    /// - Returns: false when the reader was too slow and has been told.
    @concurrent private func send(
        after next: inout Int64, to writer: inout any ResponseBodyWriter
    ) async throws -> Bool {
        while true {
            let events = try await store.events(since: next, limit: Self.batch)
            guard let last = events.last else { return true }
            var buffer = ByteBuffer()
            for event in events { try format.write(EventDocument(event), to: &buffer) }
            let begin = ContinuousClock.now
            // One that does not read at all loses its connection.
            let deadline = ClientDeadline(channel)
            defer { deadline.met() }
            try await writer.write(buffer)
            next = last.sequence
            guard ContinuousClock.now - begin > Self.patience else { continue }
            var marker = ByteBuffer()
            try format.write(
                EventDocument(sequence: next, time: now(), type: EventDocument.dropped),
                to: &marker)
            try await writer.write(marker)
            return false
        }
    }
}
