import ControlAPI
import Hummingbird
import MediaModel

extension ControlInterface {
    func usage(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("cursor", "limit")
        var page = try await daemon.storage.usage(
            after: request.query("cursor"), limit: try request.limit())
        page.freeBytes = daemon.freeStorageBytes()
        return try .json(page)
    }

    func collect(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let wanted = try await request.body(
            CollectRequest.self, keys: CollectRequest.keys, empty: CollectRequest())
        if let seconds = wanted.graceSeconds, !(0...315_360_000).contains(seconds) {
            throw Problem(
                .badRequest, "graceSeconds: found \(seconds), expected 0 to 315360000")
        }
        try Self.check(wanted.generations, "generations")
        try Self.check(wanted.limit, "limit")
        return try .json(try await daemon.storage.collect(wanted))
    }

    func verify(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let wanted = try await request.body(
            VerifyRequest.self, keys: VerifyRequest.keys, empty: VerifyRequest())
        if let seconds = wanted.seconds, !(0...60).contains(seconds) {
            throw Problem(.badRequest, "seconds: found \(seconds), expected 0 to 60")
        }
        if let rate = wanted.bytesPerSecond, !(rate >= 1024) {
            throw Problem(
                .badRequest, "bytesPerSecond: found \(rate), expected 1024 or more")
        }
        if wanted.repair == true { try refuseWhileStopping() }
        return try .json(try await daemon.storage.verify(wanted))
    }

    func rollBack(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let record = try await record(request)
        let wanted = try await request.body(
            RollbackRequest.self, keys: ["generation"], empty: RollbackRequest())
        return try .json(try await daemon.storage.rollBack(record, to: wanted.generation))
    }

    func removeItem(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("dryRun")
        let record = try await record(request)
        return try .json(
            try await daemon.storage.remove(record, dryRun: try request.flag("dryRun")))
    }

    private static func check(_ number: Int?, _ name: String) throws(Problem) {
        guard let number, !(1...1000).contains(number) else { return }
        throw Problem(
            .badRequest, "\(name): found \(number), expected a whole number from 1 to 1000")
    }
}
