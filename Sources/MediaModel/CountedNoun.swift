extension DefaultStringInterpolation {
    /// A number with its noun: `\(count, of: "tile")` is `1 tile` or `2 tiles`.
    /// - Parameter plural: where it is not the noun with an s.
    package mutating func appendInterpolation(
        _ number: some BinaryInteger, of noun: String, plural: String? = nil
    ) {
        appendInterpolation(number)
        appendLiteral(" ")
        appendLiteral(number == 1 ? noun : plural ?? noun + "s")
    }
}
