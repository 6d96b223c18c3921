import Foundation
import TestSupport

extension SiteChecker {
    /// The legal moves, written down anew from the document and not from the code: from where, to
    /// where. A job whose time to wait is over becomes available without an event.
    private static let moves: [String: (from: Set<String>, to: String)] = [
        "job.started": (["available", "retryable"], "running"),
        "job.retryScheduled": (["running"], "retryable"),
        "job.interrupted": (["running"], "available"),
        "job.abandoned": (["running"], "available"),
        "job.completed": (["running"], "completed"),
        "job.discarded": (["running"], "discarded"),
        "job.cancelRequested": (["running"], "running"),
        "job.cancelled": (["available", "running", "retryable", "held"], "cancelled"),
        "job.held": (["available", "retryable"], "held"),
        "job.released": (["held"], "available"),
        "job.retried": (["discarded", "cancelled", "retryable"], "available"),
    ]

    /// What the log says of one job.
    private struct Story {
        var item: String
        var state = "available"
        var attempt = 0
    }

    /// Promise 4 and 6: the log replayed is the queue as it is, and every move in it was legal.
    func eventProblems() async throws -> [String] {
        let events = try await events()
        var problems: [String] = []
        let numbers = events.compactMap { $0["sequence"]?.int }
        if numbers != Array(1..<(events.count + 1)) {
            problems.append("events are numbered with gaps")
        }
        var jobs: [Int: Story] = [:]
        var generations: [String: Int] = [:]
        for event in events {
            Self.replay(event, &jobs, &generations, &problems)
        }
        for job in try await site.jobs() {
            let (id, state) = (job["id"]?.int ?? 0, job["state"]?.string ?? "")
            let told = jobs.removeValue(forKey: id)
            if told?.state != state, !(told?.state == "retryable" && state == "available") {
                problems.append("job \(id) is \(state), its events end at \(told?.state ?? "none")")
            }
            if told?.attempt != job["attempts"]?["total"]?.int {
                problems.append(
                    "job \(id): \(job["attempts"] ?? .null), events \(told?.attempt ?? 0)")
            }
            if !["completed", "discarded", "cancelled"].contains(state) {
                problems.append("job without an end: \(job)")
            }
        }
        problems += jobs.keys.map { "job \($0) is in the log and not in the queue" }
        return problems
    }

    /// The whole log.
    func events() async throws -> [JSONValue] {
        let socket = site.directory.file("control.sock").path
        let output = try await Program("curl").run([
            "-sS", "--max-time", "30", "--unix-socket", socket,
            "http://vitrine/v1/events?follow=false",
        ])
        return try output.split(separator: UInt8(ascii: "\n")).map {
            try JSONValue(parsing: Data($0))
        }
    }

    private static func replay(
        _ event: JSONValue, _ jobs: inout [Int: Story], _ generations: inout [String: Int],
        _ problems: inout [String]
    ) {
        let type = event["type"]?.string ?? ""
        let item = event["item"]?.string ?? ""
        // What was said of an item that is removed: only its number is left.
        if event["redacted"]?.bool == true { return }
        let label = "event \(event["sequence"]?.int ?? 0), \(type)"
        if type == "item.removed" {
            jobs = jobs.filter { $0.value.item != item }
            generations[item] = nil
        }
        if type == "item.rolledBack" { generations[item] = event["generation"]?.int }
        guard type.hasPrefix("job."), let id = event["job"]?.int else { return }
        if type == "job.created" {
            let live = jobs.contains {
                $0.value.item == item
                    && ["available", "running", "retryable", "held"].contains($0.value.state)
            }
            if live { problems.append("\(label): a second job of \(item) at a time") }
            if jobs[id] != nil { problems.append("\(label): job \(id) twice") }
            jobs[id] = Story(item: item)
            return
        }
        guard let move = moves[type], let story = jobs[id] else {
            problems.append("\(label): of no known job")
            return
        }
        if !move.from.contains(story.state) {
            problems.append("\(label): job \(id) was \(story.state)")
        }
        jobs[id]?.state = move.to
        let attempt = event["attempt"]?.int ?? 0
        if type == "job.started" {
            if attempt != story.attempt + 1 {
                problems.append("\(label): attempt \(attempt) of job \(id) after \(story.attempt)")
            }
            jobs[id]?.attempt = attempt
        } else if attempt != story.attempt {
            problems.append("\(label): attempt \(attempt) of job \(id), not \(story.attempt)")
        }
        if type == "job.completed", let generation = event["generation"]?.int {
            let before = generations[item] ?? 0
            if generation < max(1, before) || generation > before + 1 {
                problems.append("\(label): generation \(generation) after \(before)")
            }
            generations[item] = generation
        }
    }
}
