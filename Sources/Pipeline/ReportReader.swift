import Foundation
import WorkerProtocol

/// Turns a worker's bytes into reports; the first thing that is not one ends the reading.
struct ReportReader: Sendable {
    enum Outcome: Sendable {
        case report(Report)
        /// What was found, for the operator. Nothing follows it.
        case violation(String)
    }

    private var splitter = LineSplitter()
    private var total = 0
    private var isOver = false
    private let limit: Int

    /// - Parameter limit: bytes of all reports of an attempt together.
    init(limit: Int) { self.limit = limit }

    mutating func take(_ bytes: [UInt8]) -> [Outcome] {
        if isOver { return [] }
        total += bytes.count
        guard total <= limit else {
            return violation("the worker said more than \(limit) bytes; it was stopped")
        }
        let lines: [Data]
        do {
            lines = try splitter.append(Data(bytes))
        } catch {
            return violation(
                "the worker's report has no end within \(error.limit) bytes; it was stopped")
        }
        var outcomes: [Outcome] = []
        for line in lines {
            do {
                outcomes.append(.report(try LineCodec.decode(Report.self, from: line)))
            } catch {
                let start = String(decoding: line.prefix(80), as: UTF8.self)
                return outcomes
                    + violation(
                        "the worker said something that is no report (it begins "
                            + "\(start.debugDescription)); it was stopped")
            }
        }
        return outcomes
    }

    private mutating func violation(_ text: String) -> [Outcome] {
        isOver = true
        return [.violation(text)]
    }
}
