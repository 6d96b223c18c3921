import Synchronization

/// The limits in force; replaced as one when an operator reloads the configuration. An attempt takes
/// them once, at its start.
package final class LimitBook: Sendable {
    private let content: Mutex<Limits>

    package init(_ limits: Limits) { content = Mutex(limits) }

    package var limits: Limits { content.withLock { $0 } }

    package func replace(with other: Limits) { content.withLock { $0 = other } }
}
