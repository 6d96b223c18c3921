import ArgumentParser
import ControlAPI
import MediaModel

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The daemon at a glance: queue, workers, disk.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.present(StatusDocument.self) {
            try await $0.get("/status")
        } show: {
            Self.show($0)
        }
    }

    private static func show(_ status: StatusDocument) {
        let queue = status.queue
        var sheet = Sheet()
        sheet.add("state", Output.state(status.state.rawValue))
        sheet.add("version", Cell(status.version))
        sheet.add("pid", Cell("\(status.pid)"))
        sheet.add("started", Cell(status.startedAt.description))
        sheet.add(
            "queue",
            Cell(
                "\(queue.available) available, \(queue.running) running, "
                    + "\(queue.retryable) retryable, \(queue.held) held"))
        if queue.paused {
            sheet.add("paused until", Cell(queue.pausedUntil?.description ?? "resumed"))
        }
        sheet.add("oldest waiting", ifPresent: queue.oldestSeconds.map(Measures.seconds))
        sheet.add(
            "items",
            Cell(
                status.items.sorted { $0.key < $1.key }.filter { $0.value > 0 }
                    .map { "\($0.value) \($0.key)" }.joined(separator: ", ")))
        sheet.add(
            "workers",
            Cell(
                "\(status.workers.running) of \(status.workers.count) busy"
                    + (status.workers.waiting > 0
                        ? ", \(status.workers.waiting) of them waiting for memory or disk" : "")
                    + (status.workers.spareReady ? ", a spare is ready" : "")))
        if let memory = status.workers.memoryBytes {
            sheet.add(
                "memory of jobs",
                Cell(
                    "\(Measures.bytes(status.workers.heldMemoryBytes)) of "
                        + "\(Measures.bytes(memory)) held"))
        }
        if !status.workers.groups.isEmpty {
            sheet.add(
                "bounds",
                Cell("each worker its own: " + status.workers.groups.joined(separator: ", ")))
        }
        let missing = status.sandboxMissing.sorted { $0.key < $1.key }
            .map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        sheet.add(
            "sandbox", Cell(status.sandbox + (missing.isEmpty ? "" : ", missing: \(missing)")))
        let free = status.storage.freeBytes.map { ", \(Measures.bytes($0)) free" } ?? ""
        sheet.add("storage", Cell("\(status.storage.path)\(free)"))
        sheet.add("storage detail", ifPresent: status.storage.detail)
        sheet.add("inbox", Cell("\(status.intake.path), \(status.intake.state)"))
        sheet.add("inbox detail", ifPresent: status.intake.detail)
        sheet.print()
    }
}
