import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding

/// Drawings that want more than to be looked at.
@Suite struct HostileDrawingTests {
    let run: DrawingRun

    init() throws { run = try DrawingRun() }

    private func copy(of content: String, _ attributes: String = "") throws -> String {
        let run = try DrawingRun()
        try run.run(
            run.fixture(
                DrawingRun.drawing("<rect width=\"50\" height=\"50\"/>\(content)", attributes)))
        return try run.copy()
    }

    private func refusal(_ text: String, limits: Limits = Limits()) throws -> Failure {
        try #require(throws: Failure.self) { try run.probe(run.fixture(text), limits: limits) }
    }

    /// What must not be in a copy, whatever it is written like. No part of it is left.
    static let attacks: [(what: String, content: String)] = [
        ("scripts", "<script>canary()</script>"),
        ("scripts", "<script xlink:href=\"canary.js\"/>"),
        ("scripts", "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">canary()</x:script>"),
        ("scripts", "<g onload=\"canary()\" onclick=\"canary()\"/>"),
        ("scripts", "<rect ONCLICK=\"canary()\"/>"),
        ("references", "<a href=\"javascript:canary()\"><rect/></a>"),
        ("references", "<a xlink:href=\"https://canary.example/\"><rect/></a>"),
        (
            "web content",
            "<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\">"
                + "<iframe src=\"canary\"/></body></foreignObject>"
        ),
        ("references", "<image href=\"http://127.0.0.1/canary.png\"/>"),
        ("references", "<image xlink:href=\"file:///etc/canary\"/>"),
        ("references", "<image href=\"canary.png\"/>"),
        ("references", "<image href=\"data:image/svg+xml;base64,Y2FuYXJ5\"/>"),
        ("references", "<image href=\"data:text/html,canary\"/>"),
        ("references", "<use href=\"canary.svg#a\"/>"),
        ("references", "<use href=\"https://canary.example/a.svg#a\"/>"),
        ("references", "<feImage href=\"canary.png\"/>"),
        ("references", "<style>@import url(https://canary.example/a.css);</style>"),
        ("references", "<style>@font-face{font-family:x;src:url(canary.woff)}</style>"),
        ("references", "<rect style=\"fill:url(canary.svg#a)\"/>"),
        // With an accent on the parenthesis: another character, and for CSS the same one.
        ("references", "<rect style=\"fill:url(\u{301}canary.svg#a)\"/>"),
        ("references", "<rect fill=\"url(\u{301}canary.svg#a)\"/>"),
        ("references", "<style>.a{\u{301}fill:url(\u{301}canary.svg#a)}</style>"),
        ("references", "<rect fill=\"url( 'https://canary.example/#a' )\"/>"),
        ("references", "<style>rect{background:red;filter:url(//canary.example/#f)}</style>"),
        ("motion", "<animate attributeName=\"href\" values=\"canary\"/>"),
        ("motion", "<set attributeName=\"onload\" to=\"canary()\"/>"),
        ("", "<rect style=\"fill:u\\72l(canary)\"/>"),
        ("", "<rect style=\"behavior:url(#canary);-moz-binding:canary\"/>"),
        ("", "<metadata><canary/></metadata><canary:x xmlns:canary=\"canary\"/>"),
        ("", "<!-- canary --><?canary x?>"), ("", "<unknown>canary</unknown>"),
        ("", "canary between elements<g>canary</g>"),
        ("", "<style>rect{fill:red} </style><style>canary<![CDATA[</style>]]></style>"),
        ("", "<rect canary=\"1\" data-canary=\"2\" xml:base=\"canary\"/>"),
    ]

    @Test(arguments: attacks)
    func onlyWhatDrawsIsInTheCopy(what: String, content: String) throws {
        let copy = try copy(of: content)
        #expect(!copy.lowercased().contains("canary"), "\(copy)")
        #expect(copy.contains("<rect width=\"50\" height=\"50\"/>"))
        if !what.isEmpty {
            let run = try DrawingRun()
            let info = try run.probe(run.fixture(DrawingRun.drawing(content)))
            #expect(info.warnings.map(\.code) == ["drawingSanitised"])
            #expect(info.warnings.first?.message.contains(what) == true, "\(info.warnings)")
        }
    }

    @Test func theCopyRunsNothingInABrowser() async throws {
        let content = Self.attacks.map(\.content).joined().replacing("canary()", with: "alert(1)")
        let text = try copy(of: content, "onload=\"document.title='canary'\"")
        let page = try run.directory.write("<body>\(text)</body>", to: "page.html")
        let dom = try await Program("chromium").run([
            "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            "--user-data-dir=\(run.directory.file("chrome").path)", page.absoluteString,
        ])
        let seen = String(decoding: dom, as: UTF8.self)
        #expect(seen.contains("<rect") && !seen.contains("canary") && !seen.contains("<script"))
    }

    @Test func textIsEscapedOnceMore() throws {
        let copy = try copy(
            of: "<text>&lt;script&gt;<![CDATA[<b>&]]>&#60;</text><title>\"&amp;amp;\"</title>")
        #expect(copy.contains("<text>&lt;script&gt;&lt;b&gt;&amp;&lt;</text>"))
        #expect(copy.contains("<title>&quot;&amp;amp;&quot;</title>"))
    }

    @Test func entitiesAreTextOfTheDrawingAndNothingElse() throws {
        let names =
            "<!DOCTYPE svg [<!ENTITY ns \"http://www.w3.org/2000/svg\">"
            + "<!ENTITY file SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM \"http://x/\"> %p;"
            + "<!ENTITY c \"red\">]>"
        let run = try DrawingRun()
        try run.run(
            run.fixture(
                names
                    + "<svg xmlns=\"&ns;\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\" "
                    + "fill=\"&c;\"/><text>&file;</text></svg>"))
        let copy = try run.copy()
        #expect(copy.contains("fill=\"red\"") && !copy.contains("root") && !copy.contains("ENTITY"))
        #expect(copy.contains("xmlns=\"http://www.w3.org/2000/svg\""))
    }

    @Test func aBillionLaughsAreSilent() throws {
        var declarations = "<!ENTITY a \"\(String(repeating: "ha", count: 500))\">"
        for (name, last) in [("b", "a"), ("c", "b"), ("d", "c")] {
            declarations += "<!ENTITY \(name) \"\(String(repeating: "&\(last);", count: 100))\">"
        }
        let nested = DrawingRun.drawing("<rect width=\"9\" height=\"9\"/><text>&d;</text>")
        let info = try run.probe(run.fixture("<!DOCTYPE svg [\(declarations)]>\(nested)"))
        #expect(info.image != nil)
        let flat = DrawingRun.drawing("<text>\(String(repeating: "&a;", count: 2_000))</text>")
        let failure = try refusal("<!DOCTYPE svg [\(declarations)]>\(flat)")
        #expect(failure.code == "unreadableDrawing" && failure.operatorText.contains("entities"))
    }

    @Test(arguments: ["use", "pattern", "chain"])
    func aFewBytesThatDrawABillionPartsAreRefused(kind: String) throws {
        var content = "<defs><g id=\"a0\"><rect width=\"9\" height=\"9\"/></g>"
        let levels = kind == "chain" ? 3_000 : 9
        for level in 1...levels {
            switch kind {
            case "use":
                let uses = String(repeating: "<use href=\"#a\(level - 1)\"/>", count: 10)
                content += "<g id=\"a\(level)\">\(uses)</g>"
            case "pattern":
                let rects = String(
                    repeating: "<rect width=\"9\" height=\"9\" fill=\"url(#a\(level - 1))\"/>",
                    count: 10)
                content += "<pattern id=\"a\(level)\" width=\"1\" height=\"1\">\(rects)</pattern>"
            default: content += "<use id=\"a\(level)\" href=\"#a\(level - 1)\"/>"
            }
        }
        let failure = try refusal(
            DrawingRun.drawing("\(content)</defs><use href=\"#a\(levels)\"/>"))
        #expect(failure.kind == .limitExceeded && failure.code == "drawingElements", "\(failure)")
    }

    /// The same by ways on which a reference is not where it is drawn. Limits are low: whoever is not
    /// counted is drawn, in little time.
    @Test(arguments: ["sheet", "inherited", "handed down", "corners", "cycle", "URL", "address"])
    func partsThatAreDrawnByAnotherWayAreCounted(kind: String) throws {
        let rect = "<rect width=\"9\" height=\"9\""
        func pattern(_ id: String, _ inside: String, _ attributes: String = "") -> String {
            "<pattern id=\"\(id)\" width=\"1\" height=\"1\" \(attributes)>\(inside)</pattern>"
        }
        func many(_ text: String) -> String { String(repeating: text, count: 10) }
        var content = pattern("a0", rect + "/>")
        for level in 1...3 {
            let (id, last) = ("a\(level)", "a\(level - 1)")
            switch kind {
            case "sheet":
                // In letters of either case.
                content +=
                    "<style>g > .x, .none, rect.c\(level):not(#n){opacity:1;fill:URL(#\(last))}"
                content += "</style>" + pattern(id, many("\(rect) class=\"k c\(level)\"/>"))
            case "inherited": content += pattern(id, many(rect + "/>"), "fill=\"url(#\(last))\"")
            case "handed down":
                content += "<mask id=\"\(id)\" mask=\"url(#\(last))\">"
                content += many("\(rect) style=\"mask:inherit\"/>") + "</mask>"
            case "corners":
                content += "<marker id=\"\(id)\"><path d=\"M0 0\(many("h1v.5"))\" "
                content += "style=\"marker-mid:url(#\(last))\"/></marker>"
            case "cycle":
                content = "<g id=\"a\">\(many(many(rect + "/>")))<use href=\"#b\"/></g>"
                content += "<g id=\"b\"><use href=\"#a\"/></g>" + many("<use href=\"#b\"/>")
            case "URL":
                content += pattern(id, many("\(rect) fill=\"Url( '#\(last)' )\"/>"))
            default:
                content += "<g id=\"\(id)\">" + many("<use href=\"#%61\(level - 1) \"/>") + "</g>"
            }
        }
        var limits = Limits()
        limits.drawingElements = 1_000
        let failure = try refusal(DrawingRun.drawing(content), limits: limits)
        #expect(failure.code == "drawingElements", "\(failure)")
    }

    /// Whoever counts has an end, too.
    @Test(.timeLimit(.minutes(1))) func manyRulesForManyElementsAreNotAllLookedAt() throws {
        let rules = String(repeating: ".a{fill:url(#g)}", count: 6_000)
        let content =
            "<linearGradient id=\"g\"/><style>\(rules)</style>"
            + String(repeating: "<path class=\"a\"/>", count: 6_000)
        var limits = Limits()
        limits.drawingElements = 10_000
        let failure = try refusal(DrawingRun.drawing(content), limits: limits)
        #expect(failure.code == "drawingElements")
    }

    /// Gradients are no parts, and rules count where they are for.
    @Test func whatIsOnlyPaintedIsNotCounted() throws {
        let content =
            "<linearGradient id=\"a\"><stop/><stop/></linearGradient>"
            + "<pattern id=\"p\" width=\"1\" height=\"1\"><rect/><rect/></pattern>"
            + "<style>.p{fill:url(#p)} rect.no,circle,#no{stroke:url(#p)}</style>"
            + "<g fill=\"url(#a)\">\(String(repeating: "<rect height=\"9\" width=\"9\"/>", count: 30))"
            + "<rect class=\"p\"/></g>"
        var limits = Limits()
        limits.drawingElements = 50
        #expect(
            try run.probe(run.fixture(DrawingRun.drawing(content)), limits: limits).image != nil)
    }

    @Test func whatRefersToItselfIsDrawnAllTheSame() throws {
        let copy = try copy(
            of: "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>"
                + "<use id=\"c\" href=\"#c\"/>")
        #expect(copy.contains("#b"))
    }

    @Test func tooManyElementsTooDeepAndTooLargeAreRefused() throws {
        var limits = Limits()
        limits.drawingElements = 50
        let many = DrawingRun.drawing(String(repeating: "<g/>", count: 60))
        #expect(try refusal(many, limits: limits).code == "drawingElements")
        let deep = String(repeating: "<g>", count: 300) + String(repeating: "</g>", count: 300)
        #expect(try refusal(DrawingRun.drawing(deep)).code == "unreadableDrawing")
        let foreign = deep.replacing("g>", with: "x:y xmlns:x='z'>").replacing(
            "/x:y xmlns:x='z'", with: "/x:y")
        #expect(try refusal(DrawingRun.drawing(foreign)).code == "unreadableDrawing")
        limits.drawingBytes = 100
        #expect(try refusal(many, limits: limits).code == "drawingBytes")
    }

    @Test(arguments: [
        "width=\"1e9\" height=\"1e9\"", "width=\"1e308\" height=\"1\"", "width=\"-5\" height=\"0\"",
        "width=\"99999999999999999999\" height=\"nan\"", "viewBox=\"0 0 1e300 1e-300\"",
        "viewBox=\"0 0 0 0\"", "width=\"20\" height=\"9000000\"",
    ])
    func sizesThatCannotBeAreDrawnSmallOrRefused(attributes: String) throws {
        let run = try DrawingRun()
        do {
            try run.run(
                run.fixture(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" \(attributes)>"
                        + "<rect width=\"20\" height=\"10\"/></svg>"))
            for artifact in run.events.artifacts {
                // What is long and thin lies on a ground of the size that is wanted.
                let isCrop = [.share, .card].contains(artifact.description.role)
                #expect((artifact.description.width ?? 0) <= (isCrop ? 1_200 : 400))
                #expect((artifact.description.height ?? 0) <= 16_383)
            }
        } catch let failure as Failure {
            #expect([.invalidMedia, .limitExceeded].contains(failure.kind), "\(failure)")
        }
    }

    @Test func picturesInsideLoseTheirPlaceAndKeepTheirLook() async throws {
        let camera = try await Still {
            $0.hasCameraMetadata = true; $0.width = 64; $0.height = 48
        }.file()
        let data = try Data(contentsOf: camera).base64EncodedString()
        try run.run(
            run.fixture(
                DrawingRun.drawing(
                    "<image width=\"64\" height=\"48\" xlink:href=\"data:image/png;base64,\(data)\"/>"
                )))
        let copy = try run.copy()
        let start = try #require(copy.range(of: "base64,"))
        let inside = try #require(
            Data(base64Encoded: String(copy[start.upperBound...].prefix { $0 != "\"" })))
        let file = try run.directory.write(inside, to: "inside.jpg")
        let tags = try await ExifTool(file)
        #expect(tags.privateTags == [])
        #expect(!tags.tags.values.contains(Still.copyright))
        let pixels = try await Pixels(run.file("image-400.png"))
        let corner = pixels.pixel(x: 6, y: 6)
        #expect(zip(corner, Still.upperLeft + [255]).allSatisfy { abs(Int($0) - Int($1)) < 24 })
        // A photograph inside: lossy formats suit.
        #expect(run.info?.drawing?.hasPictures == true)
    }

    @Test func bombsInsideAreRefused() async throws {
        var limits = Limits()
        limits.stillPixels = 5_000
        let still = try await Still {
            $0.width = 64; $0.height = 48; $0.format = .png
        }.file()
        let data = try Data(contentsOf: still).base64EncodedString()
        let image = "<image width=\"9\" height=\"9\" href=\"data:image/png;base64,\(data)\"/>"
        #expect(try run.probe(run.fixture(DrawingRun.drawing(image)), limits: limits).image != nil)
        let failure = try refusal(DrawingRun.drawing(image + image), limits: limits)
        #expect(failure.code == "stillPixels")
    }

    @Test(arguments: [
        "<svg", "<svg>", "<svg><g></svg>", "<svg></g></svg>", "<svg a=b/>",
        "<svg a=\"1\" a=\"2\"/>",
        "<svg a=\"<\"/>", "<svg>&nope;</svg>", "<svg>&#0;</svg>", "<svg/><svg/>", "<svg>&",
        "<svg><!--",
        "<svg><![CDATA[", "<svg a=\"1\"b=\"2\"/>",
    ])
    func whatIsNotWellFormedIsDamaged(text: String) throws {
        // With a byte behind it, so that the root's name ends.
        guard text != "<svg" else { return }
        let failure = try refusal(text)
        #expect(failure.kind == .invalidMedia && failure.code == "unreadableDrawing", "\(failure)")
    }

    @Test func mutatedDrawingsNeverEndTheProcess() throws {
        let whole = Array(
            DrawingRun.drawing(
                "<defs><filter id=\"f\"><feGaussianBlur stdDeviation=\"2\"/></filter></defs>"
                    + "<g filter=\"url(#f)\" style=\"fill:red\"><path d=\"M1 1L9 9\"/></g>"
            ).utf8)
        var random = SplitMix(seed: 20_261_127)
        var shown = 0
        for _ in 0..<200 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 5..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            do {
                _ = try run.probe(run.directory.write(Data(bytes), to: "in/mutated.svg"))
                shown += 1
            } catch let failure as Failure {
                #expect([.invalidMedia, .limitExceeded, .unsupported].contains(failure.kind))
            }
        }
        #expect(shown > 50)
    }
}
