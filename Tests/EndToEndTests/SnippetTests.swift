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
}
