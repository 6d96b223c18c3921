import Foundation

/// Looks for a word in files, also where somebody has written it in another way.
struct TokenScan: Sendable {
    private let forms: [Data]

    init(_ token: String) {
        let plain = Data(token.utf8)
        var forms = [plain, Data(token.uppercased().utf8), Data(plain.reversed())]
        forms.append(Data(plain.map { String($0, radix: 16) }.joined().utf8))
        forms.append(token.utf16.reduce(into: Data()) { $0.append($1.little) })
        forms.append(token.utf16.reduce(into: Data()) { $0.append($1.big) })
        // In base 64 three bytes are four letters: what it looks like depends on where it begins.
        for start in 0..<3 {
            let text = (Data(count: start) + plain).base64EncodedString()
            forms.append(Data(text.dropFirst(4).prefix(plain.count / 3 * 4 - 8).utf8))
        }
        self.forms = forms
    }

    func isIn(_ data: Data) -> Bool { forms.contains { data.range(of: $0) != nil } }

    /// Paths below a directory of which name or content has it.
    /// - Parameter excluded: what begins with it is passed over.
    func places(below directory: URL, except excluded: String? = nil) -> [String] {
        SiteChecker.paths(below: directory).filter { path in
            if let excluded, path.hasPrefix(excluded) { return false }
            let data = try? Data(
                contentsOf: directory.appending(path: path), options: .alwaysMapped)
            return isIn(Data(path.utf8)) || isIn(data ?? Data())
        }
    }
}
