#if DEBUG
    import Foundation
    import Glibc
    import TestSupport

    /// A site on which a call fails in life after life, and what became of each.
    struct FailingCallLane: Sendable {
        let site: Site
        private let calls: FailingCalls
        private let material: Material

        /// What became of one case.
        struct Outcome: Sendable {
            let call: FailingCall
            var isReached = false
            /// How the life ended in which it failed.
            var end: Termination?
            /// Workers that were looked at: none may have the library.
            var workers = 0
            var problems: [String] = []
        }

        init(_ name: String) async throws {
            site = try Site(name, ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
            calls = try await FailingCalls(at: site)
            material = try await Material()
            // A first start makes directories by the hundred, and every call would be there.
            try await site.start()
            _ = try await site.stop()
        }

        /// How many calls a life has that deals with one upload and is stopped.
        func count(_ errand: Errand, number: Int) async throws -> Int {
            let offering = Offering(errand, number, of: material)
            try offering.bring(to: site)
            try await site.start(calls.environment(nil))
            try await site.finished([offering.name])
            let end = try await site.stop()
            guard end == .exited(0) else { throw SiteError("an unharmed life ended: \(end)") }
            return try calls.count
        }

        /// Plays one case; what goes wrong with the test itself is a problem of this case alone.
        func play(_ call: FailingCall, number: Int) async -> Outcome {
            var outcome = Outcome(call: call)
            do {
                try await play(call, number, &outcome)
            } catch {
                outcome.problems.append("\(error)")
                await site.kill()
            }
            return outcome
        }

        private func play(
            _ call: FailingCall, _ number: Int, _ outcome: inout Outcome
        ) async throws {
            var offering = Offering(call.errand, number, of: material)
            offering.expectation.sha256 = try await Digest.sha256(of: offering.data)
            // Our own death and that of a disk are never held against an upload.
            if [.picture, .film].contains(call.errand) {
                offering.expectation.countedAttempts = 0...0
            }
            try offering.bring(to: site)
            let daemon = try site.launch(calls.environment(call))
            try await live(daemon, offering, &outcome)
            daemon.send(SIGTERM)
            let end = try await daemon.wait(atMost: .seconds(90))
            outcome.end = end
            outcome.isReached = daemon.error.contains(FailingCalls.word)
            let isKilled = call.manner == .kill && outcome.isReached
            switch end {
            case .exited(0) where !isKilled: break
            // The disk failed, it cannot start, a directory may not be used: all of them say so.
            case .exited(70), .exited(74), .exited(77):
                if isKilled || !outcome.isReached { fallthrough }
            case .signalled(SIGKILL) where isKilled: break
            default: outcome.problems.append("it ended: \(end)\n\(daemon.error.suffix(1500))")
            }
            try await recover(offering, &outcome)
        }

        /// Until the daemon has ended, or the upload has come to its end: then what it says is done is
        /// done, at that moment.
        private func live(
            _ daemon: RunningProgram, _ offering: Offering, _ outcome: inout Outcome
        ) async throws {
            var looks = 0
            var workers: [Int32: Bool] = [:]
            let ended = try await Waiting.until(
                "the end of \(outcome.call)", within: .seconds(120), every: .milliseconds(20)
            ) { () async throws -> [JSONValue]? in
                if daemon.termination != nil { return [] }
                look(at: daemon, &workers)
                // Asking the daemon takes a program.
                looks += 1
                guard looks.isMultiple(of: 8), let items = try? await site.items() else {
                    return nil
                }
                let ended = items.filter {
                    $0["fileName"]?.string == offering.name
                        && ["ready", "failed"].contains($0["state"]?.string ?? "")
                }
                return ended.isEmpty ? nil : ended
            }
            outcome.workers = workers.count
            if workers.values.contains(true) {
                outcome.problems.append("a worker has the library that fails calls")
            }
            guard !ended.isEmpty else { return }
            outcome.problems += try await SiteChecker(site: site).manifestProblems(ended)
                .map { "falsely done: \($0)" }
        }

        /// Whether the library is in the memory of the daemon's children.
        private func look(at daemon: RunningProgram, _ workers: inout [Int32: Bool]) {
            for child in ProcessStatus.children(of: daemon.identifier)
            where child.name.hasPrefix("vitrine-") {
                // Empty when it has just ended.
                guard
                    let maps = try? String(
                        contentsOfFile: "/proc/\(child.identifier)/maps", encoding: .utf8),
                    !maps.isEmpty
                else { continue }
                workers[child.identifier] = maps.contains(FailingCalls.shimName)
            }
        }

        private func recover(_ offering: Offering, _ outcome: inout Outcome) async throws {
            let start = ContinuousClock.now
            try await site.start()
            let took = ContinuousClock.now - start
            if took > .seconds(5) { outcome.problems.append("the next start took \(took)") }
            try await site.finished([offering.name], within: .seconds(60))
            outcome.problems += try await SiteChecker(site: site).problems([offering.expectation])
            let end = try await site.stop()
            if end != .exited(0) { outcome.problems.append("the next daemon ended: \(end)") }
        }
    }
#endif
