import Intake
import Logging
import MediaModel
import Pipeline
import ServiceLifecycle
import Storage

/// Takes uploads in until the daemon stops.
struct IntakeDuty: Service {
    let intake: IntakeService

    func run() async throws {
        // What is half copied is found again at the next start, so ending at once is right.
        do {
            try await cancelWhenGracefulShutdown { try await intake.run() }
        } catch is CancellationError {
        }
    }
}

/// Runs jobs; at the end lets running ones finish, up to a limit.
struct SchedulerDuty: Service {
    let scheduler: Scheduler
    let drainLimit: Duration
    let logger: Logger

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Returns by itself when it is drained.
                try await scheduler.run()
            }
            group.addTask {
                do { try await gracefulShutdown() } catch { return }
                let count = await scheduler.runningCount
                logger.notice(
                    "draining",
                    metadata: [
                        "jobs.running": "\(count)",
                        "drain.limit": "\(DurationText.format(drainLimit))",
                    ])
                await scheduler.drain(limit: drainLimit)
                logger.notice("drained")
            }
            // The first to end is the scheduler: with a failure, or because it was drained.
            try await group.next()
            try await group.next()
        }
    }
}

/// Ends attempts that nobody works on any more.
struct RescuerDuty: Service {
    let rescuer: Rescuer

    func run() async throws {
        await cancelWhenGracefulShutdown { await rescuer.run() }
    }
}

/// Keeps the warm workers until nobody needs one.
struct WorkerPoolDuty: Service {
    let pool: WorkerPool

    func run() async throws {
        try? await gracefulShutdown()
        await pool.stop()
    }
}

/// Ends the daemon when something met a failed sync.
struct FatalDuty: Service {
    let health: DaemonHealth

    func run() async throws {
        await cancelWhenGracefulShutdown { for await _ in health.fatalSignal {} }
        if let failure = health.fatal { throw failure }
    }
}
