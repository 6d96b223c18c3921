import CLinux
import Glibc
import MediaModel
import WorkerProtocol

/// A worker that takes no upload: it has loaded the libraries, and makes workers that have them.
///
/// It has one thread and stays unconfined, as every worker before its upload comes: a confined
/// process cannot make another one. It reads nothing but requests of the daemon.
enum Zygote {
    /// Makes a worker for every pair of descriptors that comes: its control socket and its standard
    /// error. Returns in each of the workers, whose descriptors those are then; the zygote itself ends
    /// with its own socket.
    static func serve(_ channel: ControlChannel) {
        unsafe clinux_name_process("vitrine-zygote")
        while let (control, errors) = channel.receivePair() {
            let worker = clinux_fork_worker(control, errors)
            guard worker != 0 else {
                unsafe clinux_name_process("vitrine-worker")
                return
            }
            close(control)
            close(errors)
            channel.send(worker > 0 ? .forked(ForkedWorker(processID: worker)) : refusal(-worker))
        }
        exit(0)
    }

    private static func refusal(_ code: Int32) -> Report {
        let text = unsafe String(cString: strerror(code))
        return .failed(
            Failure(
                kind: .resources, code: "workerStart",
                operatorText: "the zygote could not fork a worker: \(text).",
                uploaderText: "Something went wrong on our side. We will try again."))
    }
}
