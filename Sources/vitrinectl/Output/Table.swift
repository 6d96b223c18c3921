/// Rows of fields: aligned with a heading on a terminal, else plain, separated by tabs, without one.
struct Table {
    private let headings: [String]
    private var rows: [[Cell]] = []

    init(_ headings: String...) { self.headings = headings }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    /// - Parameter nothing: said when there are no rows, as an empty screen says nothing.
    func print(orSay nothing: String? = nil) {
        if rows.isEmpty, let nothing { return Output.note(nothing) }
        guard Output.isTerminal else {
            for row in rows { Output.line(row.map(\.text).joined(separator: "\t")) }
            return
        }
        let widths = headings.indices.map { column in
            rows.reduce(headings[column].count) { max($0, $1[column].text.count) }
        }
        let heading = headings.map { Cell($0) }
        for row in [heading] + rows {
            // The last column needs no blanks behind it.
            let fields = row.indices.map { $0 == row.count - 1 ? 0 : widths[$0] }
            Output.line(zip(row, fields).map { $0.padded(to: $1) }.joined(separator: "  "))
        }
    }
}

/// Names and values, one per line.
struct Sheet {
    private var lines: [(String, Cell)] = []

    mutating func add(_ name: String, _ value: Cell) { lines.append((name, value)) }

    /// Only when there is a value.
    mutating func add(_ name: String, ifPresent value: String?) {
        if let value { add(name, Cell(value)) }
    }

    func print() {
        let width = lines.reduce(0) { max($0, $1.0.count) }
        for (name, value) in lines {
            Output.line(
                Output.isTerminal
                    ? Cell(name).padded(to: width) + "  " + value.padded(to: 0)
                    : "\(name)\t\(value.text)")
        }
    }
}
