import Foundation
import MediaModel
import TestSupport
import Testing

/// Uploads that want to read files, to speak to the network, or to be endless: each comes to an end
/// that is its own fault, nobody was spoken to, and nothing was read.
///
/// `TEST_HOSTILE=directory` adds every file in a directory. See `AttackRun` for
/// `TEST_ATTACKS_WITHOUT`.
@Suite struct AttackTests {
    @Test func nobodyWasSpokenTo() async throws {
        let run = try await AttackRun.shared
        #expect(run.connections == 0)
        #expect(run.datagrams == 0)
    }

    @Test func nothingWasReadThatIsNotTheUpload() async throws {
        let run = try await AttackRun.shared
        #expect(run.opened == [])
        #expect(run.leaks == [])
        #expect(!run.saysToken)
    }

    @Test func theDaemonIsTheSameAndKeptItsPromises() async throws {
        let run = try await AttackRun.shared
        #expect(run.processes.first == run.processes.last)
        #expect(run.memory < 400 << 20, "\(run.memory >> 20) MiB")
        #expect(run.problems == [])
    }

    @Test func everyNameIsInTheTableOnce() {
        let names = AttackShape.all.map(\.shown)
        #expect(Set(names).count == names.count)
        #expect(names.count >= 80)
    }

    @Test(arguments: AttackShape.all)
    func anAttackEndsByItsOwnFault(shape: AttackShape) async throws {
        let item = try #require(try await AttackRun.shared.items[shape.shown])
        switch shape.end {
        case .refused: #expect(item["state"]?.string == "failed", "\(item)")
        case .published: #expect(item["state"]?.string == "ready", "\(item)")
        case .either: break
        }
        if item["state"]?.string == "failed" {
            let note = try await AttackRun.shared.site.quarantine.appending(
                path: "\(item["id"]?.string ?? "").reason.json")
            let kind = try JSONValue(parsing: Data(contentsOf: note))["kind"]?.string ?? "none"
            // And not a crash, a time without progress, or a mistake of ours.
            #expect(["invalidMedia", "unsupported", "limitExceeded"].contains(kind), "\(item)")
        }
        // The first attempt decided: none was tried again after a crash, or after our own fault.
        let attempts = (item["jobs"]?.array ?? []).flatMap { $0["attemptList"]?.array ?? [] }
        #expect(attempts.count <= 1, "\(attempts)")
        for attempt in attempts {
            #expect(
                ["completed", "failed"].contains(attempt["outcome"]?.string ?? ""), "\(attempt)")
            #expect(attempt["cpuSeconds"]?.double ?? 0 < 60, "\(attempt)")
        }
    }

    /// What visitors load: neither the shapes' addresses nor their scripts are left in it.
    @Test(arguments: AttackShape.all)
    func nothingPublishedRunsOrLoadsAnything(shape: AttackShape) async throws {
        let run = try await AttackRun.shared
        guard let item = run.items[shape.shown], item["state"]?.string == "ready" else { return }
        let published = try Published(item)
        for file in published.files
        where ["svg", "m3u8", "mpd", "vtt", "dzi", "html"].contains(
            URL(filePath: file.path).pathExtension)
        {
            let text = String(
                decoding: try Data(contentsOf: published.file(file.path)), as: UTF8.self
            ).lowercased()
            for word in [run.host, "<script", "javascript:", "onload", "@import", "<img"]
            where !(word == run.host && file.path.hasSuffix("vtt")) {
                #expect(!text.contains(word), "\(file.path)")
            }
            // An element of which the reference was taken away may stay.
            for match in text.matches(of: /href="([^"]*)"|url\(["']?([^)]*)/) {
                let target = match.output.1 ?? match.output.2 ?? ""
                #expect(
                    target.hasPrefix("#") || target.hasPrefix("data:image/png"), "\(file.path)")
            }
        }
    }

    /// Judged by a parser of pages that is not ours.
    @Test func titlesStayTextInEveryPage() async throws {
        let ready = try await AttackRun.shared.items.values.compactMap { $0["manifest"]?.string }
        let script = """
            import html.parser, json, sys
            known = {"video", "audio", "source", "track", "picture", "img", "a", "figure", "div",
                     "figcaption", "ol", "li", "span", "section"}
            class Page(html.parser.HTMLParser):
                def handle_starttag(self, tag, attributes):
                    if tag not in known: print(path, "has the element", tag)
                    for name, value in attributes:
                        if name.startswith("on") or name == "style":
                            print(path, "has the attribute", name)
                        if name in ("src", "srcset", "href", "poster") and ":" in value:
                            print(path, "refers to", value)
                        if name == "title" and value != title: print(path, "is titled", value)
                        if name == "alt" and tag == "img" and alt and not value.startswith(alt):
                            print(path, "is described by", value)
                def handle_comment(self, text): print(path, "has the comment", text)
                def handle_decl(self, text): print(path, "has the declaration", text)
            for path in sys.argv[1:]:
                manifest = json.load(open(path))
                title, alt = manifest["title"], manifest.get("alt")
                page = Page()
                page.feed(manifest["html"])
                page.close()
            """
        let found = try await JSONSchema.python().run(["-c", script] + ready)
        #expect(String(decoding: found, as: UTF8.self) == "")
        #expect(ready.count > 40)
    }
}
