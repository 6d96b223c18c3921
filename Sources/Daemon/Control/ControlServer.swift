import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves the control interface on a Unix socket.
struct ControlServer: Service {
    /// Connections at a time; more wait in the backlog.
    private static let connections = 256
    /// From the connection, or from the end of the answer before, until a request's head is
    /// complete, and between two parts of its body: only whole parts count, so that a client that
    /// sends a letter at a time gains nothing.
    private static let patience = TimeAmount.seconds(5)
    /// For open connections when the daemon stops.
    private static let grace = Duration.seconds(2)

    private let nursery: SocketNursery
    private let dependencies: ControlDependencies

    init(_ nursery: SocketNursery, dependencies: ControlDependencies) {
        self.nursery = nursery
        self.dependencies = dependencies
    }

    /// - Throws: `StartError` when the socket cannot be opened: without it nobody can steer the
    ///   daemon, which must then not go on.
    func run() async throws {
        let (failures, failure) = AsyncStream.makeStream(of: StartError.self)
        let (nursery, logger, health) = (nursery, dependencies.logger, dependencies.health)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: ControlRoutes.router(dependencies),
            server: .http1(configuration: .init(idleTimeout: Self.patience)),
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: nursery.path),
                availableConnectionsDelegate: .maximum(Self.connections, logger: quiet)),
            onServerRunning: { _ in
                do throws(StartError) {
                    try nursery.present()
                    health.openControl()
                    logger.info(
                        "control socket open", metadata: ["socket.path": "\(nursery.target)"])
                } catch {
                    failure.yield(error)
                }
            },
            logger: quiet)
        defer { nursery.remove() }
        try await Self.withGrace {
            do {
                try await application.run()
            } catch let error as IOError {
                throw StartError(.cannotStart, "control.socket: \(nursery.target): \(error)")
            }
        } unless: {
            for await error in failures { throw error }
        }
    }

    /// Cancels what still runs a moment after the stop began, for a client that does not read must
    /// not hold up the daemon, and at once when `failing` throws.
    private static func withGrace(
        _ body: @escaping @Sendable () async throws -> Void,
        unless failing: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { try await failing() }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: grace)
                throw CancellationError()
            }
            do {
                try await group.next()
            } catch is CancellationError where Task.isShuttingDownGracefully {
            }
            group.cancelAll()
        }
    }
}
