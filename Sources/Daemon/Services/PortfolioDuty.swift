import Logging
import MediaModel
import Pipeline
import ServiceLifecycle
import Storage

/// Keeps portfolios true when the moment of a publication was not enough: looks at all of them once
/// after the start (a crash may have come between a manifest and the portfolio), then tries those
/// again that could not be written.
struct PortfolioDuty: Service {
    let portfolios: PortfolioKeeper
    let health: DaemonHealth
    let logger: Logger
    /// Between two tries: what keeps a disk from taking a file seldom passes sooner.
    var pause: Duration = .seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await makeGood()
            for await _ in portfolios.troubles {
                while !portfolios.behind.isEmpty {
                    do { try await Task.sleep(for: pause) } catch { return }
                    for owner in portfolios.behind { await refresh(owner) }
                }
            }
        }
    }

    private func makeGood() async {
        while !Task.isCancelled {
            do {
                for owner in try await portfolios.owners() { await refresh(owner) }
                return
            } catch {
                logger.warning("cannot look at portfolios", metadata: ["error": "\(error)"])
                do { try await Task.sleep(for: pause) } catch { return }
            }
        }
    }

    private func refresh(_ owner: OwnerName) async {
        do {
            try await portfolios.refresh(owner)
        } catch let error as StorageError where error.code == .syncFailed {
            health.fail(error.failure)
        } catch {
            portfolios.remember(owner)
            logger.warning(
                "cannot write a portfolio",
                metadata: ["owner": "\(owner)", "error": "\(error)"])
        }
    }
}
