import MediaModel
import Planning

/// A drawing that was taken apart and put together again from what is allowed: the only form in which
/// any library, page or visitor gets to see it.
struct SafeDrawing {
    let root: DrawingNode
    let losses: Set<DrawingLoss>
    /// Whether there are pictures of pixels in it.
    let hasPictures: Bool

    /// Deepest nesting; librsvg and browsers draw recursively.
    private static let deepest = 200

    /// - Parameter text: UTF-8.
    /// - Throws: `invalidMedia` when it is not well-formed, `limitExceeded` when it has more elements
    ///   or pixels than the limits allow.
    init(_ text: [UInt8], limits: Limits) throws(Failure) {
        var builder = Builder(limits: limits, deepest: Self.deepest)
        var reader = MarkupReader(text)
        do {
            while let event = try reader.next() { try builder.take(event) }
        } catch let damage as MarkupReader.Damage {
            throw .damagedDrawing("\(damage.what) in line \(damage.line)")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "drawing", "\(error)")
        }
        root = try builder.finish()
        losses = builder.losses
        hasPictures = builder.hasPictures
    }

    /// The whole drawing as a file.
    func text() -> String {
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        root.write(to: &output)
        return output + "\n"
    }
}

/// Follows the events of a reader and keeps what is allowed.
private struct Builder {
    let limits: Limits
    let deepest: Int
    private(set) var losses: Set<DrawingLoss> = []
    private(set) var hasPictures = false

    private var root: DrawingNode?
    /// Open elements that are kept.
    private var open: [(node: DrawingNode, name: String)] = []
    /// Depth inside of an element that is left out; 0 = none.
    private var skipped = 0
    /// Declared prefixes of every open element, kept or not.
    private var prefixes: [[String: String]] = [["xml": DrawingVocabulary.xmlNameSpace]]
    private var elementCount = 0
    private var pictures = EmbeddedPictures()
    private var isOver = false

    init(limits: Limits, deepest: Int) {
        self.limits = limits
        self.deepest = deepest
    }

    mutating func take(_ event: MarkupReader.Event) throws {
        switch event {
        case .start(let name, let attributes, let isEmpty):
            guard !isOver else { throw Failure.damagedDrawing("something behind its end") }
            try start(name, attributes)
            if isEmpty { try end(name) }
        case .end(let name): try end(name)
        case .text(let text): take(text)
        }
    }

    func finish() throws(Failure) -> DrawingNode {
        guard let root, isOver else { throw .damagedDrawing("it ends early") }
        return root
    }

    private mutating func start(_ name: String, _ attributes: [MarkupReader.Attribute]) throws {
        elementCount += 1
        guard elementCount <= limits.drawingElements else {
            throw Failure.drawingElements(limits.drawingElements, found: "more than that")
        }
        guard prefixes.count <= deepest else {
            throw Failure.damagedDrawing("more than \(deepest) elements inside of each other")
        }
        declare(attributes)
        if skipped > 0 {
            skipped += 1
            return
        }
        let (space, local) = resolve(name)
        let isRoot = open.isEmpty
        // Hand-made drawings leave the name space out.
        let isOurs = space == DrawingVocabulary.nameSpace || space.isEmpty
        if isOurs, let loss = DrawingVocabulary.losses[local] { losses.insert(loss) }
        guard isOurs, DrawingVocabulary.elements.contains(local), isRoot == (root == nil) else {
            if isRoot { throw Failure.damagedDrawing("its first element is no svg") }
            skipped = 1
            return
        }
        if isRoot, local != "svg" { throw Failure.damagedDrawing("its first element is no svg") }
        let node = DrawingNode(local)
        if isRoot { node.attributes = [("xmlns", DrawingVocabulary.nameSpace)] }
        for attribute in attributes { try add(attribute, to: node) }
        if let parent = open.last?.node {
            parent.children.append(.element(node))
        } else {
            root = node
        }
        open.append((node, name))
    }

    private mutating func end(_ name: String) throws {
        prefixes.removeLast()
        guard !prefixes.isEmpty else { throw Failure.damagedDrawing("an end without a start") }
        if skipped > 0 {
            skipped -= 1
            return
        }
        guard let last = open.popLast(), last.name == name else {
            throw Failure.damagedDrawing("\(name.prefix(40)) ends where another element is open")
        }
        if last.node.name == "style" { finishStyle(last.node) }
        isOver = open.isEmpty
    }

    private mutating func take(_ text: String) {
        guard skipped == 0, let node = open.last?.node else { return }
        let isSpeaking = DrawingVocabulary.speaking.contains(node.name)
        guard isSpeaking || node.name == "style" else { return }
        node.children.append(.text(text))
    }

    private mutating func finishStyle(_ node: DrawingNode) {
        let text = node.children.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        var filter = StyleFilter()
        let sheet = filter.sheet(text)
        if filter.lostReference { losses.insert(.references) }
        node.attributes = [("type", "text/css")]
        node.children = sheet.isEmpty ? [] : [.text(sheet)]
    }

    // MARK: Names

    private mutating func declare(_ attributes: [MarkupReader.Attribute]) {
        var known = prefixes[prefixes.count - 1]
        for attribute in attributes {
            if attribute.name == "xmlns" {
                known[""] = attribute.value
            } else if attribute.name.hasPrefix("xmlns:") {
                known[String(attribute.name.dropFirst(6))] = attribute.value
            }
        }
        prefixes.append(known)
    }

    private func resolve(_ name: String) -> (space: String, local: String) {
        let parts = name.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return (prefixes.last?[""] ?? "", name) }
        return (prefixes.last?[String(parts[0])] ?? "unknown", String(parts[1]))
    }

    // MARK: Attributes

    private mutating func add(_ attribute: MarkupReader.Attribute, to node: DrawingNode) throws {
        let name = attribute.name
        if name == "href" { return try link(attribute.value, to: node) }
        if name.contains(":") {
            let (space, local) = resolve(name)
            if space == DrawingVocabulary.linkNameSpace, local == "href" {
                if node["href"] == nil { try link(attribute.value, to: node) }
            } else if space == DrawingVocabulary.xmlNameSpace, ["space", "lang"].contains(local) {
                node["xml:\(local)"] = attribute.value
            }
            return
        }
        if name.lowercased().hasPrefix("on") {
            losses.insert(.scripts)
            return
        }
        var filter = StyleFilter()
        defer { if filter.lostReference { losses.insert(.references) } }
        if name == "style" {
            let clean = filter.declarations(attribute.value)
            if !clean.isEmpty { node["style"] = clean }
            return
        }
        guard DrawingVocabulary.attributes.contains(name), filter.allows(attribute.value) else {
            return
        }
        node[name] = attribute.value
    }

    /// Links lead to a place in the drawing, or are a picture themselves.
    private mutating func link(_ value: String, to node: DrawingNode) throws {
        let target = value.drop { $0.isWhitespace }
        if node.name == "a" {
            if !target.isEmpty, !target.hasPrefix("#") { losses.insert(.references) }
            return
        }
        if target.hasPrefix("#"), node.name != "image" {
            node["href"] = String(target)
        } else if node.name == "image", target.lowercased().hasPrefix("data:") {
            if let picture = try pictures.safe(String(target), limits: limits) {
                node["href"] = picture
                hasPictures = true
            } else {
                losses.insert(.references)
            }
        } else if !target.isEmpty {
            losses.insert(.references)
        }
    }
}
