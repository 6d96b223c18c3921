package import MediaModel

extension Revision {
    /// What each output that is made will cost by itself, by name.
    package var workloads: [String: Workload] {
        let made = Set(entries.filter { $0.action == .make }.map(\.name))
        let model = WorkloadModel(work)
        var all: [String: Workload] = [:]
        var plan = work
        plan.eachOutput { output, making in
            guard made.contains(output.name) else { return }
            all[output.name] = model.workload(output, making)
        }
        // Text about tracks: kilobytes, milliseconds.
        for name in made where all[name] == nil {
            all[name] = Workload(cpuSeconds: 0.001, byteCount: 4096)
        }
        return all
    }

    /// What they have in common: starting a worker, reading, decoding, scaling.
    package var commonWorkload: Workload {
        hasWork ? WorkloadModel(work).common : .none
    }

    /// All of it.
    package var workload: Workload {
        // In one order: sums of numbers with fractions depend on it.
        workloads.sorted { $0.key < $1.key }.reduce(commonWorkload) { $0 + $1.value }
    }
}
