/// Any JSON, to be shown as keys and values.
enum JSONTree: Decodable, Sendable {
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .text("-")
        } else if let value = try? container.decode(Bool.self) {
            self = .text("\(value)")
        } else if let value = try? container.decode(Int64.self) {
            self = .text("\(value)")
        } else if let value = try? container.decode(Double.self) {
            self = .text("\(value)")
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    /// Dotted keys with their values, in the order of the keys; plain lists in one line.
    var leaves: [(key: String, value: String)] { leaves(at: "") }

    private func leaves(at path: String) -> [(key: String, value: String)] {
        switch self {
        case .text(let text): return [(path, text)]
        case .list(let elements):
            let texts = elements.compactMap { if case .text(let text) = $0 { text } else { nil } }
            if texts.count == elements.count {
                return [(path, texts.isEmpty ? "none" : texts.joined(separator: " "))]
            }
            return elements.enumerated().flatMap { $1.leaves(at: "\(path)[\($0)]") }
        case .object(let fields):
            return fields.sorted { $0.key < $1.key }.flatMap {
                $1.leaves(at: path.isEmpty ? $0 : "\(path).\($0)")
            }
        }
    }
}
