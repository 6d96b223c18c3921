import CLinux
import Glibc
import MediaModel
import Sandbox
import Transcoding
import WorkerProtocol

/// One attempt on one upload, then gone. Started by `vitrined` only, or forked from one that was.
///
/// The order matters: privileges and limits before the libraries, the libraries before the file
/// system closes, everything closed before the first thread and the first byte of an upload.
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
        let rehearsed: Enclosure
        var readiness: Readiness
        do {
            try Confinement(addressSpaceBytes: addressSpaceBytes, fileBytes: -1).enter()
            let versions = try Engine.start()
            rehearsed = Enclosure.rehearse()
            readiness = Readiness(sandboxMissing: rehearsed.words, versions: versions)
            // For `doctor` only, which gives it no upload: encoders have threads, and a process
            // that has some cannot be confined any more.
            if CommandLine.arguments.contains("--try-encoders") {
                readiness.encodersMissing = EncoderTrial.missing()
            }
            channel.send(.ready(readiness))
        } catch {
            fail("the worker could not start: \(error)", code: 70)
        }
        guard rehearsed.isComplete || CommandLine.arguments.contains("--sandbox=reduced") else {
            fail("the sandbox cannot be set up: \(readiness.sandboxDetail)", code: 71)
        }
        if CommandLine.arguments.contains("--zygote") {
            // Goes on below in every worker that was made.
            Zygote.serve(channel)
            channel.send(.ready(readiness))
        }
        // One that is not needed sees the end of its socket here.
        guard let (upload, scratch) = channel.receivePair() else { exit(0) }
        let entered = Enclosure.enter(scratch: scratch)
        // Whatever the daemon agreed to: less than was promised is not what it agreed to.
        let engine: Result<Engine, Failure> =
            entered.missing.keys == rehearsed.missing.keys
            ? .success(Engine(upload: upload, scratch: ScratchDirectory(descriptor: scratch)))
            : .failure(.unconfined(Readiness(sandboxMissing: entered.words, versions: [:])))
        Attempt(channel: channel, engine: engine).run()
    }

    static func fail(_ text: String, code: Int32) -> Never {
        let line = text + "\n"
        _ = unsafe line.withCString { unsafe write(2, $0, strlen($0)) }
        exit(code)
    }
}

extension Enclosure {
    /// What is missing, as it is told to the daemon.
    fileprivate var words: [String: String] {
        Dictionary(uniqueKeysWithValues: missing.map { ($0.key.rawValue, $0.value) })
    }
}
