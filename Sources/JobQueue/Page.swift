/// Where the next page begins: the sort key and number of the last row shown.
///
/// Keyset paging: a page costs the same at the end of a million rows as at the start, and rows
/// that arrive meanwhile shift nothing.
package struct PageCursor: Hashable, Sendable, CustomStringConvertible {
    package var key: Int64
    package var row: Int64

    package init(key: Int64, row: Int64) {
        self.key = key
        self.row = row
    }

    /// Opaque to clients: `key.row`.
    package var description: String { "\(key).\(row)" }

    /// nil for anything that `description` did not write.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = Int64(parts[0]), let row = Int64(parts[1]) else {
            return nil
        }
        self.init(key: key, row: row)
    }
}

/// Part of a list, newest first.
package struct Page<Element: Sendable>: Sendable {
    package var elements: [Element]
    /// nil on the last page.
    package var next: PageCursor?

    package init(elements: [Element], next: PageCursor?) {
        self.elements = elements
        self.next = next
    }
}

extension Page: Equatable where Element: Equatable {}
