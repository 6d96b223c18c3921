import ControlAPI
import Foundation
import Intake
import JobQueue
import Logging
import MediaModel
import Pipeline
import Planning
import Storage
import WorkerProtocol

/// Looks at everything the daemon depends on, and says what to do about what is wrong.
struct Doctor: Sendable {
    let configuration: Configuration
    let recipeBook: RecipeBook
    let workerExecutable: String
    let groups: WorkerGroups.Finding
    let store: any JobStore
    let derivatives: LocalDerivativeStore
    let intake: IntakeService
    let limits: LimitBook
    let logger: Logger
    let now: @Sendable () -> Timestamp

    func examine() async -> DoctorReport {
        var findings: [DoctorReport.Finding] = []
        findings += directories()
        findings += await disks()
        findings.append(await storage())
        findings.append(await queue())
        findings.append(await clock())
        findings += await worker()
        findings.append(groups.finding)
        findings.append(recipes())
        return DoctorReport(findings: findings)
    }

    // MARK: Disk

    private var places: [(name: String, path: String)] {
        [
            ("inbox", configuration.inbox.path), ("originals", configuration.originals.path),
            ("quarantine", configuration.quarantine.path), ("state", configuration.state.path),
        ]
    }

    /// Writes, renames and removes a small file where uploads and state live.
    private func directories() -> [DoctorReport.Finding] {
        places.map { name, path in
            let check = "\(name).writable"
            do throws(StorageError) {
                let directory = try Directory(path: path)
                // A leading dot: intake does not look at it.
                let probe: FileName = ".vitrine-doctor"
                try AtomicFile.write(Data("doctor".utf8), as: probe, in: directory, mode: 0o600)
                try directory.removeFile(probe)
                return .init(check: check, status: .ok, detail: path)
            } catch {
                return .init(
                    check: check, status: .error, detail: "\(error)",
                    advice: Self.advice(error, path))
            }
        }
    }

    private func disks() async -> [DoctorReport.Finding] {
        let admission = await intake.admission
        return (places + [("storage", configuration.storage.path)]).map { name, path in
            let check = "\(name).space"
            do throws(StorageError) {
                let space = try FreeSpace(of: Directory(path: path))
                // Intake pauses there: reliability of what was accepted comes first.
                let reserve = admission.reserve(on: space)
                let detail =
                    "\(ByteCountText.short(Int64(clamping: space.availableBytes))) free, "
                    + "\(ByteCountText.short(Int64(clamping: reserve))) kept in reserve"
                guard space.availableBytes < reserve || space.availableInodes < 1000 else {
                    return .init(check: check, status: .ok, detail: detail)
                }
                return .init(
                    check: check, status: .error,
                    detail: "\(detail); \(space.availableInodes) inodes free",
                    advice: "free space on the file system of \(path), or lower inbox.minimumFree")
            } catch {
                return .init(
                    check: check, status: .error, detail: "\(error)",
                    // Made anew it would be another one than the daemon's.
                    advice: name == "storage" && error.code == .notFound
                        ? "see storage.writable" : Self.advice(error, path))
            }
        }
    }

    private func storage() async -> DoctorReport.Finding {
        do throws(StorageError) {
            try await derivatives.checkWritable()
            return .init(
                check: "storage.writable", status: .ok, detail: configuration.storage.path)
        } catch {
            return .init(
                check: "storage.writable", status: .error, detail: "\(error)",
                advice: Self.advice(error, configuration.storage.path))
        }
    }

    private static func advice(_ error: StorageError, _ path: String) -> String {
        switch error.code {
        case .permission: "let the daemon's user write: see ls -ld \(path)"
        case .noSpace: "free space on the file system of \(path)"
        case .readOnly: "mount the file system of \(path) writable; the kernel's log may say why"
        case .displaced:
            "mount or move the right directory to \(path): jobs wait for it and go on by "
                + "themselves; when the one there is meant, restart the daemon, then vitrinectl "
                + "storage verify"
        case .notFound: "make the directory, or restart the daemon, which makes it"
        default: "look at the kernel's log (dmesg) for errors of this disk"
        }
    }

    // MARK: Queue, clock, worker, recipes

    private func queue() async -> DoctorReport.Finding {
        let start = ContinuousClock.now
        do throws(JobStoreError) {
            let status = try await store.status(at: now())
            let took = ContinuousClock.now - start
            let running = status.jobs[.running] ?? 0
            let milliseconds = Int((took / .milliseconds(1)).rounded(.up))
            let detail = "answers in \(milliseconds) ms, \(running, of: "job") running"
            guard took < .seconds(1) else {
                return .init(
                    check: "store.answers", status: .warning, detail: detail,
                    advice: "the disk under state.path is slow or busy")
            }
            return .init(check: "store.answers", status: .ok, detail: detail)
        } catch {
            return .init(
                check: "store.answers", status: .error, detail: error.operatorText,
                advice: "restart the daemon; if it does not start, restore state.path from a backup"
            )
        }
    }

