import MediaModel

/// What the kernel counted in a worker's control group.
struct GroupFigures: Hashable, Sendable {
    /// In bytes; nil = unbounded.
    var limitBytes: Int64?
    /// Everything that was charged to it at its highest, caches too, in bytes; nil before Linux 5.19.
    var peakBytes: Int64?
    /// It stood at its own bound and nothing could be given back.
    var hitItsBound = false
    /// Something in it was ended for want of memory.
    var wasEnded = false

    static let failureCode = "workerMemory"

    /// - Parameters: the files `memory.max`, `memory.peak` and `memory.events`; nil = not there.
    init(maximum: String?, peak: String?, events: String?) {
        limitBytes = maximum.flatMap(Self.number)
        peakBytes = peak.flatMap(Self.number)
        for line in (events ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, let count = Int64(words[1]), count > 0 else { continue }
            switch words[0] {
            case "oom": hitItsBound = true
            case "oom_kill": wasEnded = true
            default: break
            }
        }
    }

    /// Why the worker is dead, when memory is why.
    var failure: Failure? {
        guard wasEnded else { return nil }
        guard hitItsBound, let limitBytes else {
            return Failure(
                kind: .resources, code: "workerKilled",
                operatorText: "the kernel ended the worker, which was within its own bound"
                    + (limitBytes.map { " of \(ByteCountText.short($0))" } ?? "")
                    + (peakBytes.map { " (at its highest \(ByteCountText.short($0)))" } ?? "")
                    + ": the machine, or the whole unit (MemoryMax=), was short of memory. Lower "
                    + "workers.memory or workers.count, or add memory.",
                uploaderText: Self.uploaderText)
        }
        return Failure(
            kind: .resources, code: Self.failureCode,
            operatorText: "the worker needed more than \(ByteCountText.short(limitBytes)) of "
                + "memory, the bound of its control group, and was ended; nothing else was. The "
                + "next attempt may have twice as much, up to limits.stillAddressSpace or "
                + "limits.transcodeAddressSpace: raise those if its last one ends so, too.",
            uploaderText: Self.uploaderText)
    }

    private static let uploaderText =
        "Something went wrong while processing this file. We will try again."

    /// nil for `max`.
    private static func number(_ text: String) -> Int64? {
        text.split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) }
    }
}
