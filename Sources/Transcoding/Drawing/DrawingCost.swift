/// How much a drawing draws: each element as often as it is referred to, through every level.
///
/// A few hundred bytes of `use` inside of `use` are a billion elements. It is an upper bound: what
/// applies only perhaps (a rule of a style sheet, a paint that is inherited) is counted.
struct DrawingCost {
    /// What is drawn of an element, with what is inside of it and what it refers to.
    private struct Weight {
        var elements: Int
        /// Of paths and polygons: where markers stand.
        var corners = 0
    }

    private let references: DrawingReferences
    private var known: [ObjectIdentifier: Weight] = [:]
    /// What is being weighed, with its depth. To be found again: what refers to itself is drawn once,
    /// or not at all.
    private var busy: [ObjectIdentifier: Int] = [:]
    /// The outermost element that was found again: what is weighed inside of it lacks a part, which
    /// it does not lack where it is reached another way.
    private var cut = Int.max
    /// References that were followed. Those to gradients cost nothing, and take time here all the same.
    private var steps = 0
    /// Deepest chain of elements that refer to each other: who draws them is recursive, as this is.
    private static let deepest = 1_000
    private static let stepsPerElement = 10

    /// Counting ends here.
    private let limit: Int

    private init(_ references: DrawingReferences, limit: Int) {
        self.references = references
        self.limit = limit
    }

    /// - Returns: the number of elements drawn, at most `limit` + 1.
    static func elements(of root: DrawingNode, atMost limit: Int) -> Int {
        let references = DrawingReferences(in: root, patience: (limit + 1) * stepsPerElement)
        guard !references.isExcessive else { return limit + 1 }
        var cost = DrawingCost(references, limit: limit)
        return cost.weigh(root, depth: 0).elements
    }

    private mutating func weigh(_ node: DrawingNode, depth: Int) -> Weight {
        guard depth < Self.deepest else { return Weight(elements: limit + 1) }
        let key = ObjectIdentifier(node)
        if let known = known[key] { return known }
        if let place = busy[key] {
            cut = min(cut, place)
            return Weight(elements: 1)
        }
        busy[key] = depth
        let outerCut = cut
        cut = .max
        var total = Weight(elements: 1, corners: references.corners(of: node))
        for child in node.elements where total.elements <= limit {
            total = add(total, weigh(child, depth: depth + 1))
        }
        let all = references.of(node)
        for reference in all where reference.reach == .once && total.elements <= limit {
            total = add(total, follow(reference, depth))
        }
        // What is inherited is painted by everything that is inside.
        let inside = total
        for reference in all where reference.reach != .once && total.elements <= limit {
            let times = reference.reach == .eachCorner ? inside.corners : inside.elements
            let weight = follow(reference, depth)
            total = add(
                total,
                Weight(
                    elements: multiply(weight.elements, times),
                    corners: multiply(weight.corners, times)))
        }
        busy[key] = nil
        if cut >= depth {
            known[key] = total
            cut = outerCut
        } else {
            cut = min(cut, outerCut)
        }
        return total
    }

    private mutating func follow(_ reference: DrawingReference, _ depth: Int) -> Weight {
        steps += 1
        guard steps <= (limit + 1) * Self.stepsPerElement else {
            return Weight(elements: limit + 1)
        }
        guard let target = references.target(of: reference) else { return Weight(elements: 0) }
        return weigh(target, depth: depth + 1)
    }

    private func add(_ a: Weight, _ b: Weight) -> Weight {
        Weight(
            elements: min(a.elements + b.elements, limit + 1),
            corners: min(a.corners + b.corners, limit + 1))
    }

    /// Both are at most `limit` + 1.
    private func multiply(_ a: Int, _ b: Int) -> Int {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? limit + 1 : min(product, limit + 1)
    }
}
