/// A value for an argument of an operation.
package enum Argument: Sendable {
    /// A whole number, for `gint`, `guint64` and `gdouble` arguments.
    case int(Int)
    case double(Double)
    case bool(Bool)
    /// Text; for an enumeration its nickname (`"down"`).
    case string(String)
    case image(Image)
    case images([Image])
    case doubles([Double])
    case ints([Int])
    /// Bytes; copied.
    case blob([UInt8])
    case source(Source)
    case target(Target)

    /// An enumeration's value by its nickname.
    package static func nick(_ value: some RawRepresentable<String>) -> Argument {
        .string(value.rawValue)
    }
}

extension Argument: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringLiteral
{
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(stringLiteral value: String) { self = .string(value) }
}
