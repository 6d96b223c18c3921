package import MediaModel

/// The right to work on a job, until it expires.
package struct Lease: Codable, Hashable, Sendable {
    /// The daemon instance that holds it: unique per start, never reused.
    package var holder: String
    /// Fencing token: counts up with every claim of the job (it is the attempt's number). A holder
    /// whose token is not the newest is late and may change nothing.
    package var token: Int64
    package var expiresAt: Timestamp

    package init(holder: String, token: Int64, expiresAt: Timestamp) {
        self.holder = holder
        self.token = token
        self.expiresAt = expiresAt
    }
}
