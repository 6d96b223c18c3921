import ControlAPI
import Glibc
import Intake
import Logging
import Pipeline
import Planning

/// Reads the configuration again, on SIGHUP or when an operator asks, and tells the service manager.
struct Reloading: Sendable {
    let reloader: ConfigurationReloader
    let access: PeerAccess
    let recipes: RecipeBook
    private let manager: ServiceManager
    private let health: DaemonHealth

    init(
        _ running: LoadedConfiguration, from source: ConfigurationSource, parts: DaemonParts,
        threshold: LogThreshold, manager: ServiceManager, health: DaemonHealth, logger: Logger
    ) {
        let access = PeerAccess(running.configuration.control, ownUserID: geteuid())
        let recipes = running.recipes
        let (scheduler, resources) = (parts.scheduler, parts.resources)
        let (quotas, limits, intake) = (parts.quotas, parts.limits, parts.intake)
        self.access = access
        self.recipes = recipes
        self.manager = manager
        self.health = health
        reloader = ConfigurationReloader(source, running: running, logger: logger) {
            configuration, book in
            recipes.replace(with: book)
            access.replace(with: configuration.control)
            quotas.replace(with: configuration.members.quotas)
            limits.replace(with: configuration.limits)
            await intake.adjust(to: IntakeConfiguration(configuration))
            threshold.set(configuration.log.level)
            await scheduler.setSlots(WorkerCount.slots(configuration.workers.count))
            await resources.setMemory(configuration.workers.memory)
        }
    }

    /// - Throws: `ConfigurationError`; nothing has changed.
    func reload() async throws -> ConfigurationReport {
        // READY is said once the daemon is: not by a reload before, not by one after.
        let isReady = health.isReady && !health.isStopping
        if isReady { manager.reloading() }
        defer { if isReady { manager.ready(status: "ready") } }
        return try await reloader.reload()
    }
}
