import ControlAPI
import Logging
import MediaModel
import ServiceLifecycle

/// Verifies, where a disk ended the last life, what was written in its last hour. May touch: damaged
/// objects of storage, which are made again; the mark in the state directory, which goes once
/// everything was looked at.
struct AfterDiskFailureDuty: Service {
    let storage: StorageKeeping
    let state: String
    let logger: Logger

    /// Written before that long, it was synced long ago.
    private static let doubt = Duration.seconds(3600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do { try await verify() } catch is CancellationError {
                // Asked to stop; the mark is still there.
            } catch {
                logger.error(
                    "cannot verify what was written before the disk failed",
                    metadata: ["error": "\(error)"])
            }
        }
        try? await gracefulShutdown()
    }

    private func verify() async throws {
        guard let mark = try DiskFailureMark.read(in: state) else { return }
        logger.notice(
            "verifying what was written before a disk failed",
            metadata: ["reason": "\(mark.reason)"])
        let result = try await storage.verifyChanges(
            since: mark.failedAt.advanced(by: .zero - Self.doubt))
        for finding in result.published.findings {
            logger.error(
                "an object is not what was written",
                metadata: [
                    "item.id": "\(finding.item)", "path": "\(finding.path)",
                    "problem": "\(finding.problem)", "error": "\(finding.detail)",
                ])
        }
        for item in result.lostOriginals {
            logger.error(
                "a kept upload is not what was written: ask its owner for it again",
                metadata: ["item.id": "\(item)"])
        }
        for repair in result.published.repairs {
            let isLeft = repair.outcome == .skipped
            logger.log(
                level: isLeft ? .error : .notice,
                isLeft
                    ? "damaged objects are not made again: `vitrinectl storage verify --repair` does"
                    : "damaged objects are made again",
                metadata: [
                    "item.id": "\(repair.item)",
                    "outcome": "\(repair.outcome.rawValue)", "reason": "\(repair.reason ?? "")",
                ])
        }
        try DiskFailureMark.remove(in: state)
        logger.notice(
            "verified",
            metadata: [
                "items.count": "\(result.published.items)",
                "objects.count": "\(result.published.objects)",
                "findings.count": "\(result.published.findings.count + result.lostOriginals.count)",
            ])
    }
}
