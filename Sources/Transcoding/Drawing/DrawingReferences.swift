import Foundation

/// That an element is drawn with the help of another.
struct DrawingReference: Hashable {
    /// How often.
    enum Reach: Hashable {
        /// Links, filters, masks, clips: once for the element as a whole.
        case once
        /// Paints and markers at ends: for every element inside.
        case eachElement
        /// Markers between: for every corner of every path inside.
        case eachCorner
    }

    var target: String
    var reach: Reach
}

/// Who refers to whom in a drawing: by links, attributes, styles and rules of style sheets.
struct DrawingReferences {
    private var nodes: [String: DrawingNode] = [:]
    private var found: [ObjectIdentifier: [DrawingReference]] = [:]
    private var cornerCounts: [ObjectIdentifier: Int] = [:]
    /// There were more than could be looked at.
    let isExcessive: Bool

    /// - Parameter patience: rules of style sheets and elements that they may be about, at most.
    init(in root: DrawingNode, patience: Int) {
        var look = Look(patience: patience)
        look.index(root, &nodes)
        look.read(root, &found, &cornerCounts)
        isExcessive = look.isExcessive
    }

    func of(_ node: DrawingNode) -> [DrawingReference] { found[ObjectIdentifier(node)] ?? [] }

    /// nil where nothing is drawn: there is none, or it is a mere gradient.
    func target(of reference: DrawingReference) -> DrawingNode? {
        guard let node = nodes[reference.target] ?? nodes[Self.asAddress(reference.target)],
            reference.reach == .once || !["linearGradient", "radialGradient"].contains(node.name)
        else { return nil }
        return node
    }

    /// As browsers read what stands behind the `#` of an address; librsvg takes it as it is.
    private static func asAddress(_ name: String) -> String {
        let solid = name.filter { !$0.isWhitespace }
        return solid.removingPercentEncoding ?? solid
    }

    /// Of its path or polygon; at most as many as are counted here. 0 where no markers are asked for.
    func corners(of node: DrawingNode) -> Int { cornerCounts[ObjectIdentifier(node)] ?? 0 }
}

/// Two walks through a drawing: what there is, then who needs it.
private struct Look {
    private var rules: StyleRules
    private var hasCornerMarkers = false
    /// Filters, masks and clips may be handed down when they are asked to.
    private var handsAllDown = false

    init(patience: Int) { rules = StyleRules(patience: patience) }

    var isExcessive: Bool { rules.patience <= 0 }

    mutating func index(_ node: DrawingNode, _ nodes: inout [String: DrawingNode]) {
        if let id = node["id"], nodes[id] == nil { nodes[id] = node }
        if node.name == "style" {
            for case .text(let sheet) in node.children {
                rules.add(sheet)
                note("style", sheet)
            }
        }
        for (name, value) in node.attributes { note(name, value) }
        for child in node.elements { index(child, &nodes) }
    }

    private mutating func note(_ name: String, _ value: String) {
        let isStyle = name == "style"
        guard isStyle || DrawingVocabulary.properties.contains(name) else { return }
        if isStyle ? value.contains("marker") : name.hasPrefix("marker") { hasCornerMarkers = true }
        if value.contains("inherit") { handsAllDown = true }
    }

    mutating func read(
        _ node: DrawingNode, _ found: inout [ObjectIdentifier: [DrawingReference]],
        _ corners: inout [ObjectIdentifier: Int]
    ) {
        var references: [DrawingReference] = []
        for (name, value) in node.attributes {
            if name == "href", value.hasPrefix("#") {
                references.append(DrawingReference(target: String(value.dropFirst()), reach: .once))
            } else if name == "style" {
                references += StyleFilter.references(ofDeclarations: value).flatMap {
                    of($0.property, $0.targets)
                }
            } else if value.utf8.contains(UInt8(ascii: "#")) {
                references += of(name, StyleFilter.references(in: value))
            }
        }
        references += rules.references(for: node).flatMap { of($0.property, $0.targets) }
        if !references.isEmpty { found[ObjectIdentifier(node)] = references }
        if hasCornerMarkers, let shape = node["d"] ?? node["points"] {
            corners[ObjectIdentifier(node)] = Self.corners(in: shape)
        }
        for child in node.elements { read(child, &found, &corners) }
    }

    private func of(_ property: String, _ targets: [String]) -> [DrawingReference] {
        let reach: DrawingReference.Reach =
            switch property {
            case "marker", "marker-mid": .eachCorner
            case "fill", "stroke", "marker-start", "marker-end": .eachElement
            default: handsAllDown ? .eachElement : .once
            }
        return targets.map { DrawingReference(target: $0, reach: reach) }
    }

    /// A corner takes a number or a letter at least.
    private static func corners(in shape: String) -> Int {
        var count = 0
        var isInNumber = false
        for byte in shape.utf8 {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isDigit ? !isInNumber : byte >= UInt8(ascii: "A") { count += 1 }
            isInNumber = isDigit
        }
        return count
    }
}
