import MediaModel
import Testing

struct ContentNameTests {
    @Test func aNameCarriesTheDigestsFirstDigits() {
        let digest = "4be1c9d2" + String(repeating: "f", count: 56)
        #expect(
            ContentName.file("poster-1280", sha256: digest, fileExtension: "avif")
                == "poster-1280.4be1c9d2.avif")
        #expect(ContentName.directory("video-720p", sha256: digest) == "video-720p.4be1c9d2")
    }

    @Test(arguments: [
        "a", "poster-1280.4be1c9d2.avif", "video-720p.91c2d0aa/media.m3u8", "_a/B-9",
        "tiles.4be1c9d2/tiles_files/12/3_0.webp",
        String(repeating: "a", count: 120),
    ])
    func plainRelativePathsMayBePublished(path: String) {
        #expect(ContentName.isValidPath(path))
    }

    @Test(arguments: [
        "", "/", "/etc/passwd", "a/", "/a", "a//b", "a/b/c/d/e/f", ",a", "a/,b", ".", "..", "../a",
        "a/..",
        "a/../b",
        "a/b/../c",
        ".hidden", "a/.hidden", "a b", "a\\b", "a\u{0}", "a\n", "ä", "a:b", "%2e%2e", "a?b", "a#b",
        "\u{FF0E}\u{FF0E}/a", "~/a", String(repeating: "a", count: 121),
        "a/" + String(repeating: "b", count: 121),
    ])
    func pathTricksAreRefused(path: String) {
        #expect(!ContentName.isValidPath(path))
    }

    @Test func theListingOfADirectoryDoesNotDependOnTheOrderFound() {
        let files = [("b", "2"), ("a", "1"), ("c", "3")].map { (name: $0.0, sha256: $0.1) }
        #expect(ContentName.directoryListing(files) == "1  a\n2  b\n3  c\n")
        #expect(
            ContentName.directoryListing(files.reversed()) == ContentName.directoryListing(files))
    }
}
