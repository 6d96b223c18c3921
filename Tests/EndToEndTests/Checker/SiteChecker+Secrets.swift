import Foundation
import TestSupport

extension SiteChecker {
    /// Promise 7: a word of an upload is nowhere but in the bytes that were kept of it. That it reaches
    /// no network and no other file is seen by `AttackTests`, which have a port and files to be found.
    func secretProblems(_ expectations: [Expectation], _ items: [JSONValue]) -> [String] {
        expectations.flatMap { expectation -> [String] in
            guard let secret = expectation.secret else { return [] }
            let scan = TokenScan(secret)
            var problems: [String] = []
            for place in [site.state, site.storage, site.inbox] {
                problems += scan.places(below: place).map { "\(place.lastPathComponent)/\($0)" }
            }
            // The bytes of a refused upload lie in quarantine, as they came.
            let kept = Set(
                items.filter { $0["fileName"]?.string == expectation.name }
                    .compactMap { $0["id"]?.string })
            problems += scan.places(below: site.quarantine).filter { !kept.contains($0) }
                .map { "quarantine/\($0)" }
            for life in site.lives
            where scan.isIn(Data(life.daemon.error.utf8) + life.daemon.output) {
                problems.append("the log of daemon \(life.daemon.identifier)")
            }
            return problems.map { "what \(expectation.name) holds is in \($0)" }
        }
    }
}
