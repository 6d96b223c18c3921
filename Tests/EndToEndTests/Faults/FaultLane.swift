#if DEBUG
    import Failpoints
    import Foundation
    import Glibc
    import TestSupport

    /// A site on which case after case is played, and what became of each.
    struct FaultLane: Sendable {
        let site: Site
        /// What this daemon does wrong in all its lives.
        private let bug: SeededBug?
        private let material: Material

        /// What became of one case.
        struct Outcome: Sendable {
            let fault: FaultCase
            var isReached = false
            /// Whether a daemon with a thread that stands still answered its operator.
            var answeredWhileStalled: Bool?
            /// What the checker found.
            var broken: [String] = []
            /// What else was not as it should be.
            var problems: [String] = []
        }

        init(_ name: String, bug: SeededBug? = nil) async throws {
            self.bug = bug
            site = try Site(name, ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
            material = try await Material()
            // A first start makes directories by the hundred, and every place there is passed then.
            try await site.start()
            _ = try await site.stop()
        }

        /// Plays one case; what goes wrong with the test itself is a problem of this case alone.
        func play(_ fault: FaultCase, number: Int) async -> Outcome {
            var outcome = Outcome(fault: fault)
            do {
                try await play(fault, number, &outcome)
            } catch {
                outcome.problems.append("\(error)")
                await site.kill()
            }
            return outcome
        }

        private func play(
            _ fault: FaultCase, _ number: Int, _ outcome: inout Outcome
        ) async throws {
            var offering = Offering(fault.errand, number, of: material)
            // Our own death is never held against an upload.
            if [.picture, .film].contains(fault.errand), fault.order?.action != .error {
                offering.expectation.countedAttempts = 0...0
            }
            try offering.bring(to: site)
            if fault.errand.isOperators {
                try await publish(offering, fault.errand)
            } else if let before = fault.before {
                let end = try await launch(before).wait(atMost: .seconds(60))
                if end != .signalled(SIGKILL) { outcome.problems.append("before: \(end)") }
            }

            let daemon = try launch(fault.order)
            let id = try await live(daemon, offering, fault, &outcome)
            guard daemon.isRunning else {
                outcome.isReached = daemon.error.contains("failpoint ")
                return try await recover(offering, fault.errand, id, &outcome)
            }
            // It went on by itself, and has to have mended everything by itself, but for what is
            // swept at the next start and what an operator has to ask for again.
            if !fault.mayNeedAnotherLife {
                outcome.broken = try await broken(offering, fault.errand)
            }
            daemon.send(SIGTERM)
            let end = try await daemon.wait(atMost: .seconds(90))
            outcome.isReached = daemon.error.contains("failpoint ")
            if outcome.isReached, fault.mustEndTheDaemon, end == .exited(0) {
                outcome.problems.append("it went on after a failed sync")
            }
            if end == .exited(0), !fault.mayNeedAnotherLife { return }
            // What it was to end at came after the upload's end.
            if end != .exited(0) { try Self.require(end, fault, daemon, &outcome) }
            try await recover(offering, fault.errand, id, &outcome)
        }

        private func launch(_ order: FailpointOrder?) throws -> RunningProgram {
            try site.launch(environment(order))
        }

        private func environment(_ order: FailpointOrder?) -> [String: String] {
            var environment: [String: String] = [:]
            environment[FailpointOrder.variable] = order?.description
            environment[SeededBug.variable] = bug?.rawValue
            return environment
        }

        // MARK: The life in which it happens

        /// Publishes what an operator is to deal with, unarmed.
        private func publish(_ offering: Offering, _ errand: Errand) async throws {
            try await site.start(environment(nil))
            let item = try await site.finished([offering.name])[offering.name]
            let id = item?["id"]?.string ?? ""
            if ![.removal, .erasure].contains(errand) {
                let result = try await site.ctl("item", "reprocess", "--force", "--wait", id)
                guard result.termination == .exited(0) else { throw SiteError(result.error) }
            }
            if errand == .collection, let item {
                try Data("stray".utf8).write(to: Published(item).file("stray.12345678.bin"))
            }
            _ = try await site.stop()
        }

        /// Until the daemon has ended, or has done everything.
        /// - Returns: the id of the item that an operator deals with.
        private func live(
            _ daemon: RunningProgram, _ offering: Offering, _ fault: FaultCase,
            _ outcome: inout Outcome
        ) async throws -> String? {
            var orders: RunningProgram?
            var id: String?
            var looks = 0
            var seen: ContinuousClock.Instant?
            try await Waiting.until(
                "the end of \(fault)", within: .seconds(120), every: .milliseconds(20)
            ) { () async throws -> Bool? in
                if daemon.termination != nil { return true }
                let isHit = daemon.error.contains("failpoint ")
                if fault.order?.action == .stall, isHit { return true }
                // It says so before it dies.
                if fault.order?.action == .kill || fault.order?.action == .abort, isHit {
                    return nil
                }
                // The log is cheap to look at; asking the daemon takes a program.
                looks += 1
                guard looks.isMultiple(of: 10), let items = try? await site.items() else {
                    return nil
                }
                let item = items.first { $0["fileName"]?.string == offering.name }
                if fault.errand.isOperators {
                    id = id ?? item?["id"]?.string
                    if orders == nil, let id {
                        orders = try RunningProgram(
                            PackageLayout.product("vitrinectl"),
                            Self.orders(fault.errand, id, owner: offering.name),
                            environment: site.environment)
                    }
                    if orders?.termination == nil { return nil }
                } else if !["ready", "failed"].contains(item?["state"]?.string ?? "") {
                    return nil
                }
                // A refused upload is listed first and moved afterwards.
                let claimed = site.state.appending(path: "claimed")
                if fault.errand == .refused, !SiteChecker.paths(below: claimed).isEmpty {
                    return nil
                }
                if fault.order == nil || daemon.error.contains("failpoint ") { return true }
                // Some places come after what the uploader can see.
                let end = seen ?? .now
                seen = end
                return ContinuousClock.now - end > .seconds(1) ? true : nil
            }
            if fault.order?.action == .stall, daemon.error.contains("failpoint ") {
                let answer = try await Program("curl").result([
                    "-sS", "--max-time", "2", "--unix-socket",
                    site.directory.file("control.sock").path, "http://vitrine/v1/status",
                ])
                outcome.answeredWhileStalled = answer.termination == .exited(0)
                daemon.send(SIGKILL)
                _ = await daemon.wait()
            }
            if let end = daemon.termination { try Self.require(end, fault, daemon, &outcome) }
            return id
        }

        private static func require(
            _ end: Termination, _ fault: FaultCase, _ daemon: RunningProgram,
            _ outcome: inout Outcome
        ) throws {
            let allowed: [Termination] =
                switch fault.order?.action {
                case .kill, .stall: [.signalled(SIGKILL)]
                case .abort: [.exited(FailpointAction.abortCode)]
                // A failed sync ends it; elsewhere it may have failed at its start. Both are said.
                case .error: fault.mustEndTheDaemon ? [.exited(74)] : [.exited(70), .exited(74)]
                case nil: []
                }
            if !allowed.contains(end) {
                outcome.problems.append(
                    "the armed daemon ended: \(end)\n\(daemon.error.suffix(800))")
            }
        }

        private static func orders(
            _ errand: Errand, _ id: String, owner name: String
        ) -> [String] {
            switch errand {
            case .erasure:
                ["owner", "erase", "--yes", String(name.prefix { $0 != "." })]
            case .removal: ["item", "remove", "--yes", id]
            case .rollback: ["item", "rollback", "--generation", "1", id]
            default: ["storage", "gc", "--grace-hours", "0", "--generations", "1"]
            }
        }

        // MARK: The life after

        private func recover(
            _ offering: Offering, _ errand: Errand, _ id: String?, _ outcome: inout Outcome
        ) async throws {
            let start = ContinuousClock.now
            try await site.start(environment(nil))
            let took = ContinuousClock.now - start
            if took > .seconds(5) { outcome.problems.append("the next start took \(took)") }
            if let id, try await site.items().contains(where: { $0["id"]?.string == id }) {
                if errand == .erasure {
                    outcome.problems.append("the erasure was not ended by the next start")
                }
                let result = try await site.ctl(Self.orders(errand, id, owner: offering.name))
                if result.termination != .exited(0) { outcome.problems.append(result.error) }
            }
            if ![.removal, .erasure].contains(errand) {
                do {
                    let patience = Duration.seconds(bug == nil ? 60 : 12)
                    try await site.finished([offering.name], within: patience)
                } catch {
                    outcome.problems.append("\(error)")
                }
            }
            outcome.broken += try await broken(offering, errand)
            let end = try await site.stop()
            if end != .exited(0) { outcome.problems.append("the next daemon ended: \(end)") }
        }

        /// What the checker says, when nothing is to be done any more.
        private func broken(_ offering: Offering, _ errand: Errand) async throws -> [String] {
            var expectation = offering.expectation
            expectation.sha256 = try await Digest.sha256(of: offering.data)
            // A daemon that was told to forget does not make up for it later.
            let checker = SiteChecker(site: site, patience: .seconds(bug == nil ? 45 : 5))
            var broken = try await checker.problems([expectation])
            if errand == .collection, let item = try await item(of: offering) {
                let files = SiteChecker.paths(below: try Published(item).directory)
                broken += files.filter { $0.hasPrefix("stray") }.map { "kept: \($0)" }
            }
            return broken
        }

        private func item(of offering: Offering) async throws -> JSONValue? {
            try await site.items().first { $0["fileName"]?.string == offering.name }
        }
    }
#endif
