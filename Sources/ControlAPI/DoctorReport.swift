/// What `doctor` found.
package struct DoctorReport: Codable, Hashable, Sendable {
    package enum Status: String, Codable, Hashable, Sendable {
        case ok
        /// Works, but will not for long, or not as it should.
        case warning
        /// Something does not work.
        case error
    }

    package struct Finding: Codable, Hashable, Sendable {
        /// Stable, dotted: `state.writable`, `worker.start` …
        package var check: String
        package var status: Status
        /// What was found.
        package var detail: String
        /// What to do; null when all is well.
        @OrNull package var advice: String?

        package init(check: String, status: Status, detail: String, advice: String? = nil) {
            self.check = check
            self.status = status
            self.detail = detail
            self.advice = advice
        }
    }

    /// No finding is an error.
    package var ok: Bool
    package var findings: [Finding]

    package init(findings: [Finding]) {
        ok = !findings.contains { $0.status == .error }
        self.findings = findings
    }
}

/// The daemon's version and what it is made of.
package struct VersionDocument: Codable, Hashable, Sendable {
    package var version: String
    /// Of the control interface: `v1`.
    package var api: String
    /// See `StatusDocument.Workers.versions`.
    package var libraries: [String: String]

    package init(version: String, api: String, libraries: [String: String]) {
        self.version = version
        self.api = api
        self.libraries = libraries
    }
}
