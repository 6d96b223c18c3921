/// What making something is expected to cost, before anything is known of this machine; see
/// `Experience` for what is learned.
package struct Workload: Codable, Hashable, Sendable {
    /// Processor time, user + system, in seconds.
    package var cpuSeconds: Double
    /// Size of what is made, in bytes.
    package var byteCount: Double

    package static let none = Workload(cpuSeconds: 0, byteCount: 0)

    package init(cpuSeconds: Double, byteCount: Double) {
        self.cpuSeconds = cpuSeconds
        self.byteCount = byteCount
    }

    package static func + (a: Workload, b: Workload) -> Workload {
        Workload(cpuSeconds: a.cpuSeconds + b.cpuSeconds, byteCount: a.byteCount + b.byteCount)
    }
}
