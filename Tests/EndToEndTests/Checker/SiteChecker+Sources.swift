import Foundation
import TestSupport

extension SiteChecker {
    /// Promise 1: what was accepted is kept as it came; what was refused lies in quarantine. And what
    /// was said about it reached the page. Promise 4 and 6: its attempts have ended, and are counted.
    func sourceProblems(
        _ expectations: [Expectation], _ items: [JSONValue]
    ) async throws -> [String] {
        var problems: [String] = []
        for item in items {
            let name = item["fileName"]?.string ?? ""
            guard let id = item["id"]?.string,
                let expectation = expectations.first(where: { $0.name == name })
            else { continue }
            let detail = try await site.get("/items/\(id)")
            let jobs = detail["jobs"]?.array ?? []
            problems += jobs.flatMap { Self.attemptProblems($0, expectation) }
            if expectation.generation == 1, jobs.count != 1 {
                problems.append("\(name): processed by \(jobs.count) jobs")
            }
            problems += try await Self.originalProblems(
                detail, wasAccepted: !jobs.isEmpty, expectation, site)
            if let title = expectation.title, item["state"]?.string == "ready",
                let published = try? Published(item), published.document["title"]?.string != title
            {
                problems.append("\(name): its sidecar was lost")
            }
        }
        return problems
    }

    private static func originalProblems(
        _ item: JSONValue, wasAccepted: Bool, _ expectation: Expectation, _ site: Site
    ) async throws -> [String] {
        let name = expectation.name
        if let wanted = expectation.isAccepted, wanted != wasAccepted {
            return ["\(name): accepted is \(wasAccepted)"]
        }
        let place: URL
        if wasAccepted {
            guard let digest = item["sha256"]?.string else { return ["\(name) has no digest"] }
            if let wanted = expectation.sha256, wanted != digest {
                return ["\(name): accepted with the digest \(digest) of other bytes"]
            }
            place = site.originals.appending(path: "\(digest.prefix(2))/\(digest)")
        } else {
            place = site.quarantine.appending(path: item["id"]?.string ?? "")
        }
        let kept = try await Digest.sha256(of: [place.path])[place.path]
        let wanted = expectation.sha256 ?? item["sha256"]?.string
        guard let kept else { return ["\(name): its bytes are not kept"] }
        return wanted == nil || kept == wanted ? [] : ["\(name): its bytes are kept as others"]
    }

    private static func attemptProblems(
        _ job: JSONValue, _ expectation: Expectation
    ) -> [String] {
        var problems: [String] = []
        let label = "\(expectation.name), job \(job["id"]?.int ?? 0)"
        let state = job["state"]?.string ?? ""
        if !["completed", "discarded", "cancelled"].contains(state) {
            problems.append("\(label) has no end: \(state)")
        }
        let attempts = job["attemptList"]?.array ?? []
        let numbers = attempts.compactMap { $0["number"]?.int }
        if numbers != Array(1..<(numbers.count + 1))
            || job["attempts"]?["total"]?.int != numbers.count
        {
            problems.append("\(label): attempts \(numbers) of \(job["attempts"] ?? .null)")
        }
        let outcomes = attempts.map { $0["outcome"]?.string ?? "open" }
        if outcomes.contains("open") { problems.append("\(label): attempts are \(outcomes)") }
        if state == "completed", outcomes.last != "completed" {
            problems.append("\(label) is completed, its attempts are \(outcomes)")
        }
        let counted = job["attempts"]?["counted"]?.int ?? -1
        // An operator's retry forgives.
        if counted > outcomes.count(where: { ["failed", "crashed"].contains($0) }) {
            problems.append("\(label): \(counted) counted of \(outcomes)")
        }
        if let allowed = expectation.countedAttempts, !allowed.contains(counted) {
            problems.append("\(label): \(counted) attempts burnt: \(outcomes)")
        }
        return problems
    }
}
