import Foundation
import MediaModel
import Testing

@testable import Daemon

@Suite struct LogLineTests {
    private func line(_ message: String = "attempt ended", _ metadata: [(String, String)] = [])
        -> LogLine
    {
        LogLine(
            time: Timestamp(millisecondsSince1970: 1_795_000_000_000),
            level: VitrineLogHandler(label: "", log: Configuration.Log(), environment: [:])
                .logLevel,
            label: "vitrined", message: message, metadata: metadata.map { ($0.0, $0.1) })
    }

    @Test func logfmtQuotesWhatNeedsIt() {
        #expect(
            line("attempt ended", [("item.id", "a-1"), ("failure.text", "no \"moov\" = bad\\")])
                .logfmt() == #"""
                    time=2026-11-18T11:06:40.000Z level=info message="attempt ended" logger=vitrined item.id=a-1 failure.text="no \"moov\" = bad\\"
                    """#)
    }

    /// A file's name is the uploader's: it must neither end the line nor move the cursor.
    @Test(arguments: [
        "x\nlevel=critical message=forged", "x\r\u{1B}[2J", "x\u{202E}gpj", "x\u{2028}y",
    ])
    func aNameCannotForgeALine(name: String) {
        for text in [line("m", [("file", name)]).logfmt(), line("m", [("file", name)]).json()] {
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
        }
        let text = line("m", [("file", name)]).logfmt()
        #expect(!text.unicodeScalars.contains { [0x202E, 0x2028, 0x1B].contains($0.value) })
        #expect(text.split(separator: "\n").count == 1)
    }

    @Test func jsonHoldsTheMetadataBesideTheMessage() throws {
        let text = line("m", [("item.id", "a"), ("message", "forged")]).json()
        let fields = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(fields["item.id"] == "a")
        #expect(fields["message"] == "m")
        #expect(fields["level"] == "info")
    }

    @Test func theJournalGetsFieldsWithLengths() {
        let bytes = line("m", [("item.id", "a\nPRIORITY=0")]).journal()
        let field =
            Array("ITEM_ID\n".utf8) + [12, 0, 0, 0, 0, 0, 0, 0] + Array("a\nPRIORITY=0\n".utf8)
        #expect(Data(bytes).range(of: Data(field)) != nil)
        #expect(
            Data(bytes).range(of: Data("PRIORITY\n".utf8 + [1, 0, 0, 0, 0, 0, 0, 0, 54])) != nil)
    }
}
