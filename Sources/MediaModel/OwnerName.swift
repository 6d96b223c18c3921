/// The name of a member, to whom items belong: in sidecars, as a sub-directory of the inbox, in
/// storage and in addresses.
///
/// 1…96 of `a-z A-Z 0-9 - _ .`, starting with a letter or digit, without `..` and without a dot at
/// the end: nothing that could climb out of a directory or need escaping. `Anna` and `anna` are two
/// members.
package struct OwnerName: Hashable, Sendable, CustomStringConvertible {
    /// The rule in words, for those who broke it.
    package static let rule = "1 to 96 letters, digits, - _ . starting with a letter or digit"

    package let rawValue: String

    /// `nil` when the text cannot be a member's name.
    package init?(_ text: String) {
        // The alphabet of items with upper-case letters; some others have lower-case ones in ASCII.
        guard text.utf8.allSatisfy({ $0 < 0x80 }), ItemID(text.lowercased()) != nil else {
            return nil
        }
        rawValue = text
    }

    package var description: String { rawValue }
}
