package import MediaModel

/// A worker's first word: what it speaks, how it is confined, what it is made of.
package struct Readiness: Codable, Hashable, Sendable {
    package var protocolVersion: Int
    /// `active` or `reduced`.
    package var sandbox: String
    /// When it is reduced, the layers that are missing, see `sandboxLayers`, and why; else nil.
    package var sandboxMissing: [String: String]?
    /// Library versions: `ffmpeg`, `libvips`, encoders.
    package var versions: [String: String]
    /// Picture formats that it tried to write and could not, by their names, and why; nil = it was not asked
    /// to try.
    package var encodersMissing: [String: String]?

    package static let currentProtocolVersion = 1

    /// The closed file system, the filtered system calls, and the proof that both hold.
    package static let sandboxLayers: Set<String> = ["landlock", "seccomp", "proof"]

    /// - Parameter sandboxMissing: empty or nil = nothing is missing, the sandbox is active.
    package init(sandboxMissing: [String: String]? = nil, versions: [String: String]) {
        protocolVersion = Self.currentProtocolVersion
        self.versions = versions
        let isActive = sandboxMissing?.isEmpty ?? true
        sandbox = isActive ? "active" : "reduced"
        self.sandboxMissing = isActive ? nil : sandboxMissing
    }

    /// Nothing of the sandbox is missing.
    package var isConfined: Bool { sandbox == "active" && sandboxMissing == nil }

    /// As the daemon believes it: a state and layers it knows, and texts it can show.
    package var tamed: Readiness {
        var result = self
        result.encodersMissing = encodersMissing.map { Self.tamed($0, count: 8) }
        result.versions = Self.tamed(versions, count: 32)
        guard !isConfined else { return result }
        result.sandbox = "reduced"
        result.sandboxMissing = (sandboxMissing ?? [:])
            .filter { Self.sandboxLayers.contains($0.key) }.mapValues { $0.bounded(toBytes: 200) }
        return result
    }

    /// So many names of at most 40 bytes, with texts of at most 200.
    private static func tamed(_ texts: [String: String], count: Int) -> [String: String] {
        Dictionary(
            texts.sorted { $0.key < $1.key }.prefix(count)
                .map { ($0.key.bounded(toBytes: 40), $0.value.bounded(toBytes: 200)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// "landlock: Function not implemented; seccomp: …"; empty when nothing is missing.
    package var sandboxDetail: String {
        (sandboxMissing ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            .joined(separator: "; ")
    }
}

extension Failure {
    /// No upload is given to a worker that is not confined, unless that is configured.
    package static func unconfined(_ readiness: Readiness) -> Failure {
        Failure(
            kind: .resources, code: "sandbox",
            operatorText: "the worker cannot confine itself here (\(readiness.sandboxDetail)), so "
                + "no upload is processed; `sandbox: reduced` would process without.",
            uploaderText: "Something went wrong on our side. We will try again.")
    }
}
