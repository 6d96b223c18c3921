import CPoppler

/// A document or page that poppler could not work with.
package struct PopplerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        /// It asks for a password, or for keys that nobody here has.
        case encrypted
        /// It cannot be read as a document.
        case damaged
        /// A page cannot be loaded.
        case noPage
        /// A page cannot be drawn: cairo's reason is in the detail.
        case undrawable
        /// Reading it failed.
        case unreadable
    }

    package var kind: Kind
    /// poppler's or cairo's own words.
    package var detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    package var description: String { "\(kind.rawValue): \(detail)" }

    /// Takes over a GError.
    static func taking(_ error: UnsafeMutablePointer<GError>?) -> PopplerError {
        guard let error = unsafe error else { return PopplerError(.unreadable, "no reason given") }
        defer { unsafe g_error_free(error) }
        let kind: Kind =
            switch Int(unsafe cpoppler_error_kind(error)) {
            case CPOPPLER_ENCRYPTED: .encrypted
            case CPOPPLER_DAMAGED: .damaged
            default: .unreadable
            }
        let message = unsafe error.pointee.message.map { unsafe String(cString: $0) } ?? ""
        return PopplerError(kind, message)
    }
}
