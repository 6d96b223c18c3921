import Foundation
import JobQueue
import MediaModel
import TestSupport
import Testing

@testable import Pipeline
@testable import Planning

/// What is read and written of control groups, in a directory as the kernel would show it. That
/// the kernel then does what is meant is shown by `make test-groups`.
@Suite struct WorkerGroupTests {
    private static let mounts = """
        22 1 8:1 / / rw - ext4 /dev/sda1 rw
        24 22 0:21 / /sys/fs/cgroup ro,nosuid shared:4 - cgroup2 cgroup2 rw
        """
    private static let unit = "sys/fs/cgroup/system.slice/vitrined.service"

    /// - Parameter controllers: that were delegated; nil = nothing was.
    private func machine(controllers: String?) throws -> TemporaryDirectory {
        let root = try TemporaryDirectory("groups")
        try root.write("0::/system.slice/vitrined.service\n", to: "proc/self/cgroup")
        try root.write(Self.mounts, to: "proc/self/mountinfo")
        try root.write(controllers ?? "", to: "\(Self.unit)/cgroup.controllers")
        return root
    }

    private func find(_ root: TemporaryDirectory, delegated: String = unit) -> WorkerGroups.Finding
    {
        WorkerGroups.find(root: root.url.path) { $0 == root.file(delegated).path }
    }

    private func active(_ root: TemporaryDirectory) throws -> WorkerGroups {
        guard case .active(let groups) = find(root) else { throw Unexpected() }
        return groups
    }

    private struct Unexpected: Error {}

    private func text(_ root: TemporaryDirectory, _ file: String) -> String? {
        try? String(contentsOf: root.file("\(Self.unit)/\(file)"), encoding: .utf8)
    }

