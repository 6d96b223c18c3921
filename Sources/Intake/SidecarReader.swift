package import FoundationEssentials
package import MediaModel

/// Reads a sidecar strictly: a value that cannot be meant is refused with its key, what was
/// expected and what was found. Keys that this version does not know are ignored.
package enum SidecarReader {
    /// Largest sidecar, in bytes; credits and descriptions fit many times.
    package static let maximumByteCount = 64 << 10
    /// Longest single text, in bytes of UTF-8.
    package static let maximumTextByteCount = 4096

    /// - Parameter usualOwner: whose it is when the sidecar has no key `owner`; `null` there says
    ///   that it is nobody's.
    package static func read(
        _ bytes: Data, usualOwner: () throws(Failure) -> String? = { () throws(Failure) in nil }
    ) throws(Failure) -> Sidecar {
        guard bytes.count <= maximumByteCount else {
            throw bad("it is larger than \(maximumByteCount) bytes: \(bytes.count)")
        }
        let document: JSONValue
        do {
            document = try JSONDecoder().decode(JSONValue.self, from: bytes)
        } catch {
            throw bad("it is not JSON")
        }
        guard case .object(let fields) = document else {
            throw bad("expected an object, found \(document.kind)")
        }
        var sidecar = Sidecar()
        sidecar.id = try text(fields, "id") { ItemID($0) != nil }
        sidecar.title = try text(fields, "title")
        sidecar.alt = try text(fields, "alt")
        sidecar.recipe = try text(fields, "recipe", isName)
        sidecar.owner =
            try fields["owner"] == nil
            ? usualOwner() : text(fields, "owner") { OwnerName($0) != nil }
        sidecar.position = try number(
            fields, "position", "a number from -1e9 to 1e9", where: { abs($0) <= 1e9 })
        if let priority = try number(
            fields, "priority", "a whole number from -100 to 100",
            where: {
                $0.rounded() == $0 && (-100...100).contains($0)
            })
        {
            sidecar.priority = Int(priority)
        }
        // The longest film the limits allow is shorter; the planner clamps to the film at hand.
        sidecar.posterTime = try number(
            fields, "posterTime", "seconds from the start, 0 to 86400",
            where: { (0...86_400).contains($0) })
        if let point = try object(fields, "focalPoint") {
            let range = "a number from 0 to 1"
            guard
                let x = try number(point, "x", in: "focalPoint.", range, where: isFraction),
                let y = try number(point, "y", in: "focalPoint.", range, where: isFraction)
            else { throw bad("key focalPoint: expected both x and y") }
            sidecar.focalPoint = FocalPoint(x: x, y: y)
        }
        if let credit = try object(fields, "credit") {
            sidecar.credit = Credit(
                creator: try text(credit, "creator", in: "credit."),
                copyright: try text(credit, "copyright", in: "credit."),
                license: try text(credit, "license", in: "credit."))
        }
        return sidecar
    }

    /// Names of recipes: 1…96 of `a-z A-Z 0-9 - _ .`, starting with a letter or digit.
    private static func isName(_ text: String) -> Bool {
        ItemID(text.lowercased()) != nil
            && text.utf8.allSatisfy { $0 < 0x80 }
    }

    package static func bad(_ what: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "badSidecar",
            operatorText: "The sidecar cannot be used: \(what). Correct it and put both files "
                + "into the inbox again.",
            uploaderText: "The description that came with this file could not be understood.")
    }

    private typealias Fields = [String: JSONValue]

    private static func isFraction(_ value: Double) -> Bool { (0...1).contains(value) }

    private static func text(
        _ fields: Fields, _ key: String, in prefix: String = "",
        _ isValid: ((String) -> Bool)? = nil
    ) throws(Failure) -> String? {
        switch fields[key] {
        case nil, .null: return nil
        case .string(let text):
            guard text.utf8.count <= maximumTextByteCount else {
                throw bad(
                    "key \(prefix)\(key): expected at most \(maximumTextByteCount) bytes, "
                        + "found \(text.utf8.count)")
            }
            if let isValid, !isValid(text) {
                throw bad(
                    "key \(prefix)\(key): expected 1 to 96 letters, digits, - _ . "
                        + (key == "id" ? "in lower case, " : "")
                        + "starting with a letter or digit, found \(quoted(text))")
            }
            return text
        case .some(let value):
            throw bad("key \(prefix)\(key): expected a text, found \(value.kind)")
        }
    }

    private static func number(
        _ fields: Fields, _ key: String, in prefix: String = "", _ expected: String,
        where isValid: (Double) -> Bool
    ) throws(Failure) -> Double? {
        switch fields[key] {
        case nil, .null: return nil
        case .number(let value):
            guard isValid(value) else {
                throw bad("key \(prefix)\(key): expected \(expected), found \(value)")
            }
            return value
        case .some(let value):
            throw bad("key \(prefix)\(key): expected \(expected), found \(value.kind)")
        }
    }

    private static func object(_ fields: Fields, _ key: String) throws(Failure) -> Fields? {
        switch fields[key] {
        case nil, .null: return nil
        case .object(let fields): return fields
        case .some(let value):
            throw bad("key \(key): expected an object, found \(value.kind)")
        }
    }

    /// At most a line of it, and nothing that could forge one.
    private static func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "?" : String(scalar)
        }
        return "\"" + plain.prefix(100).joined() + "\""
    }
}

/// Any JSON, to say what was found where something else was expected.
enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
