import Foundation
import Glibc
import TestSupport

extension SiteChecker {
    /// Promise 5: no worker outlives its daemon, and none that ended waits to be collected.
    func processProblems() async -> [String] {
        do {
            try await Waiting.until("processes to end", within: .seconds(10)) {
                leftProcesses().isEmpty ? true : nil
            }
            return []
        } catch {
            return leftProcesses().map {
                "process \($0.identifier) (\($0.name), \($0.state)) is left by \($0.parent)"
            }
        }
    }

    private func leftProcesses() -> [ProcessStatus] {
        let all = ProcessStatus.all()
        let daemon = site.daemon?.identifier
        let parents = Dictionary(
            all.map { ($0.identifier, $0.parent) }, uniquingKeysWith: { a, _ in a })
        let owners = Set(
            all.filter { $0.name == "vitrined" }.map(\.identifier)
                + [ProcessInfo.processInfo.processIdentifier])
        // Tests put programs of their own between daemon and worker.
        func isOwned(_ process: ProcessStatus) -> Bool {
            var ancestor = process.parent
            while ancestor > 1, !owners.contains(ancestor) { ancestor = parents[ancestor] ?? 0 }
            return ancestor > 1
        }
        let worker = Self.file(of: PackageLayout.product("vitrine-worker").path)
        return all.filter { process in
            if process.parent == daemon { return process.state == "Z" }
            // Of another checkout, or not ours to look at: whose it is, nobody can tell.
            return ["vitrine-worker", "vitrine-zygote"].contains(process.name) && !isOwned(process)
                && process.state != "Z"
                && Self.file(of: "/proc/\(process.identifier)/exe") == worker
        }
    }

    /// Device and number of the file behind a path; nil when it cannot be seen.
    private static func file(of path: String) -> [UInt64]? {
        var status = stat()
        // Through the link in /proc to the file itself: its path may mean another one here.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
