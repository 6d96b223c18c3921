import Dispatch
import Glibc

/// Calls a function when the process is asked to stop (SIGTERM, SIGINT), as long as it lives.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGINT].map { number in
            // The source only watches: the default action would still end the process.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
