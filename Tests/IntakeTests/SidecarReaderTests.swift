import Foundation
import Intake
import MediaModel
import Testing

struct SidecarReaderTests {
    @Test func readsEveryKey() throws {
        let sidecar = try SidecarReader.read(
            Data(
                """
                {"id": "showreel-1", "title": "Über", "alt": "a", "recipe": "Web_2",
                 "priority": -3, "owner": "Anna.B", "posterTime": 1.5, "unknown": [1],
                 "position": -2.5,
                 "focalPoint": {"x": 0, "y": 0.25}, "callback": null,
                 "credit": {"creator": "c", "copyright": "©", "license": null}}
                """.utf8))
        #expect(sidecar.id == "showreel-1")
        #expect(sidecar.title == "Über")
        #expect(sidecar.recipe == "Web_2")
        #expect(sidecar.priority == -3)
        #expect(sidecar.owner == "Anna.B")
        #expect(sidecar.posterTime == 1.5)
        #expect(sidecar.position == -2.5)
        #expect(sidecar.focalPoint == FocalPoint(x: 0, y: 0.25))
        #expect(sidecar.credit == Credit(creator: "c", copyright: "©", license: nil))
    }

    @Test(arguments: [
        ("", "not JSON"),
        ("[]", "expected an object, found a list"),
        (#"{"id": "../x"}"#, #"key id: expected 1 to 96"#),
        (#"{"id": "Upper"}"#, #"found "Upper""#),
        (#"{"id": 3}"#, "key id: expected a text, found a number"),
        (#"{"owner": "a/b"}"#, "key owner"),
        (#"{"owner": "a\u0000\nb"}"#, #"found "a??b""#),
        (#"{"owner": ""}"#, "key owner"),
        (#"{"owner": "..a"}"#, "key owner"),
        (#"{"owner": "a."}"#, "key owner"),
        (#"{"owner": "Änna"}"#, "key owner: expected 1 to 96"),
        (#"{"position": "first"}"#, "key position: expected a number"),
        (#"{"position": 1e10}"#, "key position"),
        (#"{"priority": 101}"#, "from -100 to 100, found 101"),
        (#"{"priority": 1.5}"#, "a whole number"),
        (#"{"priority": "high"}"#, "found a text"),
        (#"{"priority": true}"#, "found true or false"),
        (#"{"posterTime": -1}"#, "key posterTime"),
        (#"{"posterTime": 1e300}"#, "key posterTime"),
        (#"{"focalPoint": {"x": 0.5}}"#, "expected both x and y"),
        (#"{"focalPoint": {"x": 0.5, "y": 2}}"#, "key focalPoint.y: expected a number from 0 to 1"),
        (#"{"credit": "me"}"#, "key credit: expected an object"),
        (#"{"title": "\#(String(repeating: "x", count: 5000))"}"#, "found 5000"),
        ("{\"title\": \"\(String(repeating: "x", count: 70_000))\"}", "larger than 65536 bytes"),
        (String(repeating: "[", count: 60_000), "not JSON"),
    ])
    func saysWhatIsWrong(text: String, found: String) {
        let failure = #expect(throws: Failure.self) {
            try SidecarReader.read(Data(text.utf8))
        }
        #expect(failure?.code == "badSidecar")
        #expect(failure?.operatorText.contains(found) == true, "\(failure?.operatorText ?? "-")")
        #expect(failure?.uploaderText.contains("key") == false)
    }
}
