/// Finds the name that was probably meant.
package enum Suggestion {
    /// The nearest candidate, when it is near enough to be a slip of the finger.
    package static func nearest(to name: String, among candidates: some Sequence<String>) -> String?
    {
        let lowered = name.lowercased()
        let ranked = candidates.map { ($0, distance(lowered, $0.lowercased())) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        // A third of the letters may be wrong: more is another word.
        guard let best = ranked.first, best.1 <= max(1, min(3, name.count / 3)) else { return nil }
        return best.0
    }

    /// Edit distance in which two exchanged neighbours count as one slip (optimal string alignment).
    package static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.utf8)
        let b = Array(b.utf8)
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [Array(0...b.count)]
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var cost = min(
                    rows[i - 1][j] + 1, row[j - 1] + 1,
                    rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, rows[i - 2][j - 2] + 1)
                }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
