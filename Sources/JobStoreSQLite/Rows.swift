import Foundation
import GRDB
import JobQueue
import MediaModel

/// A column holds what this version cannot read: the file is damaged, not merely old.
struct UnreadableColumn: Error, CustomStringConvertible {
    let column: String
    let value: String
    var description: String { "column \(column) holds \(value)" }
}

extension Row {
    /// An enumeration by its raw value.
    func value<Value: RawRepresentable<String>>(
        _ column: String, as type: Value.Type
    ) throws -> Value {
        let text: String = self[column]
        guard let value = Value(rawValue: text) else {
            throw UnreadableColumn(column: column, value: text)
        }
        return value
    }

    func time(_ column: String) -> Timestamp { Timestamp(millisecondsSince1970: self[column]) }

    func optionalTime(_ column: String) -> Timestamp? {
        let milliseconds: Int64? = self[column]
        return milliseconds.map(Timestamp.init(millisecondsSince1970:))
    }

    func itemID(_ column: String) throws -> ItemID {
        let text: String = self[column]
        guard let id = ItemID(text) else { throw UnreadableColumn(column: column, value: text) }
        return id
    }

    func json<Value: Decodable>(_ column: String, as type: Value.Type) throws -> Value? {
        guard let text: String = self[column] else { return nil }
        return try decoder.decode(type, from: Data(text.utf8))
    }

    func sidecar() throws -> Sidecar {
        // The usual case, at a hundredth of a decoder's cost.
        if self["sidecar"] == "{}" { return Sidecar() }
        return try json("sidecar", as: Sidecar.self) ?? Sidecar()
    }
}

// Never changed once made, so all threads share them: making one costs more than using it.
private let decoder = JSONDecoder()
private let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
}()

func jsonText<Value: Encodable>(_ value: Value) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
}

extension Job {
    /// A job with the columns of its item that make up the upload.
    static let select = """
        SELECT job.*, item.fileName, item.byteCount, item.sha256, item.receivedAt, item.sidecar
        FROM job JOIN item ON item.id = job.itemID
        """

    init(row: Row) throws {
        let upload = Upload(
            itemID: try row.itemID("itemID"), fileName: row["fileName"],
            byteCount: row["byteCount"], sha256: row["sha256"], receivedAt: row.time("receivedAt"),
            sidecar: try row.sidecar())
        self.init(
            id: row["id"], upload: upload, recipe: row["recipe"], identity: row["identity"],
            lane: try row.value("lane", as: Lane.self), priority: row["priority"],
            priorGeneration: row["priorGeneration"], createdAt: row.time("createdAt"))
        state = try row.value("state", as: JobState.self)
        runAfter = row.time("runAfter")
        updatedAt = row.time("updatedAt")
        if let expiresAt = row.optionalTime("leaseExpiresAt") {
            lease = Lease(
                holder: row["leaseHolder"], token: row["leaseToken"], expiresAt: expiresAt)
        }
        attempts.total = row["total"]
        attempts.crashed = row["crashed"]
        attempts.transient = row["transient"]
        attempts.abandoned = row["abandoned"]
        failure = try row.json("failure", as: Failure.self)
        cancelRequested = row["cancelRequested"]
        progress = try row.json("progress", as: JobProgress.self)
        furthestPercent = row["furthestPercent"]
        resultGeneration = row["resultGeneration"]
        redoesAll = row["redoesAll"]
    }
}

extension ItemRecord {
    init(row: Row) throws {
        self.init(
            id: try row.itemID("id"),
            kind: row["kind"] == nil ? nil : try row.value("kind", as: MediaKind.self),
            state: try row.value("state", as: ItemState.self), generation: row["generation"],
            fileName: row["fileName"], byteCount: row["byteCount"], sha256: row["sha256"],
            owner: row["owner"], recipe: row["recipe"], receivedAt: row.time("receivedAt"),
            updatedAt: row.time("updatedAt"), manifestPath: row["manifestPath"],
            failure: try row.json("failure", as: Failure.self), jobID: row["jobID"],
            isQuarantined: row["isQuarantined"], sidecar: try row.sidecar())
    }
}

extension Attempt {
    init(row: Row) throws {
        self.init(
            jobID: row["jobID"], number: row["number"], holder: row["holder"],
            startedAt: row.time("startedAt"))
        endedAt = row.optionalTime("endedAt")
        outcome = row["outcome"] == nil ? nil : try row.value("outcome", as: Outcome.self)
        failure = try row.json("failure", as: Failure.self)
        workerPID = row["workerPID"]
        tools = try row.json("tools", as: [String: String].self)
        cpuSeconds = row["cpuSeconds"]
    }
}

extension EventRecord {
    init(row: Row) throws {
        self.init(
            sequence: row["sequence"], time: row.time("time"),
            type: try row.value("type", as: EventType.self),
            itemID: row["itemID"] == nil ? nil : try row.itemID("itemID"), jobID: row["jobID"],
            payload: try row.json("payload", as: EventPayload.self) ?? EventPayload())
    }
}
