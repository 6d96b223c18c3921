import ControlAPI
import Foundation
import MediaModel
import Testing

/// The JSON shapes are a contract: exact texts, so that a change is seen and meant.
@Suite struct ControlDocumentTests {
    private static let time = Timestamp(millisecondsSince1970: 1_795_000_000_000)

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try ControlCoding.encode(value), as: UTF8.self)
    }

    private func item(_ text: String) throws -> ItemID { try #require(ItemID(text)) }

    @Test func absentValuesOfAnItemStandAsNull() throws {
        let item = Item(
            id: try item("zero-e3b0c442"), kind: nil, state: .failed, generation: 0,
            fileName: "zero.webm", recipe: nil, receivedAt: Self.time, manifest: nil,
            reason: Reason(code: "emptyFile", operator: "No bytes.", uploader: "It is empty."))
        #expect(
            try json(ItemPage(items: [item], next: nil)) == """
                {"items":[{"fileName":"zero.webm","generation":0,"id":"zero-e3b0c442","kind":null,\
                "manifest":null,"reason":{"code":"emptyFile","operator":"No bytes.",\
                "uploader":"It is empty."},"receivedAt":"2026-11-18T11:06:40.000Z","recipe":null,\
                "state":"failed"}],"next":null}
                """)
    }

    @Test func aPublishedItemNamesItsManifestAndKind() throws {
        let item = Item(
            id: try item("a-9b344e9f"), kind: .image, state: .ready, generation: 2,
            fileName: "a.jpg", recipe: "default", receivedAt: Self.time,
            manifest: "/srv/items/a-9b344e9f/manifest.json", reason: nil)
        #expect(
            try json(ItemPage(items: [item], next: "17.4")) == """
                {"items":[{"fileName":"a.jpg","generation":2,"id":"a-9b344e9f","kind":"image",\
                "manifest":"/srv/items/a-9b344e9f/manifest.json","reason":null,\
                "receivedAt":"2026-11-18T11:06:40.000Z","recipe":"default","state":"ready"}],\
                "next":"17.4"}
                """)
    }

    @Test func statusHasEverythingThatScriptsRead() throws {
        let status = StatusDocument(
            version: "0.1.0", state: .running, pid: 42, startedAt: Self.time,
            queue: .init(
                available: 1, running: 2, retryable: 3, held: 4, completed: 5, cancelled: 6,
                discarded: 7, paused: false, pausedUntil: nil, oldestSeconds: nil),
            items: ["ready": 5],
            workers: .init(
                count: 2, running: 2, waiting: 1, memoryBytes: 4096, heldMemoryBytes: 4000,
                groups: ["memory"], spareReady: true, versions: ["ffmpeg": "5.1.9"]),
            sandbox: "reduced", sandboxMissing: ["landlock": "Function not implemented"],
            storage: .init(kind: "local", path: "/srv", freeBytes: 9, detail: nil),
            intake: .init(path: "/in", state: "accepting", detail: nil))
        #expect(
            try json(status) == """
                {"intake":{"detail":null,"path":"/in","state":"accepting"},"items":{"ready":5},\
                "pid":42,"queue":{"available":1,"cancelled":6,"completed":5,"discarded":7,"held":4,\
                "oldestSeconds":null,"paused":false,"pausedUntil":null,"retryable":3,"running":2},\
                "sandbox":"reduced","sandboxMissing":{"landlock":"Function not implemented"},\
                "startedAt":"2026-11-18T11:06:40.000Z","state":"running",\
                "storage":{"detail":null,"freeBytes":9,"kind":"local","path":"/srv"},"version":"0.1.0",\
                "workers":{"count":2,"groups":["memory"],"heldMemoryBytes":4000,"memoryBytes":4096,\
                "running":2,"spareReady":true,"versions":{"ffmpeg":"5.1.9"},"waiting":1}}
                """)
    }

    @Test func itemDetailIsTheItemWithMoreBesideIt() throws {
        let detail = ItemDetail(
            item: Item(
                id: try item("song"), kind: .audio, state: .processing, generation: 0,
                fileName: "song.mp3", recipe: "default", receivedAt: Self.time, manifest: nil,
                reason: nil),
            byteCount: 12, sha256: "ab", owner: nil, updatedAt: Self.time, manifestPath: nil,
            isQuarantined: false,
            jobs: [
                JobDetail(
                    job: JobDocument(
                        id: 7, item: try item("song"), fileName: "song.mp3", state: .running,
                        recipe: "default", lane: "fresh", priority: 0, createdAt: Self.time,
                        updatedAt: Self.time, runAfter: Self.time,
                        attempts: .init(total: 1, counted: 0),
                        progress: .init(stage: "decode", fraction: 0.5), cancelRequested: false,
                        generation: nil, reason: nil),
                    attemptList: [
                        AttemptDocument(
                            number: 1, startedAt: Self.time, endedAt: nil, outcome: nil,
                            reason: nil, workerPID: 99, cpuSeconds: nil)
                    ])
            ])
        let text = try json(detail)
        #expect(
            text == """
                {"byteCount":12,"fileName":"song.mp3","generation":0,"id":"song",\
                "isQuarantined":false,"jobs":[{"attemptList":[{"cpuSeconds":null,"endedAt":null,\
                "number":1,"outcome":null,"reason":null,"startedAt":"2026-11-18T11:06:40.000Z",\
                "workerPID":99}],"attempts":{"counted":0,"total":1},"cancelRequested":false,\
                "createdAt":"2026-11-18T11:06:40.000Z","fileName":"song.mp3","generation":null,\
                "id":7,"item":"song","lane":"fresh","priority":0,\
                "progress":{"fraction":0.5,"remainingSeconds":null,"stage":"decode",\
                "waitingFor":null},"reason":null,"recipe":"default",\
                "runAfter":"2026-11-18T11:06:40.000Z","state":"running",\
                "updatedAt":"2026-11-18T11:06:40.000Z"}],"kind":"audio","manifest":null,\
                "manifestPath":null,"owner":null,"reason":null,\
                "receivedAt":"2026-11-18T11:06:40.000Z","recipe":"default","sha256":"ab",\
                "state":"processing","updatedAt":"2026-11-18T11:06:40.000Z"}
                """)
        #expect(try ControlCoding.decode(ItemDetail.self, from: Data(text.utf8)) == detail)
    }

    @Test func anEventLeavesOutWhatDoesNotApply() throws {
        var event = EventDocument(sequence: 3, time: Self.time, type: "queue.paused")
        #expect(
            try json(event) == """
                {"sequence":3,"time":"2026-11-18T11:06:40.000Z","type":"queue.paused"}
                """)
        event.job = 9
        event.outcome = "failed"
        #expect(try json(event).contains(#""job":9,"outcome":"failed""#))
    }

    @Test func aDocumentOfAnotherVersionWithoutANullableKeyIsRead() throws {
        let page = try ControlCoding.decode(ItemPage.self, from: Data(#"{"items":[]}"#.utf8))
        #expect(page.next == nil)
    }

    @Test func aReportWithAnErrorIsNotOK() throws {
        let fine = DoctorReport.Finding(check: "clock", status: .ok, detail: "now")
        let odd = DoctorReport.Finding(check: "disk", status: .warning, detail: "x", advice: "y")
        let bad = DoctorReport.Finding(check: "disk", status: .error, detail: "x", advice: "y")
        #expect(DoctorReport(findings: [fine, odd]).ok)
        #expect(!DoctorReport(findings: [fine, bad]).ok)
        #expect(
            try json(DoctorReport(findings: [fine])) == """
                {"findings":[{"advice":null,"check":"clock","detail":"now","status":"ok"}],"ok":true}
                """)
    }
}
