import CVips

/// A libvips operation that failed.
///
/// Its text is libvips' own: that buffer is one for all threads of the process, so `detail` explains
/// but never decides. What went wrong in kind is in `kind`, which comes from our own knowledge.
package struct VipsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it was; an open set.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The operation ran and failed: a damaged file, an impossible size, a write that failed.
        package static let failed = Kind(rawValue: "failed")
        /// This libvips has no operation of that name.
        package static let unknownOperation = Kind(rawValue: "unknownOperation")
        /// The operation exists and has no such argument, no such value, or one of another type.
        package static let badArgument = Kind(rawValue: "badArgument")
        /// The operation is forbidden because it reads formats whose parsers are not trusted.
        package static let blocked = Kind(rawValue: "blocked")
    }

    package var kind: Kind
    /// The operation's nickname (`jpegload_source`), or the wrapper's member when there is none.
    package var operation: String
    /// libvips' messages, trimmed, one per line.
    package var detail: String

    package init(_ kind: Kind = .failed, operation: String, detail: String) {
        self.kind = kind
        self.operation = operation
        self.detail = detail
    }

    package var description: String {
        detail.isEmpty ? "\(operation): \(kind.rawValue)" : "\(operation): \(detail)"
    }

    /// Takes libvips' message and clears its buffer. Wraps `vips_error_buffer_copy`.
    static func taking(_ operation: String, kind: Kind = .failed) -> VipsError {
        VipsError(kind, operation: operation, detail: takeMessage())
    }

    /// The collected messages, at most 1,000 characters, without repetitions in a row.
    ///
    /// A broken JPEG can repeat one message for every row.
    static func takeMessage() -> String {
        guard let buffer = unsafe vips_error_buffer_copy() else { return "" }
        defer { unsafe g_free(buffer) }
        let text = unsafe String(cString: buffer)
        var lines: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.drop(while: \.isWhitespace)
            if !trimmed.isEmpty, lines.last != trimmed { lines.append(trimmed) }
        }
        // A damaged file can have hundreds: the first is nearest the cause, the last to the operation.
        if lines.count > 4 { lines.replaceSubrange(2..<(lines.count - 2), with: ["…"]) }
        return String(lines.joined(separator: "\n").prefix(1_000))
    }
}
