import Foundation
import TestSupport
import Testing

@testable import Daemon

/// The files that document the settings against the code that reads them.
@Suite struct DocumentedConfigurationTests {
    private func keys(_ path: String) throws -> Set<String> {
        var tree = SettingTree()
        tree.add(
            yaml: try String(contentsOf: PackageLayout.file(path), encoding: .utf8), source: path)
        #expect(tree.issues.isEmpty)
        // Elements of lists are values, not keys.
        return Set(
            tree.settings.filter { $0.value.value != .mapping && !$0.key.contains("[") }.keys)
    }

    @Test func theConfigurationFileHasEveryDefault() throws {
        let file = PackageLayout.file("config/vitrine.yaml")
        #expect(
            try ConfigurationSource(.file(file.path), environment: [:]).load() == Configuration())
    }

    @Test func theConfigurationFileHasEveryKey() throws {
        #expect(try keys("config/vitrine.yaml") == Set(EnvironmentOverrides.allKeys))
    }

    /// Who reads what is refused must not read of another limit than the one in force.
    @Test func theSecurityPageHasEveryLimit() throws {
        var reader = SettingReader(SettingTree())
        var configuration = Configuration()
        configuration.read(&reader)
        let limits = reader.descriptions.filter { $0.key.hasPrefix("limits.") }
            .mapValues(\.defaultValue)
        let page = try String(contentsOf: PackageLayout.file("SECURITY.md"), encoding: .utf8)
        var written: [String: String] = [:]
        for row in page.matches(of: /\| `(limits\.\w+)` \| (\S+) \|/) {
            written[String(row.1)] = String(row.2)
        }
        #expect(written == limits)
    }

    @Test func everyKeyIsDocumentedAboveIt() throws {
        let lines = try String(
            contentsOf: PackageLayout.file("config/vitrine.yaml"), encoding: .utf8
        ).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let text = line.drop { $0 == " " }
            guard !text.hasPrefix("#"), index > 0 else { continue }
            let above = lines[index - 1].drop { $0 == " " }
            // A place's only key is explained with its section.
            let isOnlyKey = above.hasSuffix(":") && text.hasPrefix("path:")
            #expect(above.hasPrefix("#") || isOnlyKey, "\(line)")
        }
    }

    @Test func theDefaultRecipeFileIsTheEmbeddedRecipe() throws {
        let written = try RecipeDirectory.load(PackageLayout.file("config/recipes").path)
        let embedded = try RecipeDirectory.load("/nowhere")
        #expect(written.keys.sorted() == ["default"])
        #expect(written["default"] == embedded["default"])
    }

    /// Each key of the file, changed, changes the recipe: so each is really read from it.
    @Test func theDefaultRecipeFileHasEveryKey() throws {
        let text = try String(
            contentsOf: PackageLayout.file("config/recipes/default.yaml"), encoding: .utf8)
        let expected: Set = [
            "name", "video.rungs", "video.preset", "video.crf", "video.segmentSeconds",
            "video.hevc.heights", "video.hevc.preset", "video.hevc.crf", "video.hevc.capPercent",
            "video.av1.heights", "video.av1.preset", "video.av1.crf", "video.av1.capPercent",
            "video.maximumFrameRate", "video.progressiveHeight", "video.posterWidths",
            "video.posterAlternatives", "video.hover", "video.alphaCRF",
            "video.storyboard.tileSide", "video.storyboard.columns", "video.storyboard.rows",
            "video.storyboard.minimumInterval", "video.storyboard.maximumTiles",
            "video.storyboard.quality", "audio.aacKilobits", "audio.opusKilobits",
            "audio.surround", "audio.surroundKilobits", "audio.filmOpus", "audio.mp3",
            "audio.mp3Kilobits", "audio.flac",
            "audio.waveformPixelsPerSecond", "audio.loudnessTarget", "audio.truePeakCeiling",
            "image.widths", "image.formats", "image.wideGamut", "image.avifQuality",
            "image.avifEffort", "image.webpQuality",
            "image.webpEffort", "image.jpegQuality", "image.matte", "image.cards",
            "image.deepZoom.aboveMegapixels", "image.deepZoom.tileSide", "image.deepZoom.quality",
            "image.deepZoom.iiifAddress",
            "animation.maximumSide", "animation.crf", "animation.preset", "animation.webpQuality",
            "animation.webpEffort", "document.coverWidths", "document.pageWidths",
            "document.maximumPages", "document.text",
        ]
        #expect(try keys("config/recipes/default.yaml") == expected)
        let directory = try TemporaryDirectory("recipe")
        try directory.write(
            text.replacing("jpegQuality: 82", with: "jpegQuality: 83"), to: "default.yaml")
        let changed = try RecipeDirectory.load(directory.url.path)
        #expect(changed["default"] != (try RecipeDirectory.load("/nowhere"))["default"])
    }

    @Test func theServiceUnitIsCleanForSystemd() async throws {
        guard let analyze = try? Program("systemd-analyze") else {
            print("skipped: systemd-analyze is not installed")
            return
        }
        // The programs are not installed where tests run.
        let unit = try String(
            contentsOf: PackageLayout.file("systemd/vitrined.service"), encoding: .utf8
        ).replacing("ExecStart=/usr/bin/vitrined", with: "ExecStart=/bin/true")
            .replacing("ExecReload=/usr/bin/vitrinectl", with: "ExecReload=/bin/true")
        let directory = try TemporaryDirectory("unit")
        let file = try directory.write(unit, to: "vitrined.service")
        let result = try await analyze.result(["verify", file.path])
        #expect(result.termination == .exited(0))
        // It exits with 0 also when it ignores a line it does not know.
        #expect(result.error == "")
    }
}
