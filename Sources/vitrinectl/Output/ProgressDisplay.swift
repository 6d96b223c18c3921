import ControlAPI

/// Progress on standard error: a bar on a terminal, else one line per stage.
struct ProgressDisplay {
    private let total: Int
    private var done = 0
    private var lastLine = ""

    init(total: Int) { self.total = total }

    mutating func update(_ job: JobDocument) {
        let stage = job.progress.map(Measures.stage) ?? job.state.rawValue
        guard Output.noteIsTerminal else {
            let line = "\(job.item): \(stage)"
            if line != lastLine { Output.note(line) }
            lastLine = line
            return
        }
        let fraction = job.progress?.fraction ?? 0
        let width = 30
        let filled = min(width, Int(fraction * Double(width)))
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        Output.status(
            "[\(done + 1)/\(total)] \(job.item) \(bar) \(Measures.percent(fraction)) "
                + Output.escape(stage)
                + (job.progress?.remainingSeconds.map { ", \(Measures.seconds($0)) left" } ?? ""))
    }

    mutating func ended(_ item: Item) {
        done += 1
        clear()
        Output.note("\(item.id): \(item.state.rawValue)")
    }

    func clear() {
        if Output.noteIsTerminal { Output.status("") }
    }
}
