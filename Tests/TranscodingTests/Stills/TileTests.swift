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
        let level = try #require(run.plan?.tiles?.topLevel)
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
        #expect(run.plan?.tiles == nil)
        var recipe = Self.recipe
        recipe.image.deepZoom.aboveMegapixels = 0
        let info = try run.probe(run.testPicture("b.png", width: 1200, height: 1000))
        let plan = try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        #expect(plan.still?.tiles == nil)
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
