import Foundation
import TestSupport
import Testing

/// `--json` is a contract: every verb's keys and types, held against `fixtures/goldens/json-shapes.txt`.
///
/// A line is `verb: path: types`. A new key is a new line (RECORD_GOLDENS=1 writes the file anew); one
/// that is gone, or another type, breaks somebody's script.
struct JSONShapeTests {
    private static let golden = PackageLayout.file("fixtures/goldens/json-shapes.txt")

    /// Objects whose keys are data.
    private static let maps: Set<String> = [
        "versions", "sandboxMissing", "encoders", "libraries", "components", "stages", "settings",
    ]

    /// A site with a picture that became ready, a second generation of it, a member's picture, and a
    /// refusal.
    private func shapes() async throws -> [String] {
        let site = try Site("shapes", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
        try await site.start()
        let picture = try await site.process(
            try await Still {
                $0.width = 64; $0.height = 48; $0.format = .png
            }.file(), as: "picture.png")
        try site.upload(Data("{\"owner\": \"anna\"}".utf8), as: "hers.png.json")
        _ = try await site.process(
            try await Still {
                $0.width = 48; $0.height = 64; $0.format = .png
            }.file(), as: "hers.png")
        try site.upload(Data("neither picture nor sound".utf8), as: "text.png")
        try await site.finished(["picture.png", "text.png"])
        let id = try #require(picture["id"]?.string)
        _ = try await site.json("item", "reprocess", "--force", "--wait", id)
        let jobs = try await site.json("job", "list")["jobs"]?.array ?? []
        let job = try #require(jobs.last?["id"]?.int)
        let orders: [[String]] = [
            ["status"], ["version"], ["doctor"], ["item", "list"], ["item", "show", id],
            ["item", "plan", id], ["item", "explain", id], ["item", "reprocess", "--dry-run", id],
            ["job", "list"], ["job", "show", "\(job)"], ["job", "show", "\(job)", "--timeline"],
            ["recipe", "list"], ["recipe", "check"], ["config", "show"],
            ["config", "show", "--effective"], ["config", "check"], ["storage", "usage"],
            ["storage", "gc", "--dry-run"], ["storage", "verify"], ["snippet", id],
            ["queue", "pause"], ["queue", "resume"], ["item", "rollback", id],
            ["item", "remove", "--yes", id], ["owner", "list"], ["owner", "show", "anna"],
            ["owner", "erase", "anna"], ["owner", "erase", "--yes", "anna"],
        ]
        var lines: [String] = []
        var events: [JSONValue] = []
        for order in orders {
            // What the log says of an item goes with it.
            if order.contains("remove") { events = try await log(of: site) }
            let result = try await site.ctl(order + ["--json"])
            let verb = order.map { $0 == id ? "ID" : $0 == "\(job)" ? "N" : $0 }
                .joined(separator: " ")
            // Of a verb that tells as it goes, each line.
            let documents = try? JSONValue(parsing: result.output)
            let all =
                try documents.map { [$0] }
                ?? result.text.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
            lines += Self.shape(of: all).map { "\(verb): \($0)" }
        }
        events += try await log(of: site).filter { $0["type"]?.string == "item.removed" }
        let byType = Dictionary(grouping: events) { $0["type"]?.string ?? "" }
        for (type, events) in byType.sorted(by: { $0.key < $1.key }) {
            lines += Self.shape(of: events).map { "events (\(type)): \($0)" }
        }
        #expect(try await site.stop() == .exited(0))
        return lines
    }

    private func log(of site: Site) async throws -> [JSONValue] {
        try await site.ctl("events", "--json").text.split(separator: "\n")
            .map { try JSONValue(parsing: Data($0.utf8)) }
    }

    /// Paths with the types that were seen there; a path with `?` is not in all of its objects.
    private static func shape(of documents: [JSONValue]) -> [String] {
        var types: [String: Set<String>] = [:]
        var present: [String: Int] = [:]
        var holders: [String: Int] = [:]
        func look(_ value: JSONValue, _ path: String, isMap: Bool) {
            switch value {
            case .null: types[path, default: []].insert("null")
            case .bool: types[path, default: []].insert("boolean")
            case .number: types[path, default: []].insert("number")
            case .string: types[path, default: []].insert("string")
            case .array(let values):
                types[path, default: []].insert("array")
                for value in values { look(value, path + "[]", isMap: false) }
            case .object(let fields):
                types[path, default: []].insert("object")
                holders[path, default: 0] += 1
                for (key, value) in fields {
                    let place = path + "." + (isMap ? "*" : key)
                    present[place, default: 0] += 1
                    look(value, place, isMap: maps.contains(key))
                }
            }
        }
        for document in documents { look(document, "", isMap: false) }
        return types.keys.sorted().map { path in
            let holder = path.split(separator: ".").dropLast().map { ".\($0)" }.joined()
            let isAlways = present[path].map { $0 >= holders[holder] ?? 0 } ?? true
            let seen = types[path, default: []].sorted().joined(separator: " or ")
            return "\(path.isEmpty ? "." : path)\(isAlways ? "" : "?"): \(seen)"
        }
    }

    @Test func everyVerbsDocumentHasItsShape() async throws {
        let found = try await shapes()
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try Data((found.joined(separator: "\n") + "\n").utf8).write(to: Self.golden)
        }
        let wanted = try String(contentsOf: Self.golden, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        #expect(found.count > 100)
        let (now, then) = (Self.types(found), Self.types(wanted))
        #expect(Set(then.keys).subtracting(now.keys).sorted() == [], "gone")
        #expect(Set(now.keys).subtracting(then.keys).sorted() == [], "not in the golden file")
        for (place, types) in then {
            // What nothing was to be said of this time says nothing of its type.
            guard let seen = now[place], !seen.isEmpty, !types.isEmpty else { continue }
            #expect(seen == types, "\(place)")
        }
    }

    /// `verb: path: types` as a table; null is no type.
    private static func types(_ lines: [String]) -> [String: Set<String>] {
        Dictionary(
            lines.compactMap { line in
                guard let colon = line.range(of: ": ", options: .backwards) else { return nil }
                let types = line[colon.upperBound...].components(separatedBy: " or ")
                return (String(line[..<colon.lowerBound]), Set(types).subtracting(["null"]))
            }, uniquingKeysWith: { $0.union($1) })
    }
}
