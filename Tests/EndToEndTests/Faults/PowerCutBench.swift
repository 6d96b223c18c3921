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
            var digests: [String: String] = [:]
        }

        init(_ kind: PowerCutDisk.Kind) async throws {
            disk = try await PowerCutDisk(kind)
            site = try Site(at: disk.mounted, ["WORKERS_COUNT": "2", "INBOX_SETTLE": "0s"])
            picture = try await Data(
                contentsOf: Still {
                    $0.width = 64; $0.height = 48; $0.format = .png
                }.file())
            film = try await Data(
                contentsOf: Film {
                    $0.width = 160; $0.height = 90; $0.frameCount = 25
                }.file())
        }

        /// How many of the uploads had been acknowledged, and published, before their cut.
        var figures: String {
            counts.withLock {
                "\($0.cuts) cuts, \($0.uploads) uploads, \($0.accepted) acknowledged before, "
                    + "\($0.ready) of them published"
            }
        }

        /// Two pictures and a film, each with bytes of its own. Nothing is synced: that is the
        /// daemon's to do before it says that it has them.
        func upload(_ number: Int) async throws -> [String] {
            var names: [String] = []
            for kind in ["a.png", "b.png", "c.mp4"] {
                let name = "upload-\(number)-\(kind)"
                let tail = Data(name.utf8)
                let data =
                    kind.hasSuffix("png")
                    ? picture + tail
                    : film + Data([0, 0, 0, UInt8(8 + tail.count)]) + Data("free".utf8) + tail
                let digest = try await Digest.sha256(of: data)
                counts.withLock {
                    $0.uploads += 1
                    $0.digests[name] = digest
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
            try disk.cut()
            await site.kill()
            try await disk.remount()

            var expectations: [Expectation] = []
            for item in before {
                let name = item["fileName"]?.string ?? ""
                var expectation = Expectation(name, .ready, generation: 1, isAccepted: true)
                expectation.sha256 = counts.withLock { $0.digests[name] }
                expectations.append(expectation)
            }
            let ready = before.filter { $0["state"]?.string == "ready" }
            counts.withLock {
                $0.cuts += 1
                $0.accepted += before.count
                $0.ready += ready.count
            }
            try await site.start()
            let after = try await site.items()
            // What was published is there at once, and not made again.
            let lost = ready.filter { item in
                !after.contains { $0["id"] == item["id"] && $0["state"]?.string == "ready" }
            }
            var broken = lost.map { "\($0["fileName"]?.string ?? "") is not ready any more" }
            let known = Set(after.compactMap { $0["fileName"]?.string })
            // What the uploader had not synced either may be gone, or be empty and refused.
            try await site.finished(Array(known))
            try await Waiting.until("an empty inbox", within: .seconds(30)) {
                SiteChecker.paths(below: site.inbox).isEmpty ? true : nil
            }
            broken += try await SiteChecker(site: site).problems(expectations)
            return broken
        }
    }
#endif