    /// A clock that went back makes jobs wait for a moment that was already here.
    private func clock() async -> DoctorReport.Finding {
        let time = now()
        let newest = try? await store.jobs(JobFilter(), after: nil, limit: 1).elements.first
        // Version 0.1.0 is of November 2026; nothing runs it earlier.
        guard let built = Timestamp("2026-11-01T00:00:00Z"), time > built else {
            return .init(
                check: "clock", status: .error, detail: "it is \(time)",
                advice: "set the clock: systemctl status systemd-timesyncd")
        }
        if let job = newest, job.createdAt > time.advanced(by: .seconds(60)) {
            return .init(
                check: "clock", status: .warning,
                detail: "it is \(time), but job \(job.id) was created at \(job.createdAt)",
                advice: "the clock went back; jobs may wait until it has caught up")
        }
        return .init(check: "clock", status: .ok, detail: "\(time)")
    }

    /// Starts a worker of its own, asks what it is made of, and ends it.
    private func worker() async -> [DoctorReport.Finding] {
        let pool = WorkerPool(
            executable: workerExecutable, limits: limits,
            requiresSandbox: configuration.sandbox == .required, triesEncoders: true, logger: logger
        )
        do throws(Failure) {
            let readiness = try await pool.start()
            // All of them are in `vitrinectl version`.
            let versions = ["ffmpeg", "libvips", "poppler"].compactMap { name in
                readiness.versions[name].map { "\(name) \($0)" }
            }
            let detail = ([workerExecutable] + versions).joined(separator: ", ")
            return [
                .init(check: "worker.starts", status: .ok, detail: detail), sandbox(readiness),
                encoders(readiness),
            ]
        } catch {
            return [
                .init(
                    check: "worker.starts", status: .error, detail: error.operatorText,
                    advice: "run \(workerExecutable) by hand; ldd shows a library that is missing")
            ]
        }
    }

    /// What a package that is only recommended may leave out.
    private func encoders(_ readiness: Readiness) -> DoctorReport.Finding {
        let check = "worker.encoders"
        let missing = (readiness.encodersMissing ?? [:]).sorted { $0.key < $1.key }
        guard !missing.isEmpty else {
            return .init(check: check, status: .ok, detail: "every picture format can be written")
        }
        let packages = missing.map {
            $0.key == "avif"
                ? "libheif's AV1 encoder (Debian 13 and newer: libheif-plugin-aomenc)"
                : "a libvips that writes \($0.key) (Debian: libvips42)"
        }
        return .init(
            check: check, status: .error,
            detail: missing.map { "\($0.key) cannot be written: \($0.value)" }
                .joined(separator: "; "),
            advice: "install \(packages.joined(separator: " and ")), or take "
                + "\(missing.map(\.key).joined(separator: ", ")) out of image.formats of the recipes; "
                + "pictures fail with noEncoder until then")
    }

    private func sandbox(_ readiness: Readiness) -> DoctorReport.Finding {
        let check = "worker.sandbox"
        guard !readiness.isConfined else {
            return .init(check: check, status: .ok, detail: readiness.sandbox)
        }
        let isRequired = configuration.sandbox == .required
        return .init(
            check: check, status: isRequired ? .error : .warning,
            detail: "\(readiness.sandbox), missing \(readiness.sandboxDetail)",
            advice: "boot a kernel with Landlock among its LSMs (lsm= on the command line) and let "
                + "the container or unit permit seccomp and landlock_*, then restart the daemon"
                + (isRequired ? "; until then no upload is processed" : ""))
    }

    private func recipes() -> DoctorReport.Finding {
        do throws(ConfigurationError) {
            let directory = recipeBook.directory ?? configuration.recipes.path
            let recipes = try RecipeDirectory.load(directory)
            guard recipes[recipeBook.defaultName] != nil else {
                return .init(
                    check: "recipes.valid", status: .error,
                    detail: "there is no recipe `\(recipeBook.defaultName)`",
                    advice: "put it back into \(directory)")
            }
            return .init(
                check: "recipes.valid", status: .ok,
                detail: recipes.keys.sorted().joined(separator: ", "))
        } catch {
            return .init(
                check: "recipes.valid", status: .error, detail: error.description,
                advice: "correct the file; the daemon goes on with what it read before")
        }
    }
}
