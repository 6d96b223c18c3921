import MediaModel

/// How large a drawing wants to be, in CSS pixels, and in which coordinates it is drawn.
struct DrawingSize: Hashable {
    var width: Double
    var height: Double

    /// A side beyond this is a mistake or an attack; what is drawn depends on the ratio alone.
    static let sides = 0.001...1e7

    /// What the root says; nil when it says nothing that can be used.
    init?(of root: DrawingNode) {
        let box = Self.viewBox(root["viewBox"])
        let width = root["width"].flatMap(Self.length)
        let height = root["height"].flatMap(Self.length)
        // SVG 2, section 7.8: what is missing follows from the ratio of the view box.
        let ratio = box.map { $0.width / $0.height }
        switch (width, height, ratio) {
        case (let width?, let height?, _): self.init(width: width, height: height)
        case (let width?, nil, let ratio?): self.init(width: width, height: width / ratio)
        case (nil, let height?, let ratio?): self.init(width: height * ratio, height: height)
        case (nil, nil, _?): self.init(width: box?.width ?? 0, height: box?.height ?? 0)
        default: return nil
        }
        guard Self.sides.contains(self.width), Self.sides.contains(self.height) else { return nil }
    }

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// Makes the root say its size, in pixels, and scale what is in it when that size is changed.
    func apply(to root: DrawingNode) {
        if Self.viewBox(root["viewBox"]) == nil {
            root["viewBox"] = "0 0 \(Self.text(width)) \(Self.text(height))"
        }
        root["width"] = Self.text(width)
        root["height"] = Self.text(height)
    }

    /// Without needless digits.
    private static func text(_ number: Double) -> String {
        let rounded = (number * 1_000).rounded() / 1_000
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func viewBox(_ text: String?) -> (width: Double, height: Double)? {
        let numbers = (text ?? "").split { $0.isWhitespace || $0 == "," }.map { Double($0) }
        guard numbers.count == 4, let width = numbers[2], let height = numbers[3],
            sides.contains(width), sides.contains(height), numbers[0]?.isFinite == true,
            numbers[1]?.isFinite == true
        else { return nil }
        return (width, height)
    }

    /// CSS units in pixels. https://www.w3.org/TR/css-values-3/#absolute-lengths
    private static let units: [(suffix: String, pixels: Double)] = [
        ("px", 1), ("pt", 96.0 / 72), ("pc", 16), ("mm", 96 / 25.4), ("cm", 96 / 2.54),
        ("in", 96), ("em", 16), ("ex", 8), ("", 1),
    ]

    /// nil for percentages, which are of something that nobody knows.
    private static func length(_ text: String) -> Double? {
        let trimmed = text.filter { !$0.isWhitespace }.lowercased()
        for (suffix, pixels) in units where trimmed.hasSuffix(suffix) {
            guard let number = Double(trimmed.dropLast(suffix.count)) else { continue }
            let length = number * pixels
            return sides.contains(length) ? length : nil
        }
        return nil
    }
}
