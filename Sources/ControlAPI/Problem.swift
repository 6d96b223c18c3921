/// What went wrong with a request, as a problem document (RFC 9457, `application/problem+json`).
package struct Problem: Error, Codable, Hashable, Sendable {
    package static let mediaType = "application/problem+json"

    /// Stable; one of `Kind`, as `urn:vitrine:problem:<kind>`.
    package var type: String
    /// The kind in words; the same for every occurrence.
    package var title: String
    /// The HTTP status, again.
    package var status: Int
    /// What happened this time.
    package var detail: String
    /// What to do about it.
    @OrNull package var hint: String?

    package init(_ kind: Kind, _ detail: String, hint: String? = nil) {
        type = kind.type
        title = kind.title
        status = kind.status
        self.detail = detail
        self.hint = hint
    }

    /// nil for a type of another version.
    package var kind: Kind? {
        type.hasPrefix(Kind.prefix)
            ? Kind(rawValue: String(type.dropFirst(Kind.prefix.count))) : nil
    }

    /// The stable kinds.
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// The request cannot be understood: a parameter, the body.
        case badRequest = "bad-request"
        /// The caller may not do this.
        case notPermitted = "not-permitted"
        /// There is no such item, job, or address.
        case notFound = "not-found"
        /// The address is there and takes other methods.
        case methodNotAllowed = "method-not-allowed"
        /// The request is at odds with the state of the item or job.
        case conflict = "conflict"
        /// The body is longer than is read.
        case tooLarge = "too-large"
        /// The file or the recipe named in the request cannot be used.
        case unusableInput = "unusable-input"
        /// The configuration is wrong, and what was in force stays so.
        case badConfiguration = "bad-configuration"
        case internalError = "internal"
        /// The daemon starts, stops, or its store is not available: again later.
        case unavailable = "unavailable"

        static let prefix = "urn:vitrine:problem:"

        package var type: String { Self.prefix + rawValue }

        package var title: String {
            switch self {
            case .badRequest: "The request cannot be understood"
            case .notPermitted: "Not permitted"
            case .notFound: "Not found"
            case .methodNotAllowed: "Not a method of this address"
            case .conflict: "At odds with the present state"
            case .tooLarge: "The body is too large"
            case .unusableInput: "The input cannot be used"
            case .badConfiguration: "The configuration is wrong"
            case .internalError: "A mistake in the daemon"
            case .unavailable: "Not available now"
            }
        }

        package var status: Int {
            switch self {
            case .badRequest: 400
            case .notPermitted: 403
            case .notFound: 404
            case .methodNotAllowed: 405
            case .conflict: 409
            case .tooLarge: 413
            case .unusableInput: 422
            case .badConfiguration: 422
            case .internalError: 500
            case .unavailable: 503
            }
        }
    }
}
