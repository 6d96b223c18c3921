import Foundation
import TestSupport
import Testing

@testable import Daemon

/// What the kernel says of memory, read from files as it writes them.
@Suite struct MachineMemoryTests {
    private static let meminfo = """
        MemTotal:       16777216 kB
        MemFree:         1048576 kB
        MemAvailable:    8388608 kB
        """

    private func machine(_ files: [String: String]) throws -> TemporaryDirectory {
        let root = try TemporaryDirectory("machine")
        for (path, text) in files { try root.write(text, to: path) }
        return root
    }

    private func read(_ files: [String: String]) throws -> MachineMemory {
        let root = try machine(files)
        return withExtendedLifetime(root) {
            MachineMemory(root: root.url.path, machine: (8 << 30, 1 << 30))
        }
    }

    @Test func withoutGroupsItIsTheMachines() throws {
        let memory = try read(["proc/meminfo": Self.meminfo])
        #expect(memory.totalBytes == 16 << 30 && memory.availableBytes == 8 << 30)
        #expect(memory.forJobs == 14 << 30)
    }

    @Test func theTightestGroupBoundsIt() throws {
        let memory = try read([
            "proc/meminfo": Self.meminfo,
            "proc/self/cgroup": "4:memory:/old\n0::/system.slice/vitrined.service\n",
            "sys/fs/cgroup/system.slice/memory.max": "4294967296\n",
            "sys/fs/cgroup/system.slice/memory.current": "2147483648\n",
            "sys/fs/cgroup/system.slice/memory.stat":
                "anon 1\ninactive_file 536870912\nactive_file 402653184\n"
                + "slab_reclaimable 134217728\n",
            "sys/fs/cgroup/system.slice/vitrined.service/memory.max": "max\n",
            "sys/fs/cgroup/system.slice/vitrined.service/memory.high": "6442450944\n",
            "sys/fs/cgroup/system.slice/vitrined.service/memory.current": "1073741824\n",
        ])
        #expect(memory.totalBytes == 4 << 30)
        // Three of the four are free: of the two that are used, one is files that can go.
        #expect(memory.availableBytes == 3 << 30)
        #expect(memory.forJobs == 7 << 29)
    }

    /// As in the hardened unit: /proc has processes only.
    @Test func withoutMeminfoTheSystemIsAsked() throws {
        let memory = try read([
            "sys/fs/cgroup/memory.stat": "inactive_file 3221225472\n"
        ])
        #expect(memory.totalBytes == 8 << 30 && memory.availableBytes == 4 << 30)
    }

    @Test func thisMachineHasSome() throws {
        let memory = MachineMemory()
        let asked = try #require(MachineMemory.asked())
        #expect(asked.total > 256 << 20 && asked.free > 0 && asked.free <= asked.total)
        #expect(memory.totalBytes > 0 && memory.totalBytes <= asked.total)
        #expect(memory.availableBytes ?? 0 > 0)
    }

    @Test func littleIsStillSome() throws {
        let memory = try read(["proc/meminfo": "MemTotal: 524288 kB\nMemAvailable: 262144 kB\n"])
        #expect(memory.forJobs == 256 << 20)
    }
}
