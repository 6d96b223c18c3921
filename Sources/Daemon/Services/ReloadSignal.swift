import Dispatch
import Glibc

/// Calls a function when the process is asked to read its configuration again (SIGHUP), as long as
/// it lives.
final class ReloadSignal {
    private let source: any DispatchSourceSignal

    /// A SIGHUP before there is anything to reload must not be our end.
    static func ignore() { signal(SIGHUP, SIG_IGN) }

    init(_ reload: @escaping @Sendable () -> Void) {
        Self.ignore()
        source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler(handler: reload)
        source.resume()
    }

    deinit { source.cancel() }
}
