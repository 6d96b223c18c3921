import CLinux
import Glibc

/// What a worker gives up before it reads the first byte of an upload, in order:
///
/// 1. descriptors: the daemon passes only what is needed and closes everything else at spawn;
/// 2. environment: empty, by the spawn;
/// 3. privileges, dumpability, core files: `enter`;
/// 4. resource limits: `enter`; the daemon sets tighter ones per attempt from outside;
/// 5. file system and system calls: `Enclosure.enter`, once the libraries are loaded.
package struct Confinement: Sendable {
    /// Address space, in bytes.
    package var addressSpaceBytes: Int64
    /// Largest file, in bytes.
    package var fileBytes: Int64
    /// Open descriptors.
    package var descriptors: Int64
    /// Threads of the worker's user, in all its processes: the kernel counts no other way. A worker
    /// needs 150 (SVT-AV1), so this ends a flood and nothing else.
    package var threads: Int64

    /// - Parameters:
    ///   - descriptors: default 64: control, upload, scratch, and one per rung and track.
    ///   - threads: default 4096.
    package init(
        addressSpaceBytes: Int64, fileBytes: Int64, descriptors: Int64 = 64, threads: Int64 = 4096
    ) {
        self.addressSpaceBytes = addressSpaceBytes
        self.fileBytes = fileBytes
        self.descriptors = descriptors
        self.threads = threads
    }

    /// Enters the confinement; there is no way back. Call before the first thread starts.
    /// - Throws: `ConfinementError` naming the step; the caller must then take no input.
    package func enter() throws(ConfinementError) {
        Self.goFirst()
        try Self.check("give up privileges", clinux_give_up_privileges())
        try Self.check(
            "limit resources",
            clinux_limit_self(addressSpaceBytes, fileBytes, descriptors, threads))
    }

    /// When memory is short the kernel ends a worker, whose job is tried again, rather than the daemon or
    /// something else on the machine. Half of the memory is added to what it weighs (`oom_score_adj`,
    /// proc(5)). Before the process is undumpable: afterwards the file is root's. A wish: without /proc
    /// nothing is lost.
    private static func goFirst() {
        let file = unsafe open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let text = "500"
        _ = unsafe text.withCString { unsafe write(file, $0, strlen($0)) }
        close(file)
    }

    private static func check(_ step: String, _ code: Int32) throws(ConfinementError) {
        guard code == 0 else { throw ConfinementError(step: step, code: code) }
    }
}

/// A step of the confinement that the kernel refused.
package struct ConfinementError: Error, Hashable, Sendable, CustomStringConvertible {
    package var step: String
    /// errno.
    package var code: Int32

    package var description: String {
        let text = unsafe String(cString: strerror(code))
        return "could not \(step): \(text)"
    }
}
