package import JobQueue
import Synchronization

/// How much each member may have; replaced as a whole when an operator reloads the configuration.
package final class QuotaBook: Sendable {
    package struct Content: Hashable, Sendable {
        /// For every member without a word of their own.
        package var usual: Quota
        package var exceptions: [String: Quota]

        package init(usual: Quota = .unlimited, exceptions: [String: Quota] = [:]) {
            self.usual = usual
            self.exceptions = exceptions
        }
    }

    private let content: Mutex<Content>

    package init(_ content: Content) { self.content = Mutex(content) }

    package func replace(with other: Content) { content.withLock { $0 = other } }

    /// What is nobody's has no limits.
    package func quota(of owner: String?) -> Quota {
        guard let owner else { return .unlimited }
        return content.withLock { $0.exceptions[owner] ?? $0.usual }
    }
}
