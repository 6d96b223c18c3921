import ControlAPI
import Foundation
import TestSupport
import Testing

/// A change that is asked for twice with the same key is made once.
struct IdempotencyTests {
    /// What curl gets for a POST with a key: status, whether it is a repetition, body.
    private func post(
        _ site: Site, _ path: String, key: String, _ body: String
    ) async throws -> (status: Int, isReplayed: Bool, body: String) {
        let output = try await Program("curl").run([
            "-sS", "-i", "--unix-socket", site.directory.file("control.sock").path,
            "-H", "Idempotency-Key: \(key)", "-d", body, "http://vitrine/v1\(path)",
        ])
        let text = String(decoding: output, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (
            try #require(status), text.contains("\r\nIdempotency-Replayed: true\r\n"),
            String(parts.last ?? "")
        )
    }

    @Test func theSameRequestAgainIsAnsweredAndNotDone() async throws {
        let site = try Site("idempotent")
        let daemon = try await site.start()
        let first = try await post(site, "/queue/pause", key: "night-1", #"{"seconds": 3600}"#)
        #expect(first.status == 200 && !first.isReplayed)
        #expect(try await site.ctl("queue", "resume").termination == .exited(0))
        let second = try await post(site, "/queue/pause", key: "night-1", #"{"seconds": 3600}"#)
        #expect(second.status == 200 && second.isReplayed && second.body == first.body)
        #expect(try await site.status()["queue"]?["paused"]?.bool == false, "it was not done")

        let other = try await post(site, "/queue/pause", key: "night-1", "{}")
        #expect(other.status == 422 && other.body.contains("another request"))
        // Also after the daemon was killed.
        daemon.send(SIGKILL)
        _ = try await daemon.wait(atMost: .seconds(10))
        try await site.start()
        let third = try await post(site, "/queue/pause", key: "night-1", #"{"seconds": 3600}"#)
        #expect(third.isReplayed && third.body == first.body)
        #expect(try await site.status()["queue"]?["paused"]?.bool == false)
        #expect(try await post(site, "/queue/pause", key: "night-2", "{}").isReplayed == false)
        #expect(try await site.status()["queue"]?["paused"]?.bool == true)

        // What was refused has changed nothing, so it is tried again.
        for _ in 0..<2 {
            let refused = try await post(site, "/jobs/7/retry", key: "retry-7", "")
            #expect(refused.status == 404 && !refused.isReplayed)
        }
        let long = String(repeating: "k", count: 256)
        #expect(try await post(site, "/queue/resume", key: long, "").status == 400)
        #expect(try await post(site, "/queue/resume", key: "two words", "").status == 400)
        #expect(try await site.stop() == .exited(0))
    }
}
