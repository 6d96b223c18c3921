import ControlAPI
import Foundation
import JobStoreSQLite
import MediaModel
import TestSupport
import Testing

/// The event log as a stream: two forms, resumption, readers that do not keep up.
@Suite(.serialized) struct EventStreamTests {
    /// The numbers that a stream of server-sent events carries, in its order.
    private func numbers(_ body: Data) -> [Int] {
        String(decoding: body, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
    }

    @Test func eventsAreSentToBrowsersAndGoOnWhereTheyWere() async throws {
        let daemon = try await DaemonUnderTest()
        for verb in ["pause", "resume", "pause", "resume"] {
            _ = try await daemon.ctl("queue", verb)
        }
        let accept = "Accept: text/event-stream"
        let all = try await daemon.curl("/v1/events?follow=false", "-H", accept)
        #expect(all.status == 200 && numbers(all.body) == [1, 2, 3, 4])
        let text = String(decoding: all.body, as: UTF8.self)
        #expect(text.hasPrefix("retry: 2000\n\n"))
        #expect(text.contains("\nid: 2\nevent: queue.resumed\ndata: {"))
        #expect(text.hasSuffix("}\n\n"))
        // What a browser saw last is stronger than the address it began with.
        let rest = try await daemon.curl(
            "/v1/events?follow=false&since=1", "-H", accept, "-H", "Last-Event-ID: 3")
        #expect(numbers(rest.body) == [4])
        #expect(
            try await daemon.curl("/v1/events", "-H", "Last-Event-ID: three").status == 400)
        // Nobody asked for lines to follow, so they end.
        let lines = try await daemon.curl("/v1/events?since=2")
        #expect(String(decoding: lines.body, as: UTF8.self).split(separator: "\n").count == 2)
        _ = try await daemon.stop()
    }

    @Test func aStreamToABrowserFollowsAndEndsWithTheDaemon() async throws {
        let daemon = try await DaemonUnderTest()
        let reader = try RunningProgram(
            try Program("curl").executable,
            [
                "-sSN", "-H", "Accept: text/event-stream", "--unix-socket", daemon.socket,
                "http://v/v1/events",
            ])
        _ = try await daemon.ctl("queue", "pause")
        try await Waiting.until("the event", within: .seconds(10)) { () -> Bool? in
            numbers(reader.output) == [1] ? true : nil
        }
        #expect(try await daemon.stop() == .exited(0))
        #expect(try await reader.wait(atMost: .seconds(5)) == .exited(0))
    }

    @Test func aReaderThatDoesNotKeepUpIsToldAndEnded() async throws {
        let count = 8000
        let daemon = try await DaemonUnderTest { directory in
            // More than a socket and its buffers hold.
            let state = directory.file("d/state")
            try FileManager.default.createDirectory(
                at: state, withIntermediateDirectories: true)
            let store = try SQLiteJobStore(path: state.appending(path: "vitrine.sqlite").path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<count {
                    group.addTask { try await store.resume(at: Timestamp(secondsSince1970: 1e9)) }
                }
                try await group.waitForAll()
            }
            try await store.close()
        }
        let reader = try UnixConnection(to: daemon.socket)
        #expect(reader.send("GET /v1/events?follow=true HTTP/1.1\r\nhost: v\r\n\r\n"))
        #expect(reader.firstBytes(12) == "HTTP/1.1 200")
        // Longer than a reader is waited for, shorter than its connection lives.
        let start = ContinuousClock.now
        try await Waiting.until("the daemon's patience to end", within: .seconds(20)) {
            ContinuousClock.now - start > .seconds(7) ? true : nil
        }
        let text = reader.everything()
        #expect(text.hasSuffix("0\r\n\r\n"), "the answer has its end")
        // Between the parts of the answer stand their lengths.
        let lines = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("{") }
        let events = try lines.map {
            try ControlCoding.decode(EventDocument.self, from: Data($0.utf8))
        }
        let marker = try #require(events.last)
        #expect(marker.type == "stream.dropped")
        let seen = events.dropLast().map(\.sequence)
        #expect(seen == Array(1...Int64(seen.count)), "nothing is left out")
        #expect(marker.sequence == Int64(seen.count) && seen.count < count)
        // The command goes on by itself where it was.
        let all = try await daemon.ctl("events", "--json")
        #expect(all.text.split(separator: "\n").count == count)
        _ = try await daemon.stop()
    }
}
