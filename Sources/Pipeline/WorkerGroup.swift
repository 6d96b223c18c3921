import Glibc

/// The control group of one worker: made when it starts, bounded when it gets its plan, gone with it.
struct WorkerGroup: Sendable {
    let directory: String
    private let controllers: [String]

    /// Makes the directory and sets what holds from the first moment; an errno when that is not possible.
    ///
    /// - Parameters:
    ///   - memoryBytes: until the plan is known.
    ///   - controllers: those that are in force.
    init(directory: String, memoryBytes: Int64, controllers: [String]) throws(GroupError) {
        self.directory = directory
        self.controllers = controllers
        var made = unsafe mkdir(directory, 0o755)
        if made != 0, errno == EEXIST {
            // Of an earlier worker with this number. Its counts would be taken for ours.
            _ = unsafe rmdir(directory)
            made = unsafe mkdir(directory, 0o755)
        }
        guard made == 0 else { throw GroupError("make", directory, errno) }
        do throws(GroupError) {
            try set("memory.max", "\(memoryBytes)")
            // Rather ended than swapped: what waits for a disk at every step is slower than a retry.
            // Not there on a kernel without swap.
            try? set("memory.swap.max", "0")
            // All of it or nothing: half a worker is none.
            try set("memory.oom.group", "1")
            if controllers.contains("pids") { try set("pids.max", "\(WorkerBounds.processes)") }
        } catch {
            remove()
            throw error
        }
    }

    /// Moves a process in, with all its threads. What it has already taken stays where it was.
    func take(_ process: Int32) throws(GroupError) { try set("cgroup.procs", "\(process)") }

    /// The attempt's own bounds.
    func bound(_ bounds: WorkerBounds) throws(GroupError) {
        try set("memory.max", "\(bounds.memoryBytes)")
        if controllers.contains("cpu") { try set("cpu.weight", "\(bounds.processorWeight)") }
    }

    func figures() -> GroupFigures {
        GroupFigures(
            maximum: ControlFile.read("\(directory)/memory.max"),
            peak: ControlFile.read("\(directory)/memory.peak"),
            events: ControlFile.read("\(directory)/memory.events"))
    }

    /// Ends whatever is left in it and takes it away. One that cannot go yet is found by the next start.
    @discardableResult
    func remove() -> Bool { Self.remove(directory) }

    static func remove(_ directory: String) -> Bool {
        if unsafe rmdir(directory) == 0 { return true }
        // Since Linux 5.14; a child of the worker that was not ours to wait for.
        _ = ControlFile.write("1", to: "\(directory)/cgroup.kill")
        return unsafe rmdir(directory) == 0
    }

    private func set(_ file: String, _ value: String) throws(GroupError) {
        let code = ControlFile.write(value, to: "\(directory)/\(file)")
        guard code == 0 else { throw GroupError("write \(value) to", "\(directory)/\(file)", code) }
    }
}

/// What could not be done with a control group.
struct GroupError: Error, CustomStringConvertible {
    let description: String
    let code: Int32

    init(_ operation: String, _ path: String, _ code: Int32) {
        description = "could not \(operation) \(path): \(ControlFile.words(code))"
        self.code = code
    }
}
