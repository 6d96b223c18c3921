import Foundation
import Glibc
import TestSupport
import Testing

/// `kill -9` at random moments: every accepted upload ends as it would have without.
@Suite(.serialized)
struct KillTests {
    /// Kills of the daemon, and as many of workers: `TEST_KILLS`, default 25.
    private static let kills =
        ProcessInfo.processInfo.environment["TEST_KILLS"].flatMap { Int($0) } ?? 25
    private static let seed =
        ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) }
        ?? UInt64(Date().timeIntervalSince1970)

    /// Thirty uploads: twelve pictures, ten recordings, eight films.
    private static func uploads() async throws -> [(name: String, data: Data)] {
        var all: [(name: String, data: Data)] = []
        for index in 0..<12 {
            let still = Still {
                $0.width = 400 + 20 * index
                $0.format = index.isMultiple(of: 2) ? .jpg : .png
            }
            all.append(("picture-\(index)", try await Data(contentsOf: still.file())))
        }
        for index in 0..<10 {
            let song = Song { $0.seconds = 2 + 0.3 * Double(index) }
            all.append(("song-\(index)", try await Data(contentsOf: song.file())))
        }
        for index in 0..<8 {
            let film = Film { $0.frameCount = 25 + 5 * index }
            all.append(("film-\(index)", try await Data(contentsOf: film.file())))
        }
        return all
    }

    /// The same film with other bytes: a box that readers skip at its end.
    private static func another(_ film: Data, _ number: Int) -> Data {
        film + Data([0, 0, 0, 12]) + Data("free".utf8)
            + Data([0, 0, UInt8(number >> 8 & 255), UInt8(number & 255)])
    }

    private static func manifests(of items: [String: JSONValue]) throws -> [String: JSONValue] {
        try items.mapValues { try Published($0).lasting }
    }

    @Test func killedDaemonsAndWorkersChangeNothing() async throws {
        let uploads = try await Self.uploads()
        let names = uploads.map(\.name)
        let calm = try Site("calm", ["WORKERS_COUNT": "1"])
        try await calm.start()
        for upload in uploads { try calm.upload(upload.data, as: upload.name) }
        let expected = try await Self.manifests(of: calm.finished(names, within: .seconds(600)))
        #expect(try await calm.stop() == .exited(0))

        print(
            "kills: \(Self.kills) of the daemon, \(Self.kills) of workers, TEST_SEED=\(Self.seed)")
        var random = SplitMix(seed: Self.seed)
        let site = try Site("kills", ["WORKERS_COUNT": "1"])
        var daemon = try await site.start()
        for upload in uploads { try site.upload(upload.data, as: upload.name) }
        var remaining =
            (Array(repeating: true, count: Self.kills) + Array(repeating: false, count: Self.kills))
            .shuffled(using: &random)
        let film = try #require(uploads.last).data
        var extra: [String] = []
        var slowest = Duration.zero
        while let ofDaemon = remaining.popLast() {
            // A sleep, because the moment of the kill is itself the input: drawn from the seed, at
            // whatever the daemon is doing then. Nothing is waited for, and nothing rests on its length.
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...700, using: &random)))
            if ofDaemon {
                daemon.send(SIGKILL)
                #expect(await daemon.wait() == .signalled(SIGKILL), "TEST_SEED=\(Self.seed)")
                let start = ContinuousClock.now
                daemon = try await site.start()
                slowest = max(slowest, ContinuousClock.now - start)
            } else {
                var worker = try await victim(of: daemon, at: site)
                // A fast machine runs out of work before the kills do.
                while worker == nil {
                    extra.append(
                        try site.upload(Self.another(film, extra.count), as: "extra-\(extra.count)")
                    )
                    worker = try await victim(of: daemon, at: site)
                }
                if let worker { kill(worker, SIGKILL) }
            }
        }
        print("kills: \(extra.count) more uploads were needed")
        print("kills: the slowest restart took \(slowest)")
        #expect(slowest < .seconds(5), "claiming again within 5 s")

        let items = try await site.finished(names + extra, within: .seconds(600))
        for name in names {
            let item = try #require(items[name])
            #expect(item["state"]?.string == "ready", "TEST_SEED=\(Self.seed) \(item)")
            #expect(item["generation"]?.int == 1, "exactly once, TEST_SEED=\(Self.seed) \(item)")
        }
        let found = try Self.manifests(
            of: items.filter { names.contains($0.key) && $0.value["state"]?.string == "ready" })
        for (name, manifest) in expected {
            #expect(found[name] == manifest, "\(name), TEST_SEED=\(Self.seed)")
        }
        #expect(
            try await SiteChecker(site: site).problems(uploads: names + extra) == [],
            "TEST_SEED=\(Self.seed)")
        let pid = daemon.identifier
        #expect(try await site.stop() == .exited(0))
        #expect(
            ProcessStatus.all().filter { $0.name.hasPrefix("vitrine-") && $0.parent == pid }.isEmpty
        )
    }

    /// The worker of a running job that can bear another kill: five are the limit by design. Waits
    /// for one; nil when there is no work left.
    private func victim(of daemon: RunningProgram, at site: Site) async throws -> Int32? {
        let found = try await Waiting.until(
            "a worker at work", within: .seconds(60), every: .milliseconds(5)
        ) { () async throws -> Int32? in
            guard let jobs = try? await site.jobs() else { return nil }
            let isIdle = jobs.allSatisfy { $0["state"]?.string == "completed" }
            if isIdle, SiteChecker.paths(below: site.inbox).isEmpty { return 0 }
            let isRunning = jobs.contains {
                $0["state"]?.string == "running" && ($0["attempts"]?["counted"]?.int ?? 0) <= 3
            }
            let workers = ProcessStatus.children(of: daemon.identifier)
                .filter { $0.name == "vitrine-worker" && $0.state != "Z" }
                .map(\.identifier).sorted()
            return isRunning ? workers.first : nil
        }
        return found == 0 ? nil : found
    }
}
