import Foundation
import Intake
import MediaModel
import Storage
import Synchronization
import TestSupport

/// An intake with everything it needs in a directory of its own, whose doings a test can await.
final class Intaking: Sendable {
    enum Happening: Hashable, Sendable {
        case offered(Upload)
        case refused(Refusal)
        case left(LeftEntry)
    }

    let place: TemporaryDirectory
    let originals: OriginalStore
    let quarantine: Quarantine
    let service: IntakeService
    private let script = Script()
    private let happenings: AsyncStream<Happening>
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(
        in place: TemporaryDirectory? = nil, originals originalsPath: String? = nil,
        inbox inboxPath: String? = nil,
        _ adjust: (inout IntakeConfiguration) -> Void = { _ in }
    ) throws {
        let place = try place ?? TemporaryDirectory("intake")
        self.place = place
        var configuration = IntakeConfiguration(
            inboxPath: inboxPath ?? place.file("inbox").path,
            claimedPath: place.file("state/claimed").path)
        // Short, so that what must settle does so within a test.
        configuration.settle = .milliseconds(50)
        configuration.retryDelay = .milliseconds(5)
        configuration.longestRetryDelay = .milliseconds(20)
        configuration.spaceCheckInterval = .milliseconds(5)
        configuration.minimumFreeBytes = 0
        configuration.minimumFreeFraction = 0
        adjust(&configuration)
        originals = try OriginalStore(path: originalsPath ?? place.file("originals").path)
        quarantine = try Quarantine(path: place.file("quarantine").path)
        let (stream, continuation) = AsyncStream.makeStream(of: Happening.self)
        happenings = stream
        let script = script
        service = try IntakeService(
            configuration: configuration, originals: originals, quarantine: quarantine,
            sink: IntakeSink(
                offer: { upload in
                    let answer = script.answers.withLock {
                        $0.isEmpty ? nil : $0.removeFirst()
                    }
                    continuation.yield(.offered(upload))
                    return answer ?? .accepted
                },
                refuse: { continuation.yield(.refused($0)) },
                isNeeded: { sha256 in script.needed.withLock { $0.contains(sha256) } },
                leave: { continuation.yield(.left($0)) }),
            now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) },
            freeSpace: { script.space.withLock { $0 } })
    }

    deinit { task.withLock { $0 }?.cancel() }

    /// Returns when the inbox is watched.
    func start() async {
        let service = service
        task.withLock { $0 = Task { try await service.run() } }
        while await service.status.state == .stopped { await Task.yield() }
    }

    /// Cancels and waits until it has ended.
    func stop() async throws {
        let running = task.withLock { $0 }
        running?.cancel()
        try await running?.value
    }

    /// Waits for the next thing that intake tells its sink.
    func next() async -> Happening? {
        for await happening in happenings { return happening }
        return nil
    }

    /// The next offer; nil when something else happens first.
    func nextUpload() async -> Upload? {
        guard case .offered(let upload) = await next() else { return nil }
        return upload
    }

    func nextRefusal() async -> Refusal? {
        guard case .refused(let refusal) = await next() else { return nil }
        return refusal
    }

    /// What the sink answers, by turns; accepted when there are no more.
    func setAnswers(_ answers: [OfferAnswer]) { script.answers.withLock { $0 = answers } }

    func setFreeSpace(_ bytes: UInt64) {
        script.space.withLock { $0 = FreeSpace(totalBytes: 1 << 40, availableBytes: bytes) }
    }

    /// Contents that accepted uploads have.
    func setNeeded(_ digests: Set<String>) { script.needed.withLock { $0 = digests } }

    var inbox: URL { place.file("inbox") }

    /// Writes elsewhere on the same file system, then renames into the inbox.
    func moveIn(_ text: String, as name: String) throws {
        let staged = try place.write(text, to: "staged/\(UUID().uuidString)")
        try FileManager.default.moveItem(at: staged, to: inbox.appending(path: name))
    }

    /// Returns when intake has nothing in hand.
    func whenIdle() async {
        while await service.status.inFlight > 0 { await Task.yield() }
    }

    func files(in directory: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: place.file(directory).path)
            .filter { path in
                var isDirectory: ObjCBool = false
                return unsafe FileManager.default.fileExists(
                    atPath: place.file(directory).appending(path: path).path,
                    isDirectory: &isDirectory) && !isDirectory.boolValue
            }.sorted()
    }

    /// What the sink and the disk say; shared with the service's closures.
    final class Script: Sendable {
        let answers = Mutex<[OfferAnswer]>([])
        let needed = Mutex<Set<String>>([])
        let space = Mutex(FreeSpace(totalBytes: 1 << 40, availableBytes: 1 << 40))
    }
}
