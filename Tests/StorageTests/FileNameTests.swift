import Storage
import Testing

struct FileNameTests {
    @Test(arguments: ["", ".", "..", "a/b", "/", "a\0b"])
    func namesThatCouldClimbOrEndAStringAreNone(_ text: String) {
        #expect(FileName(text) == nil)
    }

    @Test(
        arguments: [
            ([0x66, 0x69, 0x6c, 0x6d], "film"),
            ([0x61, 0x0a, 0x62], "a\\x0ab"),
            ([0x61, 0xff, 0x62], "a\\xffb"),
            ([0xc3], "\\xc3"),
            ([0xe2, 0x82, 0x61], "\\xe2\\x82a"),
            ([0x5c, 0x78], "\\x5cx"),
            // RIGHT-TO-LEFT OVERRIDE, which makes gpj.exe look like exe.jpg.
            (Array("\u{202e}x".utf8), "\\u{202e}x"),
            (Array("日本 é".utf8), "日本 é"),
        ] as [([UInt8], String)])
    func namesAreEscapedForDisplay(bytes: [UInt8], shown: String) throws {
        #expect(try #require(FileName(bytes: bytes)).description == shown)
    }
}
