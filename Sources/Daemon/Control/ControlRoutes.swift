import Hummingbird

/// Every address of the control interface, in one place; `config/openapi.yaml` describes them.
enum ControlRoutes {
    static let all: [ControlRoute] =
        [
            .get("/openapi.json") { try await $0.description($1) },
            .get("/v1/openapi.json") { try await $0.description($1) },
            .get("/metrics") { try await $0.metrics($1) },
            .get("/v1/status") { try await $0.status($1) },
            .get("/v1/version") { try await $0.version($1) },
            .get("/v1/doctor") { try await $0.doctor($1) },
            .get("/v1/items") { try await $0.items($1) },
            .post("/v1/items") { try await $0.addItem($1) },
            .get("/v1/items/{id}") { try await $0.item($1) },
            .get("/v1/items/{id}/manifest") { try await $0.manifest($1) },
            .get("/v1/items/{id}/plan") { try await $0.plan($1) },
            .post("/v1/items/{id}/reprocess") { try await $0.reprocess($1) },
            .delete("/v1/items/{id}") { try await $0.removeItem($1) },
            .post("/v1/items/{id}/rollback") { try await $0.rollBack($1) },
            .get("/v1/items/{id}/explain") { try await $0.explain($1) },
            .get("/v1/owners") { try await $0.owners($1) },
            .get("/v1/owners/{owner}") { try await $0.owner($1) },
            .delete("/v1/owners/{owner}") { try await $0.eraseOwner($1) },
            .get("/v1/jobs/{id}/timeline") { try await $0.timeline($1) },
            .get("/v1/storage/usage") { try await $0.usage($1) },
            .post("/v1/storage/gc") { try await $0.collect($1) },
            .post("/v1/storage/verify") { try await $0.verify($1) },
            .post("/v1/reprocess") { try await $0.reprocessMany($1) },
            .get("/v1/jobs") { try await $0.jobs($1) },
            .get("/v1/jobs/{id}") { try await $0.job($1) },
            .post("/v1/queue/pause") { try await $0.pause($1) },
            .post("/v1/queue/resume") { try await $0.resume($1) },
            .get("/v1/events") { try await $0.events($1) },
            .get("/v1/recipes") { try await $0.recipes($1) },
            .get("/v1/recipes/{name}") { try await $0.recipe($1) },
            .get("/v1/config") { try await $0.configuration($1) },
            .get("/v1/config/schema") { try await $0.configurationSchema($1) },
            .get("/v1/config/check") { try await $0.checkConfiguration($1) },
            .post("/v1/config/reload") { try await $0.reloadConfiguration($1) },
        ]
        + JobInstruction.allCases.map { order in
            .post("/v1/jobs/{id}/\(order.rawValue)") { try await $0.order(order, $1) }
        }

    static func router(_ dependencies: ControlDependencies) -> Router<ControlContext> {
        let interface = ControlInterface(dependencies)
        let router = Router(context: ControlContext.self)
        router.add(
            middleware: ProblemMiddleware(
                logger: dependencies.logger, health: dependencies.health))
        router.add(middleware: SlowReaderMiddleware())
        router.add(
            middleware: PeerMiddleware(
                access: dependencies.access, logger: dependencies.logger))
        router.add(
            middleware: IdempotencyMiddleware(store: dependencies.store, now: dependencies.now))
        for route in all {
            router.on(RouterPath(route.path), method: route.method) {
                try await route.answer(interface, ControlRequest(request: $0, context: $1))
            }
        }
        return router
    }

    /// The methods that an address takes; none when there is nothing there.
    static func methods(at address: String) -> [String] {
        all.filter { $0.matches(address) }.map(\.method.rawValue)
    }
}

/// What an operator can tell a job.
enum JobInstruction: String, CaseIterable, Sendable {
    case retry, cancel, hold, release
}
