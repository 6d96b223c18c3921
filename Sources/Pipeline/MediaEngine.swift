package import MediaModel
package import Planning
package import WorkerProtocol

/// The worker seam: who looks at uploads and turns plans into artifacts.
package protocol MediaEngine: Sendable {
    /// Begins an attempt on one upload.
    /// - Parameters:
    ///   - upload: open for reading; borrowed until this returns.
    ///   - scratch: an empty directory of the attempt's own; borrowed until this returns.
    func begin(upload: Int32, scratch: Int32) async throws(Failure) -> any MediaSession
}

/// One attempt. Everything that comes out of it is tainted.
package protocol MediaSession: Sendable {
    /// What the engine says of itself.
    var readiness: Readiness { get }
    /// Of the process that does the work.
    var processID: Int32 { get }
    func probe(_ request: ProbeRequest) async throws(Failure) -> MediaInfo
    /// Does the plan. Returns when everything is made and verified. Cancelling the calling task
    /// ends the work and throws.
    /// - Parameter bounds: of the worker, where it has a control group of its own.
    func execute(
        _ plan: Plan, within bounds: WorkerBounds, onProgress: @Sendable (Progress) -> Void
    ) async throws(Failure) -> WorkResult
    /// Ends the attempt whatever its state; idempotent. Returns when nothing of it runs any more.
    func end() async -> WorkUsage
}

/// What an attempt brought.
package struct WorkResult: Hashable, Sendable {
    package var artifacts: [Artifact] = []
    package var leftOut: [LeftOut] = []
    package var placeholder: Placeholder?
    package var loudness: Loudness?
    package var analysis: FilmAnalysis?
    package var warnings: [MediaWarning] = []

    package init() {}
}

/// What an attempt cost, as the kernel counted it.
package struct WorkUsage: Hashable, Sendable {
    /// User + system, in seconds.
    package var cpuSeconds: Double
    /// In bytes.
    package var peakResidentBytes: Int64

    package init(cpuSeconds: Double, peakResidentBytes: Int64) {
        self.cpuSeconds = cpuSeconds
        self.peakResidentBytes = peakResidentBytes
    }
}
