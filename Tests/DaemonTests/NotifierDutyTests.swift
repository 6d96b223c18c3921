import Foundation
import JobQueue
import MediaModel
import TestSupport
import Testing

@testable import Daemon

@Suite struct NotifierDutyTests {
    private let status = QueueStatus(
        jobs: [.available: 2, .running: 1, .retryable: 0], items: [:], pause: nil,
        oldestAvailable: nil)

    /// What is told within some feedings of a watchdog that waits 200 ms; the duty is ended then.
    private func told(
        isStopping: Bool = false, turn: @escaping @Sendable () async -> Void,
        answers: @escaping @Sendable () async -> QueueStatus?
    ) async throws -> [String] {
        let directory = try TemporaryDirectory("notifier")
        let listener = try NotifyListener(directory)
        let health = DaemonHealth(startedAt: Timestamp(millisecondsSince1970: 0))
        if isStopping { health.beginStopping() }
        let duty = NotifierDuty(
            manager: ServiceManager(
                environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "200000"],
                processID: 1),
            health: health, turn: turn, status: answers)
        let running = Task { try await duty.run() }
        defer { running.cancel() }
        var messages: [String] = []
        let end = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < end, messages.count < 6 {
            if let message = listener.next() { messages.append(message) }
            await Task.yield()
        }
        return messages
    }

    @Test func theWatchdogIsFedAfterATurnAndAnAnswer() async throws {
        let messages = try await told(turn: {}, answers: { [status] in status })
        #expect(messages.count { $0 == "WATCHDOG=1" } >= 2)
        #expect(messages.contains("STATUS=1 running, 2 available, 0 retryable"))
    }

    /// Else a daemon that takes no job any more would look healthy for ever.
    @Test func aSchedulerThatHangsStarvesTheWatchdog() async throws {
        let (never, end) = AsyncStream<Void>.makeStream()
        defer { end.finish() }
        let messages = try await told(
            turn: { for await _ in never {} }, answers: { [status] in status })
        #expect(messages == [])
    }

    @Test func aStoreWithoutAnAnswerStarvesTheWatchdog() async throws {
        #expect(try await told(turn: {}, answers: { nil }) == [])
    }

    @Test func aStopAsksForTime() async throws {
        let messages = try await told(isStopping: true, turn: {}, answers: { [status] in status })
        #expect(messages.contains("EXTEND_TIMEOUT_USEC=400000"))
        #expect(messages.contains("STATUS=stopping: 1 running, 2 available, 0 retryable"))
    }
}
