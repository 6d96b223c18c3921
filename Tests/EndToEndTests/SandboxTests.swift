import Foundation
import MediaModel
import TestSupport
import Testing

/// The worker's sandbox as the daemon's operator and readers of manifests see it.
struct SandboxTests {
    private static let worker = PackageLayout.product("vitrine-worker").path

    /// A worker in a world where a layer of the sandbox cannot be had.
    private func worker(
        without layer: String, in directory: TemporaryDirectory
    ) async throws -> String {
        let probe = PackageLayout.product("sandbox-probe").path
        let script = "#!/bin/sh\nexec '\(probe)' broken \(layer) '\(Self.worker)' \"$@\"\n"
        return try await program(script, named: "worker-without-\(layer)", in: directory)
    }

    /// Installed by another process: what is open for writing here cannot be executed, and whatever a
    /// test beside this one starts meanwhile would keep it open.
    private func program(
        _ script: String, named name: String, in directory: TemporaryDirectory
    ) async throws -> String {
        let text = try directory.write(script, to: "\(name).text")
        let file = directory.file(name).path
        try await Program("install").run(["-m", "755", text.path, file])
        return file
    }

    private func picture() async throws -> URL {
        try await Still { ($0.width, $0.height) = (400, 300) }.file()
    }

    @Test(arguments: ["photograph.jpg", "film.mp4", "song.wav"])
    func whatIsPublishedWasMadeInside(name: String) async throws {
        let provenance = try await Gallery.published(name).document["provenance"]
        #expect(provenance?["sandbox"]?.string == "active")
        #expect(provenance?["sandboxMissing"] == nil)
    }

    /// The third one lies: only the worker's own proof can tell.
    @Test(arguments: ["landlock", "seccomp", "landlock-lie"])
    func withoutALayerUploadsWaitUntilThereIsOne(layer: String) async throws {
        let directory = try TemporaryDirectory("sandbox")
        let name = layer.hasSuffix("-lie") ? "proof" : layer
        let closed = try Site(
            at: directory, ["WORKER": try await worker(without: layer, in: directory)])
        try await closed.start()
        try closed.upload(try await picture(), as: "waits.jpg")
        try await Waiting.until("the upload in the queue", within: .seconds(60)) {
            try await closed.jobs().first?["state"]?.string == "available" ? true : nil
        }
        let status = try await closed.json("status")
        #expect(status["state"]?.string == "degraded")
        #expect(status["sandbox"]?.string == "reduced")
        #expect(status["sandboxMissing"]?.object?.keys.sorted() == [name])
        // Whoever asks for a plan is told why there is none.
        let item = try #require(try await closed.items().first?["id"]?.string)
        let plan = try await closed.ctl("item", "plan", item)
        #expect(plan.termination != .exited(0))
        #expect(plan.error.contains("sandbox"), "\(plan.error)")
        let doctor = try await closed.ctl("doctor", "--json")
        #expect(doctor.termination == .exited(1))
        let findings = try JSONValue(parsing: doctor.output)["findings"]?.array ?? []
        let finding = findings.first { $0["check"]?.string == "worker.sandbox" }
        #expect(finding?["status"]?.string == "error")
        #expect(finding?["detail"]?.string?.contains(name) == true)
        #expect(finding?["advice"]?.string?.contains("no upload is processed") == true)
        // All that took several workers and a while; the job is where it was.
        #expect(try await closed.status()["queue"]?["available"]?.int == 1)
        try await closed.stop()
        let open = try Site(at: directory)
        try await open.start()
        let published = try Published(
            try #require(try await open.finished(["waits.jpg"])["waits.jpg"]))
        #expect(published.manifest.provenance.sandbox == "active")
        // Waiting cost it nothing.
        #expect(published.manifest.provenance.attempts == 1)
        try await open.stop()
    }

    @Test(arguments: ["landlock", "seccomp"])
    func reducedGoesOnAndSaysWhatIsMissing(layer: String) async throws {
        let directory = try TemporaryDirectory("sandbox")
        let site = try Site(
            at: directory,
            ["SANDBOX": "reduced", "WORKER": try await worker(without: layer, in: directory)])
        try await site.start()
        let published = try Published(
            try await site.process(try await picture(), as: "reduced.jpg"))
        #expect(published.manifest.provenance.sandbox == "reduced")
        #expect(published.manifest.provenance.sandboxMissing == [layer])
        let manifest = published.file("manifest.json")
        #expect(try await JSONSchema.problems(in: [manifest], schema: SiteChecker.schema) == [])
        #expect(try await site.status()["state"]?.string == "running")
        let report = try await site.json("doctor")
        let finding = report["findings"]?.array?.first { $0["check"]?.string == "worker.sandbox" }
        #expect(finding?["status"]?.string == "warning")
        try await site.stop()
    }

    /// Permission to go without is no wish to: with a whole kernel everything is in force.
    @Test func reducedIsActiveWhereThatIsPossible() async throws {
        let site = try Site("sandbox", ["SANDBOX": "reduced"])
        try await site.start()
        #expect(try await site.status()["sandbox"]?.string == "active")
        try await site.stop()
    }

    @Test func aForbiddenCallEndsTheAttemptAndIsNamed() async throws {
        let directory = try TemporaryDirectory("sandbox")
        // Stands for a decoder that was taken over: it waits for its input, then makes a socket.
        let script = """
            #!/usr/bin/python3
            import os, signal, socket
            control = socket.socket(fileno=3)
            control.sendall(b'{"ready":{"_0":{"protocolVersion":1,"sandbox":"active","versions":{}}}}\\n')
            control.recvmsg(1, socket.CMSG_SPACE(64))
            control.recv(65536)
            os.kill(os.getpid(), signal.SIGSYS)
            """
        let worker = try await program(script, named: "attacked", in: directory)
        let site = try Site(at: directory, ["WORKER": worker, "WORKERS_SPARE": "false"])
        try await site.start()
        try site.upload(try await picture(), as: "attack.jpg")
        let failure = try await Waiting.until("the attempt's end", within: .seconds(60)) {
            try await site.jobs().first?["reason"]?.object
        }
        #expect(failure["code"]?.string == "forbiddenSystemCall")
        try await site.stop()
    }
}
