import CLinux
import Glibc
import MediaModel

/// What connects a worker: a socket and its standard error, with the ends that the worker gets.
/// Owned by whoever made it until a `WorkerProcess` has taken the near ends.
struct WorkerPipes {
    let socket: Int32
    let errors: Int32
    let farSocket: Int32
    let farErrors: Int32

    init() throws(Failure) {
        var pair: [Int32] = [-1, -1]
        let made = unsafe socketpair(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair)
        guard made == 0 else { throw .workerStart("open a socket pair", errno) }
        var pipes: [Int32] = [-1, -1]
        guard unsafe clinux_pipe(&pipes) == 0 else {
            let code = errno
            close(pair[0])
            close(pair[1])
            throw .workerStart("open a pipe", code)
        }
        (socket, farSocket) = (pair[0], pair[1])
        (errors, farErrors) = (pipes[0], pipes[1])
    }

    /// Once the worker has them: the ends of ours tell then when it has ended.
    func closeFarEnds() {
        close(farSocket)
        close(farErrors)
    }

    /// When there is no worker; one that there is all the same sees its socket end, and ends.
    func closeNearEnds() {
        close(socket)
        close(errors)
    }
}

extension Failure {
    /// A step on the way to a worker that the system refused.
    static func workerStart(_ operation: String, _ code: Int32) -> Failure {
        let text = unsafe String(cString: strerror(code))
        return Failure(
            kind: .resources, code: "workerStart",
            operatorText: "could not \(operation): \(text).",
            uploaderText: "Something went wrong on our side. We will try again.")
    }
}
