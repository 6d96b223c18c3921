/// A ratio of two integers: a frame rate (frames per second) or an aspect ratio (width : height).
package struct Ratio: Codable, Hashable, Sendable {
    package var numerator: Int
    /// Greater than zero.
    package var denominator: Int

    package init(_ numerator: Int, _ denominator: Int) {
        precondition(denominator > 0, "a denominator is positive")
        self.numerator = numerator
        self.denominator = denominator
    }

    package static let one = Ratio(1, 1)

    package var value: Double { Double(numerator) / Double(denominator) }

    /// The same ratio in lowest terms.
    package var reduced: Ratio {
        var a = abs(numerator)
        var b = denominator
        while b != 0 { (a, b) = (b, a % b) }
        return a > 1 ? Ratio(numerator / a, denominator / a) : self
    }
}
