import CLinux
import Glibc
import MediaModel
import Sandbox
import Transcoding
import WorkerProtocol

/// One attempt on one upload, then gone. Started by `vitrined` only.
///
/// The order matters: confined before the first thread, libraries loaded before the file system
/// closes, and no byte of an upload read before all of that.
@main
struct Entry {
    /// Wide bounds until the daemon sets the attempt's own from outside.
    static let addressSpaceBytes: Int64 = 64 << 30

    static func main() {
        if CommandLine.arguments.contains("--version") {
            print("vitrine-worker, protocol \(Readiness.currentProtocolVersion)")
            return
        }
        guard let channel = ControlChannel() else {
            fail("vitrine-worker is started by vitrined; there is nothing to run by hand", code: 64)
        }
        do {
            try Confinement(addressSpaceBytes: addressSpaceBytes, fileBytes: -1).enter()
            let versions = try Engine.start()
            channel.send(.ready(Readiness(sandbox: Confinement.state, versions: versions)))
        } catch {
            fail("the worker could not start: \(error)", code: 70)
        }
        // A spare that is not needed sees the end of its socket here.
        guard let (upload, scratch) = channel.receiveAssignment() else { exit(0) }
        // The place of Landlock and seccomp: after the libraries, before the first byte.
        Attempt(
            channel: channel,
            engine: Engine(upload: upload, scratch: ScratchDirectory(descriptor: scratch))
        ).run()
    }

    static func fail(_ text: String, code: Int32) -> Never {
        let line = text + "\n"
        _ = unsafe line.withCString { unsafe write(2, $0, strlen($0)) }
        exit(code)
    }
}
