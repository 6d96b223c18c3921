import ControlAPI
import Hummingbird
import JobQueue
import MediaModel

extension ControlInterface {
    func owners(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("cursor", "limit")
        let after = try request.query("cursor", "the `next` of an earlier page") { OwnerName($0) }
        let limit = try request.limit()
        let found = try await daemon.store.owners(after: after, limit: limit + 1)
        let page = found.prefix(limit)
        var owners: [Owner] = []
        for record in page { owners.append(try await document(record)) }
        return try .json(
            OwnerPage(
                owners: owners, next: found.count > limit ? page.last?.name.rawValue : nil))
    }

    func owner(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        return try .json(try await document(try await ownerRecord(request)))
    }

    func eraseOwner(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("dryRun")
        let isDry = try request.flag("dryRun")
        let owner = try await ownerRecord(request).name
        if isDry { return try .json(try await daemon.erasure.survey(owner)) }
        try refuseWhileStopping()
        // Not ended by a client that goes away: what has begun is brought to its end.
        let erasing = Task { [erasure = daemon.erasure] in try await erasure.erase(owner) }
        return try .json(try await erasing.value)
    }

    private func ownerRecord(_ request: ControlRequest) async throws -> OwnerRecord {
        let owner = try request.ownerName()
        guard let record = try await daemon.store.owner(owner) else {
            throw Problem(
                .notFound, "there is no member \(owner)",
                hint: "a member is there with the first upload; vitrinectl owner list shows them")
        }
        return record
    }

    private func document(_ record: OwnerRecord) async throws -> Owner {
        let isShown = try await daemon.storage.hasPortfolio(record.name)
        return Owner(
            owner: record.name.rawValue, items: record.itemCount,
            states: Dictionary(
                uniqueKeysWithValues: ItemState.allCases.map {
                    ($0.rawValue, record.states[$0] ?? 0)
                }),
            byteCount: record.byteCount, latestAt: record.latestAt,
            portfolio: isShown
                ? "\(daemon.storagePath)/portfolios/\(record.name).json" : nil,
            erasing: record.isErasing)
    }
}
