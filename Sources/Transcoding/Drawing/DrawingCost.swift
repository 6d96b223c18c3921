/// How much a drawing draws: each element as often as it is referred to, through every level.
///
/// A few hundred bytes of `use` inside of `use` are a billion elements.
struct DrawingCost {
    private var nodes: [String: DrawingNode] = [:]
    private var known: [ObjectIdentifier: Int] = [:]
    /// To be found again: what refers to itself is drawn once, or not at all.
    private var busy: Set<ObjectIdentifier> = []
    /// Deepest chain of elements that refer to each other: who draws them is recursive, as this is.
    private static let deepest = 1_000

    /// Counting ends here.
    private let limit: Int

    private init(limit: Int) { self.limit = limit }

    /// - Returns: the number of elements drawn, at most `limit` + 1.
    static func elements(of root: DrawingNode, atMost limit: Int) -> Int {
        var cost = DrawingCost(limit: limit)
        cost.index(root)
        return cost.count(root, depth: 0)
    }

    private mutating func index(_ node: DrawingNode) {
        if let id = node["id"], nodes[id] == nil { nodes[id] = node }
        for child in node.elements { index(child) }
    }

    private mutating func count(_ node: DrawingNode, depth: Int) -> Int {
        guard depth < Self.deepest else { return limit + 1 }
        let key = ObjectIdentifier(node)
        if let known = known[key] { return known }
        guard busy.insert(key).inserted else { return 0 }
        var total = 1
        for child in node.elements { total = add(total, count(child, depth: depth + 1)) }
        for name in references(of: node) {
            guard let target = nodes[name] else { continue }
            total = add(total, count(target, depth: depth + 1))
        }
        busy.remove(key)
        known[key] = total
        return total
    }

    private func add(_ a: Int, _ b: Int) -> Int { min(a + b, limit + 1) }

    /// Links, and whatever is painted, filtered, clipped or marked with something.
    private func references(of node: DrawingNode) -> [String] {
        var names: [String] = []
        for (name, value) in node.attributes {
            if name == "href", value.hasPrefix("#") {
                names.append(String(value.dropFirst()))
            } else if value.utf8.contains(UInt8(ascii: "#")) {
                names += StyleFilter.references(in: value)
            }
        }
        return names
    }
}
