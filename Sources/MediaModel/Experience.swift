/// How far what was expected was from what past runs took, for one kind of upload.
package struct Experience: Codable, Hashable, Sendable {
    package var runs: Int
    /// Sums over past runs, older ones with less weight.
    package var expected: Workload
    package var actual: Workload

    package static let none = Experience(runs: 0, expected: .none, actual: .none)
    /// A run weighs half as much after fourteen others: machines and works change slowly.
    private static let memory = 0.95

    package init(runs: Int, expected: Workload, actual: Workload) {
        self.runs = runs
        self.expected = expected
        self.actual = actual
    }

    package mutating func learn(expected: Workload, actual: Workload) {
        func blend(_ old: Workload, _ new: Workload) -> Workload {
            Workload(
                cpuSeconds: old.cpuSeconds * Self.memory + new.cpuSeconds,
                byteCount: old.byteCount * Self.memory + new.byteCount)
        }
        runs += 1
        self.expected = blend(self.expected, expected)
        self.actual = blend(self.actual, actual)
    }

    /// What is to be expected by all that is known.
    package func correct(_ workload: Workload) -> Workload {
        func factor(_ actual: Double, _ expected: Double) -> Double {
            guard runs > 0, expected > 0, actual > 0 else { return 1 }
            return min(50, max(0.02, actual / expected))
        }
        return Workload(
            cpuSeconds: workload.cpuSeconds * factor(actual.cpuSeconds, expected.cpuSeconds),
            byteCount: workload.byteCount * factor(actual.byteCount, expected.byteCount))
    }
}
