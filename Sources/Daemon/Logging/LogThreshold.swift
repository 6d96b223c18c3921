import Logging
import Synchronization

/// The least level that is logged; can be changed under loggers that are in use.
package final class LogThreshold: Sendable {
    private let level: Mutex<Logger.Level>

    package init(_ level: Configuration.LogLevel) { self.level = Mutex(Self.level(level)) }

    var current: Logger.Level { level.withLock { $0 } }

    func set(_ new: Configuration.LogLevel) { level.withLock { $0 = Self.level(new) } }

    private static func level(_ word: Configuration.LogLevel) -> Logger.Level {
        Logger.Level(rawValue: word.rawValue) ?? .info
    }
}
