import Foundation

/// What the kernel says about a running process, from `/proc`.
package struct ProcessStatus: Sendable {
    package let identifier: Int32
    package let parent: Int32
    package let name: String
    /// Bytes in memory now; 0 for a process that has ended and waits to be collected.
    package let residentBytes: Int
    package let threadCount: Int
    /// `R`, `S`, `D`, `Z` …
    package let state: Character

    /// nil when there is no such process.
    package init?(_ identifier: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        else { return nil }
        var fields: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
                .drop(while: { $0 == " " || $0 == "\t" })
        }
        func number(_ key: Substring) -> Int {
            fields[key].flatMap { Int($0.prefix(while: \.isNumber)) } ?? 0
        }
        self.identifier = identifier
        parent = Int32(number("PPid"))
        name = fields["Name"].map(String.init) ?? ""
        residentBytes = number("VmRSS") * 1024
        threadCount = number("Threads")
        state = fields["State"]?.first ?? "?"
    }

    /// Every process now.
    package static func all() -> [ProcessStatus] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap(ProcessStatus.init)
    }

    /// Children of a process, not their children.
    package static func children(of parent: Int32) -> [ProcessStatus] {
        all().filter { $0.parent == parent }
    }

    /// Open descriptors of a process; nil when they cannot be read.
    package static func descriptorCount(of identifier: Int32) -> Int? {
        try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count
    }
}
