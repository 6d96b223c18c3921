import MediaModel

/// Ends a worker that is past its deadline or stands still.
///
/// Standing still means no processor time used: a worker that computes is never killed for being
/// slow, only for being past the deadline that its plan allows.
struct Watchman: Sendable {
    let process: WorkerProcess
    let deadline: Duration
    let stall: Duration
    let phase: String

    func watch() async {
        let clock = ContinuousClock()
        let start = clock.now
        var lastTicks = -1
        var lastMove = start
        var lastLook = start
        // Four looks per stall time; at least one a second for short limits, at most every 5 s.
        let interval = max(.milliseconds(250), min(.seconds(5), stall / 4))
        while !Task.isCancelled {
            do { try await clock.sleep(for: interval) } catch { return }
            guard let ticks = process.processorTicks() else { return }
            let now = clock.now
            // A look that comes far too late means that we stood still (suspended, stopped): the
            // worker's time begins anew.
            let overslept = now - lastLook > interval + stall
            lastLook = now
            if ticks != lastTicks || overslept {
                lastTicks = ticks
                lastMove = now
            }
            if now - start > deadline {
                process.end(because: timeout("took longer than \(deadline.components.seconds) s"))
                return
            }
            if now - lastMove > stall {
                process.end(
                    because: timeout("stood still for \(stall.components.seconds) s"))
                return
            }
        }
    }

    private func timeout(_ what: String) -> Failure {
        Failure(
            kind: .timeout, code: phase == "probe" ? "probeTimeout" : "workTimeout",
            operatorText: "the worker \(what) (\(phase)) and was ended.",
            uploaderText: "This file took too long to process. We will try again.")
    }
}
