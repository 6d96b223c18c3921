import ControlAPI
import FoundationEssentials
import Hummingbird
import MediaModel
import NIOCore
import NIOHTTP1

/// The particulars of a request, read strictly: what is not understood is refused, not ignored.
struct ControlRequest {
    /// Largest body, in bytes.
    static let longestBody = 64 << 10

    let request: Request
    let context: ControlContext

    /// Throws for parameters that do not exist here, or stand there twice.
    func allowQuery(_ names: String...) throws(Problem) {
        var seen: Set<String> = []
        for (name, _) in request.uri.queryParameters {
            if names.contains(String(name)) {
                if seen.insert(String(name)).inserted { continue }
                throw Problem(.badRequest, "`\(name)` is given more than once")
            }
            let near = Suggestion.nearest(to: String(name), among: names)
            throw Problem(
                .badRequest, "there is no parameter `\(name)` here",
                hint: near.map { "did you mean `\($0)`?" }
                    ?? (names.isEmpty
                        ? "no parameters are taken" : "known: \(names.joined(separator: ", "))"))
        }
    }

    func query(_ name: String) -> String? {
        request.uri.queryParameters[name[...]].map { String($0) }
    }

    func query<Value>(_ name: String, _ expectation: String, _ parse: (String) -> Value?)
        throws(Problem) -> Value?
    {
        guard let text = query(name) else { return nil }
        guard let value = parse(text) else {
            throw Problem(.badRequest, "\(name): found `\(text)`, expected \(expectation)")
        }
        return value
    }

    func choice<Choice>(_ name: String, _ type: Choice.Type) throws(Problem) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try query(name, "one of \(words)") { Choice(rawValue: $0) }
    }

    /// 1…1000, 100 when not given.
    func limit() throws(Problem) -> Int {
        try query("limit", "a whole number from 1 to 1000") { text in
            Int(text).flatMap { (1...1000).contains($0) ? $0 : nil }
        } ?? 100
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        try query(name, "true or false") { Bool($0) } ?? false
    }

    func itemID() throws(Problem) -> ItemID {
        let text = context.parameters.get("id") ?? ""
        guard let id = ItemID(text) else {
            throw Problem(
                .notFound, "there is no item \(text.debugDescription)",
                hint: "ids are 1 to 96 of a-z 0-9 - _ .; vitrinectl item list shows them")
        }
        return id
    }

    func ownerName() throws(Problem) -> OwnerName {
        let text = context.parameters.get("owner") ?? ""
        guard let name = OwnerName(text) else {
            throw Problem(
                .notFound, "there is no member \(text.debugDescription)",
                hint: "names are \(OwnerName.rule); vitrinectl owner list shows them")
        }
        return name
    }

    func jobID() throws(Problem) -> Int64 {
        let text = context.parameters.get("id") ?? ""
        guard let id = Int64(text), id > 0 else {
            throw Problem(
                .notFound, "there is no job \(text.debugDescription)",
                hint: "jobs have numbers; vitrinectl job list shows them")
        }
        return id
    }

    /// The body as a value; an empty one is `empty`, when that is given.
    /// - Parameter keys: every key there may be.
    func body<Value: Decodable>(
        _ type: Value.Type, keys: Set<String>, empty: Value? = nil
    ) async throws -> Value {
        let bytes = try await bytes()
        if bytes.isEmpty, let empty { return empty }
        do {
            let fields = try ControlCoding.decode([String: Ignored].self, from: bytes)
            if let unknown = fields.keys.filter({ !keys.contains($0) }).min() {
                let near = Suggestion.nearest(to: unknown, among: keys)
                throw Problem(
                    .badRequest, "there is no key `\(unknown)` in this request",
                    hint: near.map { "did you mean `\($0)`?" }
                        ?? "known: \(keys.sorted().joined(separator: ", "))")
            }
            return try ControlCoding.decode(type, from: bytes)
        } catch let error as DecodingError {
            throw Problem(
                .badRequest, "the body is not what this request takes: \(Self.explain(error))",
                hint: "a JSON object with \(keys.sorted().joined(separator: ", "))")
        }
    }

    /// The body as it came.
    func bytes() async throws -> Data {
        let deadline = ClientDeadline(context.channel)
        defer { deadline.met() }
        do {
            let buffer = try await request.body.collect(upTo: Self.longestBody)
            return Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.tooLarge, "the body is longer than \(Self.longestBody) bytes")
        } catch let error as HTTPParserError {
            throw Problem(.badRequest, "the body is not well-formed HTTP: \(error)")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context), .keyNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    /// Any JSON value, whatever it is.
    private struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }
}
