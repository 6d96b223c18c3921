import Failpoints
import MediaModel
import Storage

/// One attempt's own directory under scratch; what a crash leaves is swept at the next start.
struct ScratchRoom {
    let directory: Directory
    private let parent: Directory
    private let name: FileName

    init(in parent: Directory, name: String) throws {
        guard let fileName = FileName(name) else {
            throw Failure.internalError(code: "scratchName", "\(name) cannot name a directory")
        }
        self.parent = parent
        self.name = fileName
        // A stale one of the same name would be from a daemon that died; nothing in it counts.
        if try parent.status(of: fileName) != nil { try parent.removeTree(fileName) }
        directory = try parent.subdirectory(fileName, creating: 0o750)
    }

    /// Failing to tidy up fails nothing: the next start sweeps.
    func remove() {
        #if DEBUG
            if SeededBug.scratchKept.isOn { return }
        #endif
        do { try parent.removeTree(name) } catch {}
    }
}
