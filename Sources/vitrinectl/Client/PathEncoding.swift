import Foundation

/// Parts of a request's address.
enum PathEncoding {
    /// One segment of a path, so that a wrong id cannot become another address.
    static func segment(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-_.")
        // `.` and `..` would be taken for directories.
        if text == "." || text == ".." { return text.replacingOccurrences(of: ".", with: "%2E") }
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? "-"
    }

    /// `?a=1&b=2` of those that are given.
    static func query(_ parameters: [(String, String?)]) -> String {
        let given = parameters.compactMap { name, value in
            value.map { "\(name)=\(segment($0))" }
        }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }
}
