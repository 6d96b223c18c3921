import ControlAPI
import Logging
import ServiceLifecycle

/// Removes what no kept generation names, once in a while. May touch: objects and manifests of
/// storage whose grace period is over; nothing else.
struct CollectorDuty: Service {
    let storage: StorageKeeping
    /// Between two runs, and before the first; zero = never.
    let interval: Duration
    let logger: Logger

    func run() async throws {
        guard interval > .zero else {
            // A service that ends takes the daemon with it.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while true {
                do { try await Task.sleep(for: interval) } catch { return }
                await collect()
            }
        }
    }

    private func collect() async {
        var request = CollectRequest()
        var (objects, bytes) = (0, Int64(0))
        repeat {
            do {
                let page = try await storage.collect(request)
                objects += page.items.reduce(0) { $0 + $1.paths.count }
                bytes += page.byteCount
                request.cursor = page.next
            } catch {
                logger.warning("cannot collect garbage", metadata: ["error": "\(error)"])
                return
            }
        } while request.cursor != nil && !Task.isCancelled
        guard objects > 0 else { return }
        logger.notice(
            "collected garbage",
            metadata: ["removed.count": "\(objects)", "removed.bytes": "\(bytes)"])
    }
}
