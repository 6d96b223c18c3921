import JobQueue
import MediaModel
import ServiceLifecycle

/// Tells the service manager how we are. The watchdog is fed after a turn of the scheduler's loop and
/// an answer of the store: a daemon whose queue hangs is not alive.
struct NotifierDuty: Service {
    let manager: ServiceManager
    let health: DaemonHealth
    /// Returns when the scheduler's loop has taken a turn.
    let turn: @Sendable () async -> Void
    /// The store's answer; nil while it has none.
    let status: @Sendable () async -> QueueStatus?

    func run() async throws {
        // Nobody listens: nobody is woken for it.
        guard manager.isPresent else {
            try? await gracefulShutdown()
            return
        }
        // Often enough for the watchdog, and for a STATUS line that is worth reading.
        let interval = min(manager.watchdogInterval ?? .seconds(5), .seconds(5))
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await turn()
                if let status = await status() {
                    manager.alive()
                    manager.status(Self.line(status, isStopping: health.isStopping))
                }
                if health.isStopping { manager.extendTimeout(by: interval * 4) }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    static func line(_ status: QueueStatus, isStopping: Bool) -> String {
        let available = status.jobs[.available] ?? 0
        let running = status.jobs[.running] ?? 0
        let retryable = status.jobs[.retryable] ?? 0
        let pause = status.pause == nil ? "" : ", paused"
        let stop = isStopping ? "stopping: " : ""
        return "\(stop)\(running) running, \(available) available, \(retryable) retryable\(pause)"
    }
}

/// Says READY when everything before it runs and the control socket is open, STOPPING when the stop
/// begins: the last service to start is the first that is asked to end.
struct ReadinessDuty: Service {
    let manager: ServiceManager
    let health: DaemonHealth
    /// Becomes true when intake watches.
    let isIntakeReady: @Sendable () async -> Bool
    let onReady: @Sendable () -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                if health.isControlOpen, await isIntakeReady() { break }
                // A stop before we were ready is a stop like any other, not a failure.
                do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
            }
        }
        // Cancelled: another service failed, the control server for one.
        if !Task.isShuttingDownGracefully, !Task.isCancelled {
            health.becomeReady()
            manager.ready(status: "ready")
            onReady()
            try? await gracefulShutdown()
        }
        health.beginStopping()
        manager.stopping(status: "stopping: running jobs are given time to end")
    }
}
