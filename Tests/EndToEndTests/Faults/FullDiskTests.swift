#if DEBUG
    import Foundation
    import Glibc
    import TestSupport
    import Testing

    /// A disk that is full: of bytes or of inodes, at one place of a site, to the brim or nearly. Nothing is
    /// lost, nothing is said to be done that is not, and once there is room again work goes on by itself.
    ///
    /// `TEST_DISKS`: `all` of them, those of one place (`scratch`), or so many of the list (default 2). Needs the right to mount; skips
    /// otherwise, and says so.
    @Suite(.serialized)
    struct FullDiskTests {
        enum Place: String, CaseIterable, Sendable {
            case state, storage, originals, scratch, quarantine

            func url(in site: Site) -> URL {
                switch self {
                case .state: site.state
                case .storage: site.storage
                case .originals: site.originals
                case .scratch: site.state.appending(path: "scratch")
                case .quarantine: site.quarantine
                }
            }
        }

        enum Room: Hashable, Sendable {
            /// So many are left.
            case bytes(Int), inodes(Int)
        }

        struct Level: Sendable, CustomTestStringConvertible {
            var place: Place
            var room: Room

            var testDescription: String { "\(place.rawValue), \(room)" }
        }

        static let all: [Level] = {
            let rooms: [Room] = [.bytes(0), .inodes(0), .bytes(16 << 10), .bytes(120 << 10)]
            // The first two are those of `make test`.
            return [
                Level(place: .state, room: .bytes(0)), Level(place: .storage, room: .inodes(0)),
            ]
                + rooms.flatMap { room in Place.allCases.map { Level(place: $0, room: room) } }
                .filter { level in
                    switch (level.place, level.room) {
                    case (.state, .bytes(0)), (.storage, .inodes(0)): false
                    // There is room enough then for what comes here.
                    case (.quarantine, .bytes(1...)), (.originals, .bytes(65_536...)): false
                    default: true
                    }
                }
        }()

        static var levels: [Level] {
            let wanted = ProcessInfo.processInfo.environment["TEST_DISKS"] ?? "2"
            if let place = Place(rawValue: wanted) { return all.filter { $0.place == place } }
            return wanted == "all" ? all : Array(all.prefix(Int(wanted) ?? 2))
        }

        @Test(arguments: levels)
        func aFullDiskIsWaitedFor(level: Level) async throws {
            let site = try Site(
                "full-disk",
                ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s", "INBOX_MINIMUM_FREE": "1KiB"])
            let place = level.place.url(in: site)
            guard let disk = try await SmallDisk(at: place, "size=64m,nr_inodes=2000") else {
                return
            }
            do {
                try await check(level, site, place)
                await disk.unmount()
            } catch {
                await site.kill()
                await disk.unmount()
                throw error
            }
        }

        private func check(_ level: Level, _ site: Site, _ place: URL) async throws {
            let material = try await Material()
            let daemon = try await site.start()
            let before = Offering(.picture, 0, of: material)
            try before.bring(to: site)
            try await site.finished([before.name])

            let ballast = try Ballast(in: place, leaving: level.room)
            let log = daemon.error.count
            let errands: [Errand] = level.place == .quarantine ? [.unusable] : [.picture, .film]
            let offerings = errands.enumerated().map {
                Offering($0.element, $0.offset + 1, of: material)
            }
            for offering in offerings { try offering.bring(to: site) }
            // In the log, or in its state (with less than the reserve, intake pauses), or a job's.
            try await Waiting.until("a word about the full disk", within: .seconds(60)) {
                if String(daemon.error.dropFirst(log)).contains(Self.complaint) { return true }
                if try await site.status()["state"]?.string == "degraded" { return true }
                let jobs = try await site.jobs()
                return jobs.contains { $0["reason"]?.object != nil } ? true : nil
            }
            // Whether it can still answer, it decides; what it says is done, is.
            let done = ((try? await site.items()) ?? []).filter { $0["state"]?.string == "ready" }
            #expect(try await SiteChecker(site: site).manifestProblems(done) == [])
            #expect(daemon.isRunning)

            ballast.drop()
            let start = ContinuousClock.now
            let names = offerings.map(\.name)
            let items = try await site.finished(names, within: .seconds(60))
            let took = ContinuousClock.now - start
            print("full disk: \(level.testDescription): went on after \(took)")
            #expect(took < .seconds(30), "it goes on within 30 s")
            for offering in offerings {
                let item = try #require(items[offering.name])
                #expect(item["state"]?.string == offering.expectation.state?.rawValue, "\(item)")
            }
            let expectations = offerings.map { offering in
                var expected = offering.expectation
                if expected.state == .ready { expected.countedAttempts = 0...0 }
                return expected
            }
            let checker = SiteChecker(site: site)
            if level.place == .quarantine {
                // Said to have failed at once, and shown in quarantine when there is room.
                try await Waiting.until("quarantine", within: .seconds(40)) {
                    SiteChecker.paths(below: site.quarantine).contains {
                        $0.hasSuffix(".reason.json")
                    } ? true : nil
                }
                print("full disk: quarantined after \(ContinuousClock.now - start)")
            }
            let broken = try await checker.problems(expectations)
            #expect(broken == [])
            #expect(daemon.isRunning, "without a restart")
            #expect(try await site.stop() == .exited(0))
        }

        /// ENOSPC in the words of the C library, and SQLITE_FULL in SQLite's.
        private static var complaint: Regex<Substring> { /No space left|database or disk is full/ }

        /// Files that take what there is.
        private struct Ballast {
            private let directory: URL

            init(in place: URL, leaving room: Room) throws {
                directory = place.appending(path: "lost+found")
                try FileManager.default.createDirectory(
                    at: directory, withIntermediateDirectories: true)
                switch room {
                case .bytes(let left):
                    let file = directory.appending(path: "ballast")
                    let free = try Self.free(in: place).bytes
                    try Data(count: max(0, free - left)).write(to: file)
                case .inodes(let left):
                    let free = try Self.free(in: place).inodes
                    for number in 0..<max(0, free - left) {
                        let file = directory.appending(path: "\(number)").path
                        let descriptor = unsafe open(file, O_CREAT | O_WRONLY, 0o600)
                        if descriptor < 0 { break }
                        close(descriptor)
                    }
                }
            }

            private static func free(in place: URL) throws -> (bytes: Int, inodes: Int) {
                var status = statvfs()
                guard unsafe statvfs(place.path, &status) == 0 else {
                    throw SiteError("statvfs: \(errno)")
                }
                return (Int(status.f_bavail * UInt(status.f_frsize)), Int(status.f_favail))
            }

            func drop() { try? FileManager.default.removeItem(at: directory) }
        }
    }
#endif
