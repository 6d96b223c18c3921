import Foundation

/// Names that are something else where they are taken for an argument, a path, or a line.
extension AttackShape {
    /// A plain picture under a name.
    /// - Parameter shown: as the daemon writes it; nil = as it is.
    private static func named(_ name: [UInt8], as shown: String? = nil) -> AttackShape {
        let text = shown ?? String(decoding: name, as: UTF8.self)
        var shape = AttackShape(text, .published) { bytes($0.jpeg, text) }
        shape.name = name
        return shape
    }

    private static func named(_ name: String, as shown: String? = nil) -> AttackShape {
        named(Array(name.utf8), as: shown)
    }

    static let names: [AttackShape] = [
        named("$(touch canary).jpg"), named("`touch canary`.jpg"), named("a;touch canary;.jpg"),
        named("a|touch canary&.jpg"), named("'\"><img src=x onerror=alert(1)>.jpg"),
        named("-i"), named("-rf.jpg"), named("--version"), named("@canary.jpg"),
        named("concat:a.jpg|b.jpg"), named("http:canary.jpg"),
        named("subfile,,start,0,end,9,,:a.jpg"),
        named("file:canary.jpg"), named("pipe:0"), named("msl:canary.jpg"), named("%s%n%d.jpg"),
        named("frame%03d.jpg"), named("glob*?[a].jpg"),
        named("a\\..\\canary.jpg", as: "a\\x5c..\\x5ccanary.jpg"),
        named("a\u{202e}gpj.exe", as: "a\\u{202e}gpj.exe"),
        named("a\njob.completed item=1.jpg", as: "a\\x0ajob.completed item=1.jpg"),
        named("a\r\u{1b}[2J.jpg", as: "a\\x0d\\x1b[2J.jpg"),
        named([0xff, 0xfe, 0x2e, 0x6a, 0x70, 0x67], as: "\\xff\\xfe.jpg"),
        named([0xc0, 0xaf, 0x2e, 0x6a, 0x70, 0x67], as: "\\xc0\\xaf.jpg"),
        named(String(repeating: "n", count: 255)), named(" leading.jpg"), named("trailing.jpg "),
        named("con.jpg"), named("a.jpg:stream"), named("{\"name\": 1}.jpg"),
    ]
}
