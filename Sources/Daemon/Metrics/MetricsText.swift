/// Text in Prometheus' exposition format, version 0.0.4:
/// https://prometheus.io/docs/instrumenting/exposition_formats/
struct MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""

    /// One metric with its samples; nothing when there are none.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String,
        _ samples: [(labels: [(String, String)], value: Double)]
    ) {
        guard !samples.isEmpty else { return }
        head(name, kind, help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    /// One metric with one sample.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [([], value)])
    }

    /// Durations by one label.
    /// - Parameter counts: cumulative, one per bound.
    mutating func addHistogram(
        _ name: String, _ help: String, label: String, bounds: [Double],
        _ spreads: [(value: String, counts: [Int], count: Int, sum: Double)]
    ) {
        guard !spreads.isEmpty else { return }
        head(name, .histogram, help)
        for spread in spreads {
            let own = (label, spread.value)
            for (bound, count) in zip(bounds, spread.counts) {
                line("\(name)_bucket", [own, ("le", Self.number(bound))], Double(count))
            }
            line("\(name)_bucket", [own, ("le", "+Inf")], Double(spread.count))
            line("\(name)_sum", [own], spread.sum)
            line("\(name)_count", [own], Double(spread.count))
        }
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0)=\"\(Self.escape($1))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
