import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

@testable import Transcoding

/// Tiles, held against the original by Pillow and against what the `vips` program cuts.
@Suite struct TileTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private static var recipe: Recipe {
        var recipe = Recipe.small
        recipe.image.deepZoom.aboveMegapixels = 1
        recipe.image.deepZoom.tileSide = 254
        recipe.image.deepZoom.quality = 90
        return recipe
    }

    private func tiles() throws -> Artifact {
        try #require(run.events.artifacts.first { $0.description.role == .tiles })
    }

    private func difference(_ original: URL) async throws -> Double {
        try await DeepZoomOracle.difference(
            run.directory.appendingPathComponent(try tiles().file.path), from: original)
    }

    @Test func everyLevelIsTheWholePicture() async throws {
        let even = try run.testPicture("a.png", width: 1310, height: 820)
        let file = run.fixture("odd.png")
        try Oracle.run("vips", ["crop", even.path, file.path, "3", "5", "1301", "811"])
        try run.run(file, recipe: Self.recipe)
        #expect(try await difference(file) < 20)
        let description = try tiles().description
        #expect(description.width == 1301 && description.height == 811)
        #expect(try tiles().file.path.hasSuffix("/tiles.dzi"))
    }

    @Test func theVipsProgramCutsTheSame() throws {
        let file = try run.testPicture("a.png", width: 1100, height: 950)
        try run.run(file, recipe: Self.recipe)
        let theirs = run.fixture("theirs")
        try Oracle.run(
            "vips",
            [
                "dzsave", file.path, theirs.path, "--tile-size", "254", "--overlap", "1",
                "--suffix", ".jpg[Q=90]",
            ])
        let root = run.directory.appendingPathComponent(try tiles().file.path)
            .deletingLastPathComponent().appendingPathComponent("tiles_files")
        let other = URL(filePath: theirs.path + "_files")
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        let expected = try FileManager.default.subpathsOfDirectory(atPath: other.path)
            .filter { !$0.hasSuffix(".xml") }
        #expect(Set(names) == Set(expected))
        for name in names where name.hasSuffix(".jpg") {
            let ours = try Data(contentsOf: root.appendingPathComponent(name))
            #expect(try ours == Data(contentsOf: other.appendingPathComponent(name)), "\(name)")
        }
    }

    private static var withService: Recipe {
        var recipe = Self.recipe
        recipe.image.deepZoom.iiifAddress = "https://media.example.org/works"
        return recipe
    }

    private func service() throws -> (artifact: Artifact, place: URL) {
        let artifact = try #require(
            run.events.artifacts.first { $0.description.role == .iiif })
        let file = run.directory.appendingPathComponent(artifact.file.path)
        return (artifact, file.deletingLastPathComponent())
    }

    /// Sizes around the tiles' and their doubles: rounding, levels of one tile, of one row.
    @Test(arguments: [
        (1301, 811), (2049, 1025), (2048, 1024), (1025, 2), (4097, 257), (1, 1100), (3001, 1999),
    ])
    func anImageServiceAnswersWhatItMust(width: Int, height: Int) async throws {
        let even = try run.testPicture("a.png", width: (width + 1) & ~1, height: (height + 1) & ~1)
        let file = run.fixture("odd.png")
        try Oracle.run("vips", ["crop", even.path, file.path, "0", "0", "\(width)", "\(height)"])
        var recipe = Self.withService
        // Whole pictures are not scaled up from it.
        recipe.image.widths = [64]
        let info = try run.probe(file)
        let pixels = width * height
        let plan = try Planner(cores: 2).plan(
            info, recipe: recipe,
            source: PlanSource(sha256: "0", sidecar: Sidecar(), place: "items/a/"))
        guard pixels > 1_000_000 else {
            #expect(plan.still?.tiles == [])
            return
        }
        try run.run(file, recipe: recipe)
        let (artifact, place) = try service()
        let seen = try await ImageServiceOracle.read(place, of: file)
        #expect(seen.address == "https://media.example.org/works/\(place.lastPathComponent)")
        #expect(seen.difference < 20)
        #expect(artifact.description.width == width && artifact.description.height == height)
        #expect(artifact.file.path.hasSuffix("/info.json"))
        #expect(artifact.description.mediaType == "application/ld+json")
    }

    @Test func theVipsProgramCutsTheSameForIIIF() throws {
        let file = try run.testPicture("a.png", width: 1300, height: 950)
        try run.run(file, recipe: Self.withService)
        let theirs = run.fixture("theirs")
        try Oracle.run(
            "vips",
            [
                "dzsave", file.path, theirs.path, "--layout", "iiif3", "--tile-size", "256",
                "--suffix", ".jpg[Q=90]",
            ])
        let root = try service().place
        let names = try FileManager.default.subpathsOfDirectory(atPath: theirs.path)
            .filter { $0.hasSuffix(".jpg") }
        #expect(names.count > 20)
        for name in names {
            // Theirs is not the canonical name of the whole picture.
            let own = name.replacing("0,0,1300,950/", with: "full/")
            let ours = try Data(contentsOf: root.appendingPathComponent(own))
            #expect(
                try ours == Data(contentsOf: theirs.appendingPathComponent(name)), "\(name)")
        }
    }

    /// The same picture elsewhere has another `info.json`, so another name.
    @Test func theAddressIsInTheNameOfTheDirectory() throws {
        let file = try run.testPicture("a.png", width: 1300, height: 950)
        try run.run(file, recipe: Self.withService)
        let first = try service().place.lastPathComponent
        let other = try StillRun()
        var recipe = Self.withService
        recipe.image.deepZoom.iiifAddress = "https://media.example.com"
        try other.run(file, recipe: recipe)
        let artifact = try #require(other.events.artifacts.first { $0.description.role == .iiif })
        #expect(!artifact.file.path.hasPrefix(first))
        // The tiles of the other form are what they were.
        let again = try #require(other.events.artifacts.first { $0.description.role == .tiles })
        #expect(try again.file == tiles().file)
    }

    /// JPEG is all that level 0 has.
    @Test func transparencyLiesOnTheMatteForIIIF() throws {
        let file = run.fixture("a.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=red@0.0:size=1100x1000,format=rgba",
                "-frames:v", "1", file.path,
            ])
        var recipe = Self.withService
        recipe.image.matte = "#204060"
        try run.run(file, recipe: recipe)
        let (artifact, place) = try service()
        let paths = artifact.companions.map(\.path)
        for ending in ["/0,0,256,256/256,256/0/default.jpg", "/full/max/0/default.jpg"] {
            let path = try #require(paths.first { $0.hasSuffix(ending) })
            let data = try Data(contentsOf: run.directory.appendingPathComponent(path))
            let image = try Image.load(Source(bytes: [UInt8](data)), with: .jpeg)
            let found = try image.values(x: 9, y: 9).map { Int($0) }
            #expect(isNear(found, [0x20, 0x40, 0x60], within: 2), "\(ending): \(found)")
        }
        #expect(FileManager.default.fileExists(atPath: place.path))
    }

    @Test func turnedPicturesAreCutUprightForIIIF() async throws {
        let turned = try run.testPicture("a.jpg", width: 1200, height: 900)
        try Oracle.run(
            "exiftool", ["-q", "-n", "-overwrite_original", "-Orientation=6", turned.path])
        try run.run(turned, recipe: Self.withService)
        let upright = run.fixture("upright.png")
        try Oracle.run("vips", ["autorot", turned.path, upright.path])
        #expect(try await ImageServiceOracle.read(service().place, of: upright).difference < 20)
    }

    @Test func turnedPicturesAreCutUpright() async throws {
        let plain = try run.testPicture("a.jpg", width: 1200, height: 900)
        let turned = run.fixture("turned.jpg")
        try FileManager.default.copyItem(at: plain, to: turned)
        try Oracle.run(
            "exiftool", ["-q", "-n", "-overwrite_original", "-Orientation=6", turned.path])
        try run.run(turned, recipe: Self.recipe)
        let upright = run.fixture("upright.png")
        try Oracle.run("vips", ["autorot", turned.path, upright.path])
        #expect(try await difference(upright) < 20)
    }

    @Test func transparencyStaysInTheTiles() throws {
        let file = run.fixture("a.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=red@0.5:size=1100x1000,format=rgba",
                "-frames:v", "1", file.path,
            ])
        try run.run(file, recipe: Self.recipe)
        let artifact = try tiles()
        let tile = try #require(artifact.companions.first { $0.path.hasSuffix("/0_0.webp") })
        let data = try Data(contentsOf: run.directory.appendingPathComponent(tile.path))
        let image = try Image.load(Source(bytes: [UInt8](data)), with: .webp)
        #expect(try image.hasAlpha && abs(image.values(x: 0, y: 0)[3] - 128) < 3)
    }

    /// The tiles' colours are the pictures', by whichever way those came about.
    @Test func brightLightIsBroughtDownInTilesToo() throws {
        let plain = run.fixture("plain.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=0xc89664:size=550x1000,format=gbrp",
                "-f", "lavfi", "-i", "color=0x50607c:size=550x1000,format=gbrp", "-lavfi", "hstack",
                "-frames:v", "1", "-pix_fmt", "rgb48be", plain.path,
            ])
        // PQ with the primaries of BT.2020.
        let file = try PNGChunk.insert("cICP", [9, 16, 0, 1], into: plain, for: run)
        try run.run(file, recipe: Self.recipe)
        #expect(run.plan?.color?.toneMapPeakNits == 1000)
        let picture = try run.fallback(320).copiedToMemory()
        let level = try #require(run.plan?.tiles.first?.topLevel)
        for (tile, place) in [("0_3", 0.2), ("4_0", 0.8)] {
            let name = try #require(
                tiles().companions.first { $0.path.hasSuffix("/\(level)/\(tile).jpg") })
            let data = try Data(contentsOf: run.directory.appendingPathComponent(name.path))
            let image = try Image.load(Source(bytes: [UInt8](data)), with: .jpeg).copiedToMemory()
            let found = try image.values(x: 40, y: 40).map { Int($0) }
            let wanted = try pixel(picture, place, 0.5)
            #expect(isNear(found, wanted, within: 3), "\(found) \(wanted)")
        }
    }

    @Test func smallerPicturesAndOtherWishesHaveNone() throws {
        let file = try run.testPicture("a.png", width: 1000, height: 999)
        try run.run(file, recipe: Self.recipe)
        #expect(run.plan?.tiles == [])
        var recipe = Self.recipe
        recipe.image.deepZoom.aboveMegapixels = 0
        let info = try run.probe(run.testPicture("b.png", width: 1200, height: 1000))
        let plan = try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        #expect(plan.still?.tiles == [])
    }

    /// Archives as Python's `zipfile` writes them; nothing damaged traps.
    @Test func archivesAreReadAsTheyAre() throws {
        let file = run.fixture("a.zip")
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w") as z:
                z.writestr("t/a.txt", "first"); z.writestr("t/b/c.txt", "second")
            """
        try Oracle.run("/usr/bin/python3", ["-c", script, file.path])
        let bytes = try [UInt8](Data(contentsOf: file))
        let entries = try #require(ZipArchive(FileHead(bytes: bytes))).entries
        #expect(entries.map(\.name) == ["t/a.txt", "t/b/c.txt"])
        let window = entries[1].window
        let text = bytes[Int(window.offset)..<Int(window.offset + window.length)]
        #expect(String(decoding: text, as: UTF8.self) == "second")
        for length in 0..<bytes.count {
            #expect(ZipArchive(FileHead(bytes: Array(bytes.prefix(length)))) == nil)
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0xFF
            _ = ZipArchive(FileHead(bytes: damaged))
        }
    }
}
