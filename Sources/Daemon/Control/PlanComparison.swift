import ControlAPI
import MediaModel
import Pipeline
import Planning

extension PlanDocument {
    /// What processing an item would do, and what that would cost by all that is known.
    init(_ found: Examination, item: ItemID, experience: Experience) {
        let revision = found.revision
        let workloads = revision.workloads
        var sizes: [String: Int64] = [:]
        for derivative in found.published?.derivatives ?? [] {
            sizes[derivative.description.name] = derivative.artifact.byteCount
        }
        let outputs = revision.entries.map { entry in
            let cost = experience.correct(workloads[entry.name] ?? Workload.none)
            guard let action = Action(rawValue: entry.action.rawValue) else {
                preconditionFailure("the control interface knows every action")
            }
            return Output(
                name: entry.name, role: entry.role, key: entry.key, action: action,
                reason: entry.reason,
                byteCount: action == .make
                    ? Int64(cost.byteCount.rounded()) : sizes[entry.name] ?? 0,
                cpuSeconds: Self.hundredths(cost.cpuSeconds))
        }
        let whole = experience.correct(revision.workload)
        let made = Int64(whole.byteCount.rounded())
        let fetched = revision.needed.reduce(0) { $0 + $1.byteCount }
        self.init(
            item: item, kind: found.plan.kind, recipe: found.plan.recipe,
            recipeDigest: found.plan.recipeDigest, engineRevision: found.plan.engineRevision,
            outputs: outputs,
            estimate: Estimate(
                cpuSeconds: Self.hundredths(whole.cpuSeconds), byteCount: made,
                // In scratch and, before scratch is given up, in storage.
                peakDiskBytes: fetched + 2 * made, basedOnRuns: experience.runs),
            decisions: found.plan.decisions + [Self.reserved(found)], warnings: found.plan.warnings)
    }

    /// What a job would hold while its worker works.
    private static func reserved(_ found: Examination) -> Decision {
        let need = found.revision.need(found.info)
        return Decision(
            "reserved",
            "\(ByteCountText.short(need.memoryBytes)) of memory, "
                + "\(ByteCountText.short(need.scratchBytes)) of scratch",
            because: need.reason)
    }

    private static func hundredths(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
