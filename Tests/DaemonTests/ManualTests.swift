import Foundation
import TestSupport
import Testing

/// The manual pages, which are made from what the programs say of themselves.
@Suite struct ManualTests {
    static let pages = [("vitrinectl", "1"), ("vitrined", "8")]

    private func page(_ program: String, _ section: String) async throws -> Data {
        try await JSONSchema.python().run([
            PackageLayout.file("man/manual.py").path, PackageLayout.product(program).path, section,
        ])
    }

    /// As it is read, without what makes letters bold.
    private func text(_ page: Data) async throws -> String {
        let rendered = try await Program("mandoc").run(
            ["-T", "ascii", "-O", "width=200"], input: page)
        var text = ""
        for character in String(decoding: rendered, as: UTF8.self).unicodeScalars {
            if character == "\u{8}" {
                text.unicodeScalars.removeLast()
            } else {
                text.unicodeScalars.append(character)
            }
        }
        return text
    }

    @Test(arguments: pages)
    func mandocFindsNothingWrong(program: String, section: String) async throws {
        let found = try await Program("mandoc").result(
            ["-T", "lint", "-W", "style"], input: try await page(program, section))
        let lines = found.text.split(separator: "\n")
            // Both pages are installed together, not here.
            .filter { !$0.contains("referenced manual not found: Xr vitrine") }
        #expect(lines == [], "\(found.error)")
    }

    /// The flags that each command's help shows against its part of the page.
    @Test func everyFlagOfEveryCommandIsThere() async throws {
        let page = try await text(page("vitrinectl", "1"))
        func help(_ words: [String]) async throws -> String {
            String(
                decoding: try await Program(PackageLayout.product("vitrinectl")).run(
                    words + ["--help"]), as: UTF8.self)
        }
        func subcommands(_ help: String) -> [String] {
            guard let start = help.range(of: "SUBCOMMANDS:\n") else { return [] }
            return help[start.upperBound...].split(separator: "\n").compactMap {
                $0.wholeMatch(of: /\s\s([a-z]+)(\s.*)?/).map { String($0.1) }
            }.filter { $0 != "help" }
        }
        var pending = subcommands(try await help([])).map { [$0] }
        var count = 0
        while let words = pending.popLast() {
            let text = try await help(words)
            let further = subcommands(text)
            pending += further.map { words + [$0] }
            guard further.isEmpty else { continue }
            count += 1
            let name = words.joined(separator: " ")
            let start = try #require(page.range(of: "\n   \(name)\n"), "\(name) has no part")
            let rest = page[start.upperBound...]
            let end = rest.range(of: "\n   [a-z]", options: .regularExpression)?.lowerBound
            let part = rest[..<(end ?? rest.endIndex)]
            for flag in text.matches(of: /--[a-z-]+/).map({ String($0.0) })
            where !["--socket", "--json", "--version", "--help"].contains(flag) {
                #expect(part.contains(flag), "\(name) \(flag)")
            }
        }
        #expect(count > 25)
    }
}
