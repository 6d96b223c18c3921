package import MediaModel
package import Planning

/// What the daemon says to a worker, one JSON document per line.
///
/// There is no word for "stop": the daemon kills. A worker holds nothing that would need tidying,
/// and a worker that hangs in a decoder could not listen. When the daemon dies, the worker reads
/// the end of its control socket and exits.
package enum Command: Codable, Hashable, Sendable {
    /// Look at the upload; answered by `Report.probed` or `Report.failed`.
    case probe(ProbeRequest)
    /// Do what is decided; answered by progress, artifacts, then `finished` or `failed`.
    case execute(Plan)
}

package struct ProbeRequest: Codable, Hashable, Sendable {
    package var limits: Limits
    /// As the uploader named it: only ever a hint in a message.
    package var fileName: String

    package init(limits: Limits, fileName: String) {
        self.limits = limits
        self.fileName = fileName
    }
}

/// What a worker says to the daemon. All of it is tainted.
package enum Report: Codable, Hashable, Sendable {
    /// First word: the worker is up and confined as stated, and waits for a command.
    case ready(Readiness)
    /// A zygote has made the process that was asked for; its first word follows over its own socket.
    case forked(ForkedWorker)
    case probed(MediaInfo)
    case progress(Progress)
    case placeholder(Placeholder)
    case loudness(Loudness)
    case analysis(FilmAnalysis)
    /// Made and verified, in scratch under its final name.
    case artifact(Artifact)
    /// Planned, and not worth publishing.
    case leftOut(LeftOut)
    case warning(MediaWarning)
    /// All artifacts of the plan have been reported.
    case finished(Summary)
    case failed(Failure)
}

package struct ForkedWorker: Codable, Hashable, Sendable {
    package var processID: Int32

    package init(processID: Int32) { self.processID = processID }
}

package struct Progress: Codable, Hashable, Sendable {
    /// `decode`, `still`, `package`, `verify` …
    package var stage: String
    /// 0…1 by presented time; never goes down within an attempt.
    package var fraction: Double

    package init(stage: String, fraction: Double) {
        self.stage = stage
        self.fraction = fraction
    }
}

package struct Summary: Codable, Hashable, Sendable {
    /// Processor time of the worker, user + system, in seconds.
    package var cpuSeconds: Double
    /// Largest resident memory, in bytes.
    package var peakResidentBytes: Int64

    package init(cpuSeconds: Double, peakResidentBytes: Int64) {
        self.cpuSeconds = cpuSeconds
        self.peakResidentBytes = peakResidentBytes
    }
}
