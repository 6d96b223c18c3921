import ControlAPI
import Foundation
import MediaModel

/// What `top` shows: the daemon in three lines, what runs, what came last.
struct TopView {
    var status: StatusDocument
    var running: [JobDocument]
    var latest: [JobDocument]
    var now: Date

    var lines: [String] {
        head + [""] + (running.isEmpty ? ["no job runs"] : running.map(line)) + [""]
            + latest.map(ended)
    }

    private var head: [String] {
        let queue = status.queue
        let up = now.timeIntervalSince1970 - status.startedAt.secondsSince1970
        let waiting = queue.oldestSeconds.map { ", the oldest for \(Measures.seconds($0))" } ?? ""
        let free = status.storage.freeBytes.map { Measures.bytes($0) + " free" } ?? "unknown"
        let storage = status.storage.detail == nil ? free : "displaced"
        return [
            "vitrined \(status.version)  \(word(status.state.rawValue))  up "
                + Measures.seconds(max(0, up)),
            "queue    \(queue.available) available\(waiting), \(queue.running) running, "
                + "\(queue.retryable) retryable, \(queue.held) held",
            "work     \(status.workers.running) of \(status.workers.count) workers busy, sandbox "
                + "\(status.sandbox), storage \(storage), inbox \(Output.escape(status.intake.state))",
        ]
    }

    private func line(_ job: JobDocument) -> String {
        let fraction = job.progress?.fraction ?? 0
        let width = 20
        let filled = min(width, max(0, Int(fraction * Double(width))))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let left = job.progress?.remainingSeconds.map { "  \(Measures.seconds($0)) left" } ?? ""
        return "\(column(String(job.id), 7)) \(column(job.item.rawValue, 32)) \(bar) "
            + "\(column(Measures.percent(fraction), 6)) "
            + Output.escape(job.progress.map(Measures.stage) ?? "starting") + left
    }

    private func ended(_ job: JobDocument) -> String {
        let reason = job.reason.map { "  \(Output.escape($0.operator))" } ?? ""
        return "\(column(String(job.id), 7)) \(column(job.item.rawValue, 32)) "
            + word(job.state.rawValue) + reason
    }

    private func word(_ state: String) -> String { Output.state(state).padded(to: 0) }

    private func column(_ text: String, _ width: Int) -> String {
        let shown = Output.escape(text)
        return shown.count > width
            ? shown.prefix(width - 1) + "…"
            : shown + String(repeating: " ", count: width - shown.count)
    }
}
