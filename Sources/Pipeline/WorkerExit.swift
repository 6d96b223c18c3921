import Glibc
import MediaModel
import Planning

/// How a worker's process ended.
struct WorkerExit: Hashable, Sendable {
    /// nil when a signal ended it.
    var exitCode: Int32?
    /// nil when it exited by itself.
    var signal: Int32?
    var usage: WorkUsage
    /// The end of what it wrote to standard error, at most 4 KiB, control characters escaped.
    var lastWords: String
    /// What its control group counted; nil where it had none of its own.
    var group: GroupFigures?
    /// Why the daemon ended it, when it did.
    var endedBecause: Failure?

    /// It ended by a fault of its own or lost its mind: what an attack that has guessed wrong looks like.
    var isCrash: Bool {
        if let endedBecause { return endedBecause.code == "workerGarbage" }
        guard let signal else { return false }
        return ![SIGKILL, SIGXCPU, SIGXFSZ].contains(signal)
    }

    /// The end as a failure of the attempt, for when no result had come.
    var failure: Failure {
        if let endedBecause { return endedBecause }
        let words = lastWords.isEmpty ? "" : " Its last words: \(lastWords)"
        let uploader = "Something went wrong while processing this file. We will try again."
        guard let signal else {
            return Failure(
                kind: .crashed, code: "workerExited",
                operatorText: "the worker exited with code \(exitCode ?? 0) before it was done."
                    + words,
                uploaderText: uploader)
        }
        let name = unsafe strsignal(signal).map { unsafe String(cString: $0) } ?? "?"
        switch signal {
        case SIGKILL:
            if let failure = group?.failure { return failure }
            // Not ours (that would have a reason): the kernel's out-of-memory killer or an
            // operator. No evidence against the upload.
            return Failure(
                kind: .resources, code: "workerKilled",
                operatorText: "the worker was killed from outside (signal 9): usually the kernel, "
                    + "short of memory. Lower workers.count or add memory." + words,
                uploaderText: uploader)
        case SIGXCPU:
            return .limit(
                "cpuSeconds", "the processor time",
                limit: "the attempt's budget", found: "\(Int(usage.cpuSeconds)) s",
                uploader: "This file takes longer to process than is allowed.")
        case SIGXFSZ:
            return .limit(
                "outputBytes", "the size of an output file", limit: "the attempt's budget",
                found: "more", uploader: "This file becomes too large when processed.")
        case SIGSYS:
            return Failure(
                kind: .crashed, code: "forbiddenSystemCall",
                operatorText: "the worker was ended for a system call that its sandbox forbids: "
                    + "the upload attacks a decoder, or a library needs more than is known. The "
                    + "kernel's log names the call (type=1326)." + words,
                uploaderText: uploader)
        default:
            return Failure(
                kind: .crashed, code: "workerCrashed",
                operatorText: "the worker ended by signal \(signal) (\(name))." + words,
                uploaderText: uploader)
        }
    }
}
