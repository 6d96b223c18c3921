import Logging
import MediaModel
import ServiceLifecycle
import Testing

@testable import Daemon

/// A stop may come at any moment of the start.
struct ReadinessTests {
    @Test func aStopBeforeEverythingIsReadyIsAnOrderlyOne() async throws {
        let (looked, look) = AsyncStream<Void>.makeStream()
        let health = DaemonHealth(startedAt: Timestamp(secondsSince1970: 0))
        health.openControl()
        let duty = ReadinessDuty(
            manager: ServiceManager(environment: [:], processID: 1), health: health,
            isIntakeReady: {
                look.yield()
                return false
            },
            onReady: { Issue.record("nothing was ready") })
        let services = ServiceGroup(
            configuration: .init(services: [.init(service: duty)], logger: Logger(label: "test")))
        async let ended: Void = services.run()
        for await _ in looked { break }
        await services.triggerGracefulShutdown()
        try await ended
    }
}
