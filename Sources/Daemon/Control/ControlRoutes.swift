import ControlAPI
import Hummingbird

/// Every address of the control interface, in one place.
struct ControlRoutes {
    private let interface: ControlInterface
    private let dependencies: ControlDependencies

    init(_ dependencies: ControlDependencies) {
        self.dependencies = dependencies
        interface = ControlInterface(dependencies)
    }

    func router() -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(
            middleware: ProblemMiddleware(
                logger: dependencies.logger, health: dependencies.health))
        router.add(middleware: SlowReaderMiddleware())
        router.add(middleware: PeerLogMiddleware(logger: dependencies.logger))
        let v1 = router.group(RouterPath(VitrineVersion.api))
        v1.get("status") { try await interface.status(.init(request: $0, context: $1)) }
        v1.get("version") { try await interface.version(.init(request: $0, context: $1)) }
        v1.get("doctor") { try await interface.doctor(.init(request: $0, context: $1)) }
        v1.get("items") { try await interface.items(.init(request: $0, context: $1)) }
        v1.post("items") { try await interface.addItem(.init(request: $0, context: $1)) }
        v1.get("items/{id}") { try await interface.item(.init(request: $0, context: $1)) }
        v1.get("items/{id}/manifest") {
            try await interface.manifest(.init(request: $0, context: $1))
        }
        v1.get("items/{id}/plan") { try await interface.plan(.init(request: $0, context: $1)) }
        v1.post("items/{id}/reprocess") {
            try await interface.reprocess(.init(request: $0, context: $1))
        }
        v1.post("reprocess") {
            try await interface.reprocessMany(.init(request: $0, context: $1))
        }
        v1.delete("items/{id}") {
            try await interface.removeItem(.init(request: $0, context: $1))
        }
        v1.post("items/{id}/rollback") {
            try await interface.rollBack(.init(request: $0, context: $1))
        }
        v1.get("items/{id}/explain") {
            try await interface.explain(.init(request: $0, context: $1))
        }
        v1.get("jobs/{id}/timeline") {
            try await interface.timeline(.init(request: $0, context: $1))
        }
        v1.get("storage/usage") { try await interface.usage(.init(request: $0, context: $1)) }
        v1.post("storage/gc") { try await interface.collect(.init(request: $0, context: $1)) }
        v1.post("storage/verify") { try await interface.verify(.init(request: $0, context: $1)) }
        v1.get("jobs") { try await interface.jobs(.init(request: $0, context: $1)) }
        v1.get("jobs/{id}") { try await interface.job(.init(request: $0, context: $1)) }
        for order in JobInstruction.allCases {
            v1.post(RouterPath("jobs/{id}/\(order.rawValue)")) {
                try await interface.order(order, .init(request: $0, context: $1))
            }
        }
        v1.post("queue/pause") { try await interface.pause(.init(request: $0, context: $1)) }
        v1.post("queue/resume") { try await interface.resume(.init(request: $0, context: $1)) }
        v1.get("events") { try await interface.events(.init(request: $0, context: $1)) }
        return router
    }
}

/// What an operator can tell a job.
enum JobInstruction: String, CaseIterable, Sendable {
    case retry, cancel, hold, release
}
