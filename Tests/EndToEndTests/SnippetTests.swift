import Foundation
import MediaModel
import TestSupport
import Testing

/// HTML to paste into a page that is somewhere else.
struct SnippetTests {
    @Test func aSnippetShowsItsItemInABrowser() async throws {
        let site = try await Gallery.site
        var page = "<!doctype html><meta charset=utf-8>"
        for name in ["film.mp4", "photograph.jpg"] {
            let item = try await Gallery.published(name).manifest.item.rawValue
            // The browser's server shows the storage directory at its root.
            let html = try await site.ctl("snippet", item, "--base", "/")
            #expect(html.termination == .exited(0), "\(html.error)")
            page += html.text
            let plain = try await site.json("snippet", item)
            #expect(plain["html"]?.string == (try await Gallery.published(name).manifest.html))
        }
        page += """
            <script type="module">
            const film = document.querySelector("video"), picture = document.querySelector("img");
            await Promise.all([picture.decode(), new Promise(done => {
                film.addEventListener("loadedmetadata", done);
                film.load();
            })]);
            report({
                picture: picture.naturalWidth, film: film.videoWidth,
                addresses: [picture.currentSrc, film.currentSrc, film.poster]
                    .every(text => new URL(text).pathname.startsWith("/items/")),
            });
            </script>
            """
        let file = try site.directory.write(page, to: "snippets.html")
        let result = try await JSONSchema.python().result(
            [
                PackageLayout.file("fixtures/browser-check.py").path, site.storage.path, "--page",
                file.path,
            ], atMost: .seconds(120))
        let seen = try JSONValue(parsing: result.output)
        #expect(seen["picture"]?.int ?? 0 > 0, "\(result.text) \(result.error)")
        #expect(seen["film"]?.int ?? 0 > 0, "\(seen)")
        #expect(seen["addresses"]?.bool == true, "\(seen)")
    }

    @Test func aBaseIsEscapedAndWholeAddressesAreMade() async throws {
        let site = try await Gallery.site
        let item = try await Gallery.published("photograph.jpg").manifest.item.rawValue
        let html = try await site.ctl("snippet", item, "--base", "https://cdn.example.org/a?b&c\"")
        let start = "https://cdn.example.org/a?b&amp;c&quot;/items/\(item)/"
        let addresses = html.text.matches(of: /\s(?:src|srcset)="([^"]*)"/).flatMap {
            $0.1.split(separator: ", ")
        }
        #expect(addresses.count > 3)
        #expect(addresses.allSatisfy { $0.hasPrefix(start) }, "\(addresses)")
        #expect(try await site.ctl("snippet", "no-such-item").termination == .exited(3))
    }

    /// The numbers are those of the files, none is zero, and a browser gives room to the picture.
    @Test func aSnippetOfAnExtremeShapeIsValid() async throws {
        let site = try Site("shapes", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
        try await site.start()
        let shapes = [(1, 20_000), (20_000, 1), (30_000, 40), (40, 30_000)]
        var page = "<!doctype html><meta charset=utf-8><body style='margin: 0'>"
        for (width, height) in shapes {
            let name = "\(width)x\(height).png"
            let file = site.directory.file(name)
            // Noise, which is no graphic, so that there are photographs' forms as well.
            try await Program("vips").run(
                ["gaussnoise", file.path + ".v", "\(width)", "\(height)", "--sigma", "40"])
            try await Program("vips").run(["cast", file.path + ".v", file.path, "uchar"])
            let item = try Published(try await site.process(file))
            let html = item.manifest.html
            try await expectTrueNumbers(html, of: item, width, height)
            let snippet = try await site.ctl(
                "snippet", item.manifest.item.rawValue, "--base", "/")
            page += snippet.text
        }
        page += """
            <script type="module">
            const pictures = [...document.querySelectorAll("img")];
            pictures.forEach(picture => picture.loading = "eager");
            await Promise.all(pictures.map(picture => picture.decode()));
            report({ boxes: pictures.map(picture => {
                const box = picture.getBoundingClientRect();
                return [box.width, box.height];
            }) });
            </script>
            """
        let shown = try site.directory.write(page, to: "shapes.html")
        let result = try await JSONSchema.python().result(
            [
                PackageLayout.file("fixtures/browser-check.py").path, site.storage.path, "--page",
                shown.path,
            ], atMost: .seconds(120))
        let boxes = try JSONValue(parsing: result.output)["boxes"]?.array ?? []
        #expect(boxes.count == shapes.count, "\(result.text) \(result.error)")
        for (box, shape) in zip(boxes, shapes) {
            let sides = box.array?.compactMap(\.double) ?? []
            #expect(sides.count == 2 && sides.allSatisfy { $0 >= 1 }, "\(shape): \(sides)")
        }
        #expect(try await site.stop() == .exited(0))
    }

    private func expectTrueNumbers(
        _ html: String, of item: Published, _ width: Int, _ height: Int
    ) async throws {
        let image = try #require(html.firstMatch(of: /<img [^>]*>/)).0
        let shownWidth = image.firstMatch(of: /\swidth="([0-9]+)"/).flatMap { Int($0.1) }
        let shownHeight = image.firstMatch(of: /\sheight="([0-9]+)"/).flatMap { Int($0.1) }
        var largest = (width: 0, height: 0)
        let sets = html.matches(of: /\ssrcset="([^"]*)"/)
        #expect(!sets.isEmpty, "\(html)")
        for set in sets {
            var before = 0
            for candidate in set.1.split(separator: ", ") {
                let parts = candidate.split(separator: " ")
                try #require(parts.count == 2 && parts[1].hasSuffix("w"), "\(candidate)")
                let said = try #require(Int(parts[1].dropLast()))
                let real = try await VipsHeader(item.file(String(parts[0])))
                #expect(said == real.width && said > before, "\(candidate): \(real)")
                #expect(real.height >= 1 && said <= width && real.height <= height, "\(real)")
                // As long for its width as the upload, within a pixel.
                let exact = Double(height) * Double(said) / Double(width)
                #expect(abs(Double(real.height) - max(1, exact)) <= 1, "\(real)")
                before = said
                if real.width > largest.width { largest = (real.width, real.height) }
            }
        }
        #expect(shownWidth == largest.width && shownHeight == largest.height, "\(html)")
        #expect(image.contains(" sizes=\"100vw\""))
    }
}
