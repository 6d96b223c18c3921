import MediaModel
import Testing

@testable import Daemon

struct HTTPDateTests {
    /// As `date -u -R -d @SECONDS` has them, with GMT for +0000.
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (1_795_708_799, "Thu, 26 Nov 2026 15:59:59 GMT"),
    ])
    func momentsAreWrittenAsHTTPHasThem(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(millisecondsSince1970: seconds * 1000 + 999)) == text)
    }
}
