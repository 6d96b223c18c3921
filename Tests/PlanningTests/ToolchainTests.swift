import MediaModel
import Planning
import Testing

struct ToolchainTests {
    private let tools = Toolchain([
        "ffmpeg": "5.1.9", "libavcodec": "59.37.100", "libvips": "8.14.1", "poppler": "22.12.0",
        "x264": "164", "heif": "1.15.1", "opus": "0.8.0",
    ]).with(vitrine: "1.0.0")

    @Test func whatIsNeverCalledForAKindIsNotSuspected() {
        #expect(tools.suspects(of: .video).versions["poppler"] == nil)
        #expect(tools.suspects(of: .video).versions["x264"] == "164")
        #expect(tools.suspects(of: .image).versions["x264"] == nil)
        #expect(tools.suspects(of: .image).versions["heif"] == "1.15.1")
        #expect(tools.suspects(of: .document).versions["libavcodec"] == nil)
        #expect(tools.suspects(of: .document).versions["poppler"] == "22.12.0")
        for kind in MediaKind.allCases {
            #expect(tools.suspects(of: kind).versions["vitrine"] == "1.0.0", "\(kind)")
            #expect(tools.suspects(of: kind).versions["libvips"] == "8.14.1", "\(kind)")
        }
    }

    @Test func aPartThatIsNotSuspectedMakesNoChange() {
        let then = tools.suspects(of: .image)
        var now = tools
        now.versions["x264"] = "165"
        #expect(now.changes(since: then) == [])
        now.versions["heif"] = "1.16.0"
        #expect(now.changes(since: then) == ["heif 1.15.1 → 1.16.0"])
        #expect(tools.with(vitrine: "1.0.1").changes(since: then) == ["vitrine 1.0.0 → 1.0.1"])
    }

    @Test func theSummaryNamesWhatPeopleKnow() {
        #expect(
            tools.summary == "vitrine 1.0.0, ffmpeg 5.1.9, libvips 8.14.1, poppler 22.12.0")
        #expect(Toolchain(["x264": "164"]).summary == "x264 164")
    }
}
