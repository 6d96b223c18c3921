package import FoundationEssentials

/// The answer to a request that carried a key of its sender's, for when it is sent again.
package struct KeptAnswer: Hashable, Sendable {
    /// How long one is kept.
    package static let lifetime = Duration.seconds(24 * 3600)

    package var key: String
    /// Digest of the request: another one with the same key is a mistake of its sender's.
    package var fingerprint: String
    package var status: Int
    package var body: Data

    package init(key: String, fingerprint: String, status: Int, body: Data) {
        self.key = key
        self.fingerprint = fingerprint
        self.status = status
        self.body = body
    }
}
