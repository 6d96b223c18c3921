import Foundation
import TestSupport
import Testing

/// Storage that is full, read-only or moved away: nothing is lost, and work goes on when it is back.
///
/// The first two need a file system of its own, so the right to mount one; they skip otherwise, and
/// say so.
@Suite(.serialized)
struct StorageFaultTests {
    private func check(
        size: String, fault: (SmallDisk) async throws -> Void,
        repair: (SmallDisk) async throws -> Void
    ) async throws {
        let site = try Site("storage-fault", ["WORKERS_COUNT": "1"])
        guard let disk = try await SmallDisk(at: site.storage, "size=\(size)") else { return }
        do {
            let daemon = try await site.start()
            try await fault(disk)
            let name = try site.upload(
                await Still {
                    $0.width = 2000; $0.height = 1500
                }.file(), as: "picture.jpg")
            try await Waiting.until("a failed attempt", within: .seconds(60)) {
                let job = try await site.jobs().first
                return job?["reason"]?.object != nil || job?["state"]?.string == "retryable"
                    ? true : nil
            }
            #expect(daemon.isRunning)
            let published = SiteChecker.paths(below: site.storage).filter {
                $0.hasSuffix("manifest.json")
            }
            #expect(published == [], "nothing half-published")
            try await repair(disk)
            // It resumes within 30 s without a restart.
            let item = try #require(try await site.finished([name], within: .seconds(60))[name])
            #expect(item["state"]?.string == "ready", "\(item)")
            let job = try #require(try await site.jobs().first)
            #expect(job["attempts"]?["counted"]?.int == 0, "storage faults burn no attempt: \(job)")
            #expect(try await SiteChecker(site: site).problems(uploads: [name]) == [])
            #expect(daemon.isRunning)
            #expect(try await site.stop() == .exited(0))
            await disk.unmount()
        } catch {
            await disk.unmount()
            throw error
        }
    }

    @Test func fullStorageIsWaitedFor() async throws {
        try await check(size: "40k", fault: { _ in }, repair: { try await $0.remount("size=64m") })
    }

    /// Moved away and made anew: nobody serves what a daemon would write through its descriptor.
    @Test func displacedStorageIsWaitedFor() async throws {
        let site = try Site("storage-moved", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
        let daemon = try await site.start()
        let (away, files) = (site.directory.file("away"), FileManager.default)
        try files.moveItem(at: site.storage, to: away)
        try files.createDirectory(at: site.storage, withIntermediateDirectories: true)
        let name = try site.upload(
            await Still {
                $0.width = 64; $0.height = 48; $0.format = .png
            }.file(), as: "picture.png")
        let job = try await Waiting.until("an attempt", within: .seconds(60)) {
            let job = try await site.jobs().first
            return job?["state"]?.string == "retryable" ? job : nil
        }
        #expect(job["reason"]?["code"]?.string == "storage.displaced", "\(job)")
        #expect(job["attempts"]?["counted"]?.int == 0)
        let status = try await site.json("status")
        #expect(status["state"]?.string == "degraded")
        #expect(status["storage"]?["detail"]?.string?.contains("now at \(away.path)") == true)
        let shown = try await site.ctl("status").text
        #expect(shown.contains("storage detail") && shown.contains("bring that one back"))
        let findings = try JSONValue(parsing: try await site.ctl("doctor", "--json").output)
        let finding = findings["findings"]?.array?.first {
            $0["check"]?.string == "storage.writable"
        }
        #expect(finding?["status"]?.string == "error")
        #expect(finding?["advice"]?.string?.contains("storage verify") == true)
        let written = [site.storage, away].flatMap { SiteChecker.paths(below: $0) }
        #expect(written == [], "nothing is written anywhere")

        try files.removeItem(at: site.storage)
        try files.moveItem(at: away, to: site.storage)
        // Not ten seconds later, by itself.
        _ = try await site.ctl("job", "retry", "\(job["id"]?.int ?? 0)")
        let item = try #require(try await site.finished([name], within: .seconds(60))[name])
        #expect(item["state"]?.string == "ready", "\(item)")
        #expect(try await site.status()["state"]?.string == "running")
        #expect(try await SiteChecker(site: site).problems(uploads: [name]) == [])
        #expect(daemon.isRunning)
        #expect(try await site.stop() == .exited(0))
    }

    @Test func readOnlyStorageIsWaitedFor() async throws {
        try await check(
            size: "64m", fault: { try await $0.remount("ro") },
            repair: { try await $0.remount("rw") })
    }
}
