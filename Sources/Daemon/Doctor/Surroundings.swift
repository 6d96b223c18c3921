import ControlAPI
import Foundation
import Glibc
import Intake
import JobQueue
import MediaModel

/// The other half of `doctor`: what works now, and will not for long or not as it should.
struct Surroundings: Sendable {
    let configuration: Configuration
    let reloader: ConfigurationReloader
    let store: any JobStore
    let intake: @Sendable () async -> IntakeStatus
    /// Jobs at once.
    let slots: @Sendable () async -> Int
    let now: @Sendable () -> Timestamp

    func examine() async -> [DoctorReport.Finding] {
        var findings = await settings()
        findings += modes()
        findings += fileSystems()
        findings += await work()
        findings += [descriptors(), memory(for: await slots())]
        return findings
    }

    // MARK: Configuration

    private func settings() async -> [DoctorReport.Finding] {
        let report = await reloader.check()
        guard report.valid else {
            let issues = report.issues.map { "\($0.origin): \($0.key): \($0.message)" }
            return [
                .init(
                    check: "configuration.valid", status: .error,
                    detail: issues.joined(separator: "; "),
                    advice: "correct it: the daemon goes on with what it read before, and would "
                        + "not start again")
            ]
        }
        let pending =
            report.changes.map { "\($0.key) (\($0.to))" }
            + report.recipes.map { "recipe \($0.name)" }
        let needsRestart = report.changes.contains { $0.takesEffect == .restart }
        return [
            .init(check: "configuration.valid", status: .ok, detail: "every file is right"),
            pending.isEmpty
                ? .init(check: "configuration.inForce", status: .ok, detail: "nothing is pending")
                : .init(
                    check: "configuration.inForce", status: .warning,
                    detail: "not in force yet: \(pending.joined(separator: ", "))",
                    advice: needsRestart
                        ? "systemctl restart vitrined" : "vitrinectl config reload"),
        ]
    }

    // MARK: Modes

    private func modes() -> [DoctorReport.Finding] {
        [
            closed("originals", configuration.originals.path),
            closed("quarantine", configuration.quarantine.path),
            closed("state", configuration.state.path),
            storage(), socket(),
        ]
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    private func closed(_ name: String, _ path: String) -> DoctorReport.Finding {
        let check = "\(name).private"
        guard let mode = mode(of: path) else {
            return .init(
                check: check, status: .error, detail: "\(path) cannot be looked at",
                advice: "make the directory, or restart the daemon, which makes it")
        }
        guard mode & 0o007 != 0 else {
            return .init(check: check, status: .ok, detail: "mode \(octal(mode))")
        }
        return .init(
            check: check, status: .warning,
            detail: "\(path) has mode \(octal(mode)): everybody on this machine may enter",
            advice: "chmod o= \(path)")
    }

    private func storage() -> DoctorReport.Finding {
        let path = configuration.storage.path
        guard let mode = mode(of: path), mode & 0o005 != 0o005 else {
            return .init(check: "storage.readable", status: .ok, detail: path)
        }
        return .init(
            check: "storage.readable", status: .warning,
            detail: "\(path) has mode \(octal(mode)): a web server of another group cannot read it",
            advice: "chmod o+rx \(path), or give the web server the directory's group")
    }

    private func socket() -> DoctorReport.Finding {
        let path = configuration.control.socket
        guard let mode = mode(of: path) else {
            return .init(
                check: "socket.mode", status: .error,
                detail: "\(path) is gone: nobody who is not connected reaches the daemon",
                advice: "restart the daemon; find out what removed it (RuntimeDirectory= of "
                    + "another unit, a tmpfiles rule)")
        }
        guard mode & 0o006 != 0 else {
            return .init(check: "socket.mode", status: .ok, detail: "mode \(octal(mode))")
        }
        return .init(
            check: "socket.mode", status: .warning,
            detail: "\(path) has mode \(octal(mode)): every user of this machine may open it",
            advice: "chmod o= \(path), or name those who may in control.operators")
    }

    private func octal(_ mode: mode_t) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    // MARK: File systems

    private func fileSystems() -> [DoctorReport.Finding] {
        let inbox = FileSystemKind(of: configuration.inbox.path)
        let state = FileSystemKind(of: configuration.state.path)
        let sees = inbox.notifies || configuration.inbox.polling == .on
        return [
            sees
                ? .init(check: "inbox.notifies", status: .ok, detail: inbox.name)
                : .init(
                    check: "inbox.notifies", status: .error,
                    detail: "the inbox is on \(inbox.name), which does not tell of files that "
                        + "another machine writes",
                    advice: "set inbox.polling: on and restart the daemon"),
            state.keepsDatabases && state.survivesRestart
                ? .init(check: "state.fileSystem", status: .ok, detail: state.name)
                : .init(
                    check: "state.fileSystem", status: state.keepsDatabases ? .warning : .error,
                    detail: "the queue is on \(state.name)"
                        + (state.keepsDatabases
                            ? ": it is gone when the machine restarts"
                            : ", whose locks and syncs a database cannot rely on"),
                    advice: "move state.path to a disk of this machine"),
        ]
    }

    // MARK: Work

    private func work() async -> [DoctorReport.Finding] {
        var findings: [DoctorReport.Finding] = []
        let intake = await intake()
        findings.append(
            intake.state == .watching
                ? .init(check: "intake.accepting", status: .ok, detail: "uploads are taken in")
                : .init(
                    check: "intake.accepting", status: .error,
                    detail: "uploads wait: \(intake.reason ?? intake.state.rawValue)",
                    advice: "it goes on by itself once that is mended"))
        guard let queue = try? await store.status(at: now()) else { return findings }
        let isPaused = queue.pause?.isInForce(at: now()) ?? false
        findings.append(
            isPaused
                ? .init(
                    check: "queue.open", status: .warning,
                    detail: "an operator paused the queue at "
                        + (queue.pause?.since.description ?? "an unknown time"),
                    advice: "vitrinectl queue resume")
                : .init(check: "queue.open", status: .ok, detail: "jobs are begun"))
        if let oldest = queue.oldestAvailable, queue.jobs[.running] == 0, !isPaused,
            now().duration(since: oldest) > .seconds(600)
        {
            findings.append(
                .init(
                    check: "queue.moving", status: .error,
                    detail: "a job has been waiting since \(oldest), and none runs",
                    advice: "look at worker.sandbox here and at the log for `cannot claim jobs`"))
        } else {
            findings.append(
                .init(check: "queue.moving", status: .ok, detail: "no job waits for nothing"))
        }
        return findings
    }

    // MARK: Machine

    private func descriptors() -> DoctorReport.Finding {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // 256 connections to the control socket, a few per job and upload.
        let isEnough = limit.rlim_cur >= 512
        return .init(
            check: "limits.descriptors", status: isEnough ? .ok : .warning,
            detail: "\(limit.rlim_cur) open files",
            advice: isEnough ? nil : "LimitNOFILE=1024 in the unit, or ulimit -n 1024")
    }

    private func memory(for slots: Int) -> DoctorReport.Finding {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let memory = ProcessInfo.processInfo.physicalMemory
        // A film at 4K needs about so much (its address space is more, most of it never touched).
        let needed = UInt64(slots) << 30
        let detail =
            "\(slots, of: "job") at once, \(cores, of: "core"), \(memory >> 20) MiB of memory"
        guard slots > cores || memory < needed else {
            return .init(check: "workers.fit", status: .ok, detail: detail)
        }
        return .init(
            check: "workers.fit", status: .warning, detail: detail,
            advice: "lower workers.count: a job keeps two cores and a gibibyte busy")
    }
}
