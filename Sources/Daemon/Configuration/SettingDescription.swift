/// One setting as it was read: what it may be, what it is, and where that was said.
package struct SettingDescription: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case text, path, flag
        case choice([String])
        case duration(ClosedRange<Duration>)
        case size(ClosedRange<Int64>)
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        /// `auto`, or what the words say.
        case automatic(String)
        /// A list of words, or `all`.
        case names
    }

    /// Dotted: `inbox.settle`.
    package var key: String
    var kind: Kind
    /// As a configuration writes it.
    package var value: String
    package var defaultValue: String
    /// nil when nobody said anything.
    package var origin: SettingOrigin?
}
