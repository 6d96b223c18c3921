import ControlAPI
import Foundation
import MediaModel
import Pipeline
import TestSupport
import Testing

@testable import Daemon

@Suite(.serialized) struct MetricsTests {
    /// What promtool says is wrong with a page; empty when nothing is.
    private func problems(_ page: Data) async throws -> String {
        let result = try await Program("promtool").result(["check", "metrics"], input: page)
        return result.termination == .exited(0) ? "" : result.error + result.text
    }

    private func sample(_ page: Data, _ name: String) -> Double? {
        let lines = String(decoding: page, as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix("\(name) ") }
            .flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    @Test func whatTheDaemonDoesIsCounted() async throws {
        let daemon = try await DaemonUnderTest()
        let fresh = try await daemon.curl("/metrics")
        #expect(fresh.status == 200)
        #expect(try await problems(fresh.body) == "")
        #expect(sample(fresh.body, #"vitrine_jobs{state="completed"}"#) == 0)

        let film = daemon.directory.file("film.mp4")
        try await Program("ffmpeg").run([
            "-v", "error", "-f", "lavfi", "-i", "testsrc=size=128x96:rate=25", "-t", "2",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", film.path,
        ])
        let text = try daemon.directory.write("no film at all\n", to: "fake.mp4")
        #expect(
            try await daemon.ctl("item", "add", "--wait", film.path).termination == .exited(0))
        #expect(
            try await daemon.ctl("item", "add", "--wait", text.path).termination == .exited(1))

        let page = try await daemon.curl("/metrics").body
        #expect(try await problems(page) == "")
        #expect(sample(page, #"vitrine_jobs{state="completed"}"#) == 1)
        #expect(sample(page, #"vitrine_jobs{state="discarded"}"#) == 1)
        #expect(sample(page, #"vitrine_items{state="ready"}"#) == 1)
        #expect(sample(page, #"vitrine_attempts_total{outcome="completed"}"#) == 1)
        #expect(sample(page, #"vitrine_attempts_total{outcome="failed"}"#) == 1)
        #expect(sample(page, "vitrine_worker_crashes_total") == 0)
        #expect(sample(page, #"vitrine_published_total{kind="video"}"#) == 1)
        let seconds = sample(page, #"vitrine_media_seconds_total{kind="video"}"#) ?? 0
        #expect(abs(seconds - 2) < 0.1)
        #expect(sample(page, #"vitrine_stage_seconds_count{stage="transcode"}"#) == 1)
        #expect(sample(page, #"vitrine_stage_seconds_count{stage="publish"}"#) == 1)
        #expect(sample(page, #"vitrine_stage_seconds_count{stage="probe"}"#) == 2)
        #expect(sample(page, "vitrine_queue_oldest_seconds") == 0)
        #expect(sample(page, "vitrine_sandbox_active") == 1)
        // Reserved, and given back.
        #expect(sample(page, "vitrine_memory_for_jobs_bytes") ?? 0 >= 268_435_456)
        #expect(sample(page, "vitrine_memory_held_bytes") == 0)
        #expect(sample(page, "vitrine_workers_waiting") == 0)
        #expect(sample(page, #"vitrine_stage_seconds_count{stage="wait"}"#) == 1)
        #expect(sample(page, #"vitrine_disk_free_bytes{place="storage"}"#) ?? 0 > 0)
        #expect(sample(page, "process_resident_memory_bytes") ?? 0 > 1_000_000)
        _ = try await daemon.stop()
    }

    @Test func aPageThatIsNoneIsFound() async throws {
        // The oracle can fail.
        #expect(try await problems(Data("vitrine_jobs{state=\"x} 1\n".utf8)) != "")
    }

    @Test func labelsAreEscaped() {
        var page = MetricsText()
        page.add("a", .gauge, "b.", [([("c", "d\"\\\ne")], 1.5)])
        #expect(page.text == "# HELP a b.\n# TYPE a gauge\na{c=\"d\\\"\\\\\\ne\"} 1.5\n")
    }

    @Test func aStageThatNobodyKnowsIsOneOfTheOthers() {
        let meter = PipelineMeter()
        let start = Timestamp(secondsSince1970: 0)
        for number in 0..<100 {
            meter.spent([Stage(name: "made up \(number)", startedAt: start, seconds: 2)])
        }
        meter.spent([Stage(name: "still", startedAt: start, seconds: 0.2)])
        #expect(meter.totals.stages.keys.sorted() == ["other", "still"])
        #expect(meter.totals.stages["other"]?.count == 100)
        // Cumulative: 0.2 s is within 0.3 s and every longer bound.
        #expect(meter.totals.stages["still"]?.counts == [0] + Array(repeating: 1, count: 11))
    }
}
