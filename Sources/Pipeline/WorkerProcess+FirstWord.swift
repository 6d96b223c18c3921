import MediaModel
import WorkerProtocol

extension WorkerProcess {
    /// What it says of itself before anything else; ends it when that is not what it should be.
    ///
    /// - Parameter limit: until it must have spoken.
    func firstWord(within limit: Duration) async -> Result<Readiness, Failure> {
        let timer = end(after: limit, because: .workerSilent(for: limit))
        defer { timer.cancel() }
        switch await next() {
        case .report(.ready(let readiness)):
            guard readiness.protocolVersion == Readiness.currentProtocolVersion else {
                return refused(
                    "workerVersion",
                    "the worker speaks protocol \(readiness.protocolVersion), this daemon "
                        + "\(Readiness.currentProtocolVersion); install both from one version")
            }
            return .success(readiness.tamed)
        case .report:
            return refused("workerGarbage", "the worker's first word was not that it is ready")
        case .ended(let exit):
            return .failure(exit.failure)
        }
    }

    /// Passes over what it tells, until it has ended.
    func drain() async {
        while true {
            if case .ended = await next() { return }
        }
    }

    /// Ends it when the time is over, unless the task is cancelled before.
    func end(after limit: Duration, because failure: Failure) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: limit)
            end(because: failure)
        }
    }

    private func refused(_ code: String, _ text: String) -> Result<Readiness, Failure> {
        let failure = Failure.internalError(code: code, text)
        end(because: failure)
        return .failure(failure)
    }
}

extension Failure {
    static func workerSilent(for limit: Duration) -> Failure {
        Failure(
            kind: .timeout, code: "workerSilent",
            operatorText: "the worker did not report ready within "
                + "\(limit.components.seconds) s.",
            uploaderText: "Something went wrong on our side. We will try again.")
    }
}
