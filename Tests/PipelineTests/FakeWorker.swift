import Foundation
import Logging
import MediaModel
import Planning
import TestSupport
import WorkerProtocol

@testable import Pipeline

/// A program that stands in for `vitrine-worker` and misbehaves as told.
struct FakeWorker {
    let directory: TemporaryDirectory
    let executable: String

    /// - Parameter body: Python run after `ready` was said; `say(text)` writes to the daemon,
    ///   `hear()` reads a line from it, `control` is the socket.
    init(_ body: String, saysReady: Bool = true) throws {
        directory = try TemporaryDirectory("fake-worker")
        let ready = #"{"ready":{"_0":{"protocolVersion":1,"sandbox":"active","versions":{}}}}"#
        let script = """
            #!/usr/bin/python3
            import array, os, signal, socket, sys, time
            control = socket.socket(fileno=3)
            def say(text):
                control.sendall(text.encode())
            pending = b""
            def hear():
                global pending
                while b"\\n" not in pending:
                    bytes = control.recv(65536)
                    if not bytes:
                        os._exit(3)
                    pending += bytes
                line, pending = pending.split(b"\\n", 1)
                return line.decode()
            \(saysReady ? "say('\(ready)\\n')" : "")
            control.recvmsg(1, socket.CMSG_SPACE(64))
            \(body)
            """
        let url = try directory.write(script, to: "worker")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: url.path)
        executable = url.path
    }

    /// One attempt: `probe`, and the failure it ended with.
    func probeFailure(
        limits: Limits = Limits(), forks: Bool = false, groups: WorkerGroups? = nil,
        patience: Duration = .seconds(120)
    ) async -> Failure? {
        let pool = WorkerPool(
            executable: executable, forks: forks, limits: LimitBook(limits), groups: groups,
            patience: patience,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let null = unsafe open("/dev/null", O_RDONLY)
        defer { close(null) }
        do throws(Failure) {
            let session = try await pool.begin(upload: null, scratch: null)
            do throws(Failure) {
                _ = try await session.probe(ProbeRequest(limits: limits, fileName: "x"))
                _ = await session.end()
                await pool.stop()
                return nil
            } catch {
                _ = await session.end()
                await pool.stop()
                return error
            }
        } catch {
            await pool.stop()
            return error
        }
    }
}
