import Hummingbird
import HummingbirdCore
import Logging
import MediaModel
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
        let quiet = Self.quiet(logger)
        let server = try Self.server(
            ControlRoutes.router(dependencies).buildResponder(), path: nursery.path, logger: quiet,
            now: dependencies.now
        ) {
            do throws(StartError) {
                try nursery.present()
                health.openControl()
                logger.info(
                    "control socket open", metadata: ["socket.path": "\(nursery.target)"])
            } catch {
                failure.yield(error)
            }
        }
        defer { nursery.remove() }
        try await Self.withGrace {
            do {
                try await ServiceGroup(services: [server], logger: quiet).run()
            } catch let error as IOError {
                throw StartError(.cannotStart, "control.socket: \(nursery.target): \(error)")
            }
        } unless: {
            for await error in failures { throw error }
        }
    }

    /// The server's own words are of interest only when they are warnings.
    private static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    /// What Hummingbird's `Application` does, without its clock for the field `date`: that ticks every
    /// second, and an idle daemon wakes for nothing.
    private static func server(
        _ responder: some HTTPResponder<ControlContext>, path: String, logger: Logger,
        now: @escaping @Sendable () -> Timestamp, whenRunning: @escaping @Sendable () -> Void
    ) throws -> any Service {
        try HTTPServerBuilder.http1(configuration: .init(idleTimeout: patience)).buildServer(
            configuration: ServerConfiguration(
                address: .unixDomainSocket(path: path),
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { request, writer, channel in
            let context = ControlContext(source: .init(channel: channel, logger: logger))
            var response = try await responder.respond(to: request, context: context)
            response.headers[.date] = HTTPDate.text(now())
            try await writer.write(response: response.head, body: response.body)
        } onServerRunning: { _ in
            whenRunning()
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