    @Test func aGroupIsFoundWhereItIsMounted() {
        func place(_ groups: String, _ mounts: String = Self.mounts) -> String? {
            ControlGroupPlace(groups: groups, mounts: mounts)?.directory
        }
        #expect(place("0::/a.slice/b.service\n") == "/sys/fs/cgroup/a.slice/b.service")
        #expect(place("4:memory:/old\n0::/\n") == "/sys/fs/cgroup")
        #expect(place("4:memory:/old\n") == nil)
        #expect(place("0::/../outside\n") == nil)
        #expect(place("0::/a\n", "22 1 8:1 / / rw - ext4 /dev/sda1 rw") == nil)
        // Hybrid, and a container that sees a part of the tree only.
        #expect(
            place("0::/a\n", "9 1 0:2 / /sys/fs/cgroup/unified rw - cgroup2 none rw")
                == "/sys/fs/cgroup/unified/a")
        #expect(
            place("0::/x/y\n", "9 1 0:2 /x /groups\\040here rw - cgroup2 c rw")
                == "/groups here/y")
        #expect(place("0::/xy\n", "9 1 0:2 /x /groups rw - cgroup2 c rw") == nil)
        // The unit's own group, writable below the rest.
        let both = Self.mounts + "\n25 24 0:21 /a/b /elsewhere rw - cgroup2 cgroup2 rw"
        #expect(place("0::/a/b\n", both) == "/elsewhere")
    }

    @Test func theDaemonGoesIntoALeafAndSweeps() throws {
        let root = try machine(controllers: "cpuset cpu io memory pids\n")
        let files = FileManager.default
        for name in ["worker-17", "other"] {
            try files.createDirectory(
                at: root.file("\(Self.unit)/\(name)"), withIntermediateDirectories: false)
        }
        let groups = try active(root)
        #expect(groups.controllers == ["cpu", "memory", "pids"] && groups.sweptCount == 1)
        #expect(text(root, "daemon/cgroup.procs") == "0")
        #expect(text(root, "daemon/cpu.weight") == "500")
        #expect(text(root, "cgroup.subtree_control") == "+cpu +memory +pids")
        #expect(!files.fileExists(atPath: root.file("\(Self.unit)/worker-17").path))
        #expect(files.fileExists(atPath: root.file("\(Self.unit)/other").path))
    }

    @Test func whatIsNotDelegatedIsLeftAlone() throws {
        let root = try machine(controllers: "cpu memory pids\n")
        guard case .none = find(root, delegated: "elsewhere") else { throw Unexpected() }
        #expect(text(root, "daemon/cgroup.procs") == nil)
        #expect(text(root, "cgroup.subtree_control") == nil)
        // Without memory there is nothing to gain.
        let poor = try machine(controllers: "pids\n")
        guard case .unusable(let reason) = find(poor) else { throw Unexpected() }
        #expect(reason.contains("memory") && reason.contains("pids"))
        #expect(text(poor, "daemon/cgroup.procs") == nil)
        // And nothing was asked for on a machine without groups.
        guard case .none = find(try TemporaryDirectory("groups")) else { throw Unexpected() }
    }

    @Test func theLeafMayHaveBeenMadeForIt() throws {
        let root = try machine(controllers: "memory\n")
        try root.write("0::/system.slice/vitrined.service/daemon\n", to: "proc/self/cgroup")
        let groups = try active(root)
        #expect(groups.controllers == ["memory"])
        #expect(text(root, "daemon/cgroup.procs") == "0" && text(root, "daemon/cpu.weight") == nil)
    }

    @Test func aWorkerIsBoundedFirstByTheLimitsThenByItsPlan() throws {
        let root = try machine(controllers: "cpu memory pids\n")
        let group = try active(root).group(for: 4711, memoryBytes: 8 << 30)
        func written(_ file: String) -> String? { text(root, "worker-4711/\(file)") }
        #expect(written("cgroup.procs") == "4711" && written("memory.max") == "\(8 << 30)")
        #expect(written("memory.swap.max") == "0" && written("memory.oom.group") == "1")
        #expect(written("pids.max") == "4096")
        let need = ResourceNeed(memoryBytes: 1 << 30, scratchBytes: 0, reason: "")
        try group.bound(WorkerBounds(need, budget: Self.budget, lane: .reprocess))
        #expect(written("memory.max") == "\(3 << 29)" && written("cpu.weight") == "50")
    }

    // MARK: Decisions

    private static let budget = WorkBudget(
        deadlineSeconds: 1, stallSeconds: 1, cpuSeconds: 1, addressSpaceBytes: 4 << 30,
        outputBytes: 1, cores: 1)

    @Test func boundsLeaveRoomForAnEstimateThatIsALittleWrong() {
        func bound(_ bytes: Int64) -> Int64 {
            WorkerBounds(
                ResourceNeed(memoryBytes: bytes, scratchBytes: 0, reason: ""),
                budget: Self.budget, lane: .fresh
            ).memoryBytes
        }
        #expect(bound(100 << 20) == 356 << 20)
        #expect(bound(2 << 30) == 3 << 30)
        #expect(bound(3 << 30) == 4 << 30)
    }

    @Test func whoDiedOfItsBoundGetsTwiceAsMuchEachTime() throws {
        let noon = Timestamp(millisecondsSince1970: 1_795_435_200_000)
        let upload = Upload(
            itemID: ItemID(fileName: "a.jpg", sha256: "00"), fileName: "a.jpg", byteCount: 1,
            sha256: "00", receivedAt: noon, sidecar: Sidecar())
        var job = Job(
            id: 1, upload: upload, recipe: "default", identity: "1", lane: .fresh, priority: 0,
            priorGeneration: 0, createdAt: noon)
        let need = ResourceNeed(memoryBytes: 1 << 30, scratchBytes: 0, reason: "estimated")
        #expect(need.afterDeaths(of: job, budget: Self.budget) == need)
        job.attempts.transient = 1
        job.failure = .internalError(code: "another", "x")
        #expect(need.afterDeaths(of: job, budget: Self.budget) == need)
        job.failure =
            GroupFigures(
                maximum: "1073741824\n", peak: nil, events: "oom 1\noom_kill 1\n"
            ).failure
        #expect(need.afterDeaths(of: job, budget: Self.budget).memoryBytes == 2 << 30)
        job.attempts.transient = 4
        #expect(need.afterDeaths(of: job, budget: Self.budget).memoryBytes == 4 << 30)
    }

    // MARK: Deaths

    @Test func whoRanOutOfMemoryIsToldFromWhoWasKilled() throws {
        let own = GroupFigures(
            maximum: "536870912\n", peak: "536870912\n",
            events: "low 0\nhigh 0\nmax 31\noom 2\noom_kill 1\noom_group_kill 1\n")
        let failure = try #require(own.failure)
        #expect(failure.code == "workerMemory" && failure.kind == .resources)
        #expect(failure.operatorText.contains("512.0 MiB"))
        let outer = GroupFigures(
            maximum: "536870912\n", peak: "104857600\n", events: "max 0\noom 0\noom_kill 1\n")
        #expect(outer.failure?.code == "workerKilled")
        #expect(outer.failure?.operatorText.contains("100.0 MiB") == true)
        let neither = GroupFigures(maximum: "max\n", peak: nil, events: "oom 0\noom_kill 0\n")
        #expect(neither.failure == nil && neither.limitBytes == nil)
    }

    /// The worker plays the kernel: it writes what the kernel would count, and is gone.
    @Test func anAttemptThatRanOutOfMemorySaysSo() async throws {
        let root = try machine(controllers: "cpu memory pids\n")
        let groups = try active(root)
        let worker = try FakeWorker(
            """
            hear()
            group = "\(root.file(Self.unit).path)/worker-%d" % os.getpid()
            with open(group + "/cgroup.procs") as file:
                assert file.read() == str(os.getpid())
            with open(group + "/memory.events", "w") as file:
                file.write("oom 1\\noom_kill 1\\n")
            os.kill(os.getpid(), signal.SIGKILL)
            """)
        let failure = await worker.probeFailure(groups: groups)
        #expect(failure?.code == "workerMemory")
        #expect(failure?.operatorText.contains("8.0 GiB") == true, "\(String(describing: failure))")
    }
}
