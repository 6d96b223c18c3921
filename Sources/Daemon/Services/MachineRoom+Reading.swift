import Pipeline
import Storage

extension MachineRoom {
    /// What the machine has for jobs at this moment. Blocks for a few small files.
    /// - Parameter memory: that jobs may hold, as configured; nil = by what the machine has.
    init(memory: Int64?, scratch: Directory) {
        let machine = MachineMemory()
        let free = (try? FreeSpace(of: scratch)).map { Int64(clamping: $0.availableBytes) }
        self.init(
            memoryBytes: memory ?? machine.forJobs, freeMemoryBytes: machine.availableBytes,
            // What attempts have written is part of what they hold.
            scratchBytes: free.map { $0 + scratch.contentBytes() })
    }
}
