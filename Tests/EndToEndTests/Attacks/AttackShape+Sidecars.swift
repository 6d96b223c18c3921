import Foundation
import TestSupport

/// What stands beside an upload, where the web application lets uploaders write it.
extension AttackShape {
    private static let script =
        "</title>\\\"'><script src=//x></script>&amp;<!-- ]]> \\u2028 --> ${x} {{x}}"

    private static func beside(
        _ name: String, _ end: End, _ text: String,
        _ make: @escaping @Sendable (AttackMaterial) -> Data = { $0.jpeg }
    ) -> AttackShape {
        var shape = AttackShape(name, end) { bytes(make($0), name) }
        shape.sidecar = { _ in Data(text.utf8) }
        return shape
    }

    static let sidecars: [AttackShape] = [
        beside("script-in-a-title.jpg", .published, "{\"title\": \"\(script)\"}"),
        beside("script-in-an-alt.jpg", .published, "{\"alt\": \"\(script)\", \"title\": \"a\"}"),
        beside(
            "script-in-a-credit.jpg", .published,
            "{\"credit\": {\"creator\": \"\(script)\", \"copyright\": \"\(script)\", "
                + "\"license\": \"javascript:alert(1)\"}}"),
        beside(
            "script-in-a-title.gif", .published,
            "{\"title\": \"\(script)\", \"alt\": \"\(script)\"}"
        ) {
            $0.gif
        },
        beside("script-in-a-title.mp3", .published, "{\"title\": \"\(script)\"}") { $0.mp3 },
        beside(
            "script-in-a-title.pdf", .published,
            "{\"title\": \"\(script)\", \"alt\": \"\(script)\"}"
        ) { _ in
            PDFFile([.quarters(64, 48)]).data
        },
        beside(
            "a-title-that-is-json.jpg", .published,
            "{\"title\": \"\\\"}, \\\"item\\\": {\\\"id\\\": \\\"x\\\"}\"}"),
        beside(
            "a-title-of-controls.jpg", .published, "{\"title\": \"a\\u0000\\n\\u001b[2J\\u202eb\"}"),
        beside("an-address-as-title.jpg", .published, "{\"title\": \"javascript:alert(1)\"}"),
        beside(
            "keys-of-others.jpg", .published,
            "{\"manifest\": \"/etc/passwd\", \"__proto__\": {\"a\": 1}, \"state\": \"x\"}"),
        beside("an-identity-that-climbs.jpg", .refused, "{\"id\": \"../../../canary\"}"),
        beside("an-owner-that-climbs.jpg", .refused, "{\"owner\": \"../../canary\"}"),
        beside("a-recipe-that-climbs.jpg", .refused, "{\"recipe\": \"../../canary\"}"),
        beside("a-recipe-by-its-path.jpg", .refused, "{\"recipe\": \"/etc/passwd\"}"),
        beside("a-number-of-infinity.jpg", .refused, "{\"posterTime\": 1e999}"),
        beside("a-list-of-lists.jpg", .refused, String(repeating: "[", count: 30_000)),
        beside("objects-of-objects.jpg", .refused, String(repeating: "{\"title\":", count: 7000)),
        beside(
            "a-sidecar-of-everything.jpg", .refused,
            "{\"title\": \"\(String(repeating: "x", count: 70_000))\"}"),
        beside("no-json.jpg", .refused, "title: a"),
        beside("the-same-key-twice.jpg", .either, "{\"owner\": \"a\", \"owner\": \"../b\"}"),
    ]
}
