import JobQueue
import Testing

struct PageCursorTests {
    @Test func aCursorReadsItsOwnText() {
        let cursor = PageCursor(key: -5, row: 99)
        #expect(PageCursor(cursor.description) == cursor)
    }

    @Test(arguments: ["", ".", "1", "1.2.3", "a.1", "1.", "99999999999999999999.1", "1;DROP.1"])
    func aForeignTextIsNoCursor(text: String) {
        #expect(PageCursor(text) == nil)
    }
}
