import ControlAPI
import Logging
import Pipeline

extension WorkerGroups.Finding {
    /// nil where workers have no control groups of their own.
    var active: WorkerGroups? {
        if case .active(let groups) = self { return groups }
        return nil
    }

    /// Nothing where nothing was delegated: that is the usual case.
    func log(to logger: Logger) {
        switch self {
        case .active(let groups):
            logger.info(
                "each worker gets a control group of its own",
                metadata: [
                    "groups.controllers": "\(groups.controllers.joined(separator: " "))",
                    "groups.swept": "\(groups.sweptCount)",
                ])
        case .none: break
        case .unusable(let reason):
            logger.warning(
                "workers get no control groups of their own", metadata: ["reason": "\(reason)"])
        }
    }

    /// For `doctor`.
    var finding: DoctorReport.Finding {
        let check = "worker.groups"
        switch self {
        case .active(let groups):
            return .init(
                check: check, status: .ok,
                detail: "each worker is bounded by itself: "
                    + groups.controllers.joined(separator: ", "))
        case .none(let reason):
            return .init(
                check: check, status: .ok,
                detail: "workers are bounded by resource limits alone: \(reason)")
        case .unusable(let reason):
            return .init(
                check: check, status: .warning, detail: reason,
                advice: "compare the unit with examples/systemd/groups.conf: Delegate= must name "
                    + "memory, ReadWritePaths= the unit's own group; or remove Delegate=")
        }
    }
}
