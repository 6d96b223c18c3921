import Foundation
import Glibc
import TestSupport

extension SiteChecker {
    /// From the start, or from the moment that a job may be claimed.
    private static let claimLimit = Duration.seconds(5)

    /// Promise 8: no daemon crashed, and the newest one began with what there was in time.
    func lifeProblems() async throws -> [String] {
        let lives = site.lives
        var problems = lives.compactMap { life -> String? in
            guard case .signalled(let signal) = life.daemon.termination, signal != SIGKILL else {
                return nil
            }
            return "daemon \(life.daemon.identifier) ended by signal \(signal)"
        }
        guard let newest = lives.last, !newest.isHarmed else { return problems }
        if !newest.daemon.isRunning { problems.append("the newest daemon does not run") }
        if let problem = try await lateClaim(of: newest) { problems.append(problem) }
        return problems
    }

    /// What became claimable first in a life, and when a job was started first after that.
    private func lateClaim(of life: Site.Life) async throws -> String? {
        var waiting: Set<Int> = []
        var since: Date?
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for event in try await events() {
            let type = event["type"]?.string ?? ""
            // An operator that pauses wants it to wait.
            if type.hasPrefix("queue.") { return nil }
            guard let job = event["job"]?.int, let text = event["time"]?.string else { continue }
            let time = try format.parse(text)
            if time >= life.start {
                if since == nil, !waiting.isEmpty { since = life.start }
                if type == "job.started", let since {
                    let took = Duration.seconds(time.timeIntervalSince(since))
                    return took > Self.claimLimit
                        ? "not claimed again within 5 s: job \(job) after \(took)" : nil
                }
            }
            switch type {
            case "job.created", "job.abandoned", "job.interrupted":
                waiting.insert(job)
                if time >= life.start, since == nil { since = time }
            case "job.started", "job.held", "job.cancelled": waiting.remove(job)
            default: break
            }
        }
        return nil
    }
}
