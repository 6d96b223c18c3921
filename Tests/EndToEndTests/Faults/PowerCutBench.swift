#if DEBUG
    import Foundation
    import Synchronization
    import TestSupport

    /// A site on a disk that loses its power, and what must be there when it is back.
    final class PowerCutBench: Sendable {
        let site: Site
        private let disk: PowerCutDisk
        private let picture: Data
        private let film: Data
        private let counts = Mutex(Counts())

        private struct Counts {
            var cuts = 0, uploads = 0, accepted = 0, ready = 0
            var expectations: [String: Expectation] = [:]
        }

        init(_ kind: PowerCutDisk.Kind) async throws {
            disk = try await PowerCutDisk(kind)
            site = try Site(at: disk.mounted, ["WORKERS_COUNT": "2", "INBOX_SETTLE": "0s"])
            let material = try await Material()
            (picture, film) = (material.picture, material.film)
        }

        /// How many of the uploads had been acknowledged, and published, before their cut.
        var figures: String {
            counts.withLock {
                "\($0.cuts) cuts, \($0.uploads) uploads, \($0.accepted) acknowledged before, "
                    + "\($0.ready) of them published"
            }
        }

        /// Two pictures, a film, what is refused for its sidecar and what no worker can read, each with
        /// bytes of its own. Nothing is synced: that is the daemon's to do before it says that it has
        /// them.
        @discardableResult
        func upload(
            _ number: Int, _ kinds: [String] = ["a.png", "b.png", "c.mp4", "d.png", "e.png"]
        ) async throws -> [String] {
            var names: [String] = []
            for kind in kinds {
                let name = "upload-\(number)-\(kind)"
                let tail = Data(name.utf8)
                var expectation = Expectation(name, .ready, generation: 1, isAccepted: true)
                var data = picture + tail
                switch kind {
                case "c.mp4":
                    data = film + Data([0, 0, 0, UInt8(8 + tail.count)]) + Data("free".utf8) + tail
                case "d.png":
                    try site.upload(Data("{ this is no JSON".utf8), as: "\(name).json")
                    expectation = Expectation(name, .failed, isAccepted: false)
                case "e.png":
                    data = Data("neither picture nor sound: ".utf8) + tail
                    expectation = Expectation(name, .failed, isAccepted: true)
                default: break
                }
                expectation.sha256 = try await Digest.sha256(of: data)
                counts.withLock {
                    $0.uploads += 1
                    $0.expectations[name] = expectation
                }
                names.append(try site.upload(data, as: name))
            }
            return names
        }

        /// Cuts the power, gives it back, and starts a daemon.
        /// - Parameter names: what was uploaded since the last cut.
        /// - Returns: which promises are broken of what was acknowledged before the cut.
        func cut(expecting names: [String]) async throws -> [String] {
            let before = try await site.items().filter {
                names.contains($0["fileName"]?.string ?? "")
            }
            let ready = before.filter { $0["state"]?.string == "ready" }
            return try await cut(
                acknowledged: before.compactMap { $0["fileName"]?.string }, ready: ready)
        }

        /// The same when it is known what was acknowledged, and which items were published.
        func cut(acknowledged names: [String], ready: [JSONValue] = []) async throws -> [String] {
            try disk.cut()
            await site.kill()
            try await disk.remount()

            let expectations = counts.withLock { counts in
                counts.cuts += 1
                counts.accepted += names.count
                counts.ready += ready.count
                return names.compactMap { counts.expectations[$0] }
            }
            try await site.start()
            let after = try await site.items()
            // What was published is there at once, and not made again.
            let lost = ready.filter { item in
                !after.contains { $0["id"] == item["id"] && $0["state"]?.string == "ready" }
            }
            var broken = lost.map { "\($0["fileName"]?.string ?? "") is not ready any more" }
            // What was not acknowledged may be gone, or be empty and refused: nobody had synced it.
            try await Waiting.until("the end of everything", within: .seconds(60)) {
                () async throws -> Bool? in
                guard SiteChecker.paths(below: site.inbox).isEmpty,
                    SiteChecker.paths(below: site.state.appending(path: "claimed")).isEmpty
                else { return nil }
                let states = try await site.items().map { $0["state"]?.string ?? "" }
                return states.allSatisfy { ["ready", "failed"].contains($0) } ? true : nil
            }
            broken += try await SiteChecker(site: site).problems(expectations)
            return broken
        }
    }
#endif
