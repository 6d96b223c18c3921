import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

/// Profiles beside the usual ones: version 4, tables, greys, and those that are broken; in what is
/// published losslessly and in what is not.
@Suite struct ProfileTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// CIEDE2000 of the middles of the patches.
    private func differences(_ ours: Image, _ theirs: Image) throws -> (mean: Double, most: Double)
    {
        var found: [Double] = []
        for patch in 0..<24 {
            let (x, y) = (patch % 6 * 40 + 20, patch / 6 * 40 + 20)
            let colours = try [ours, theirs].map { image in
                LabColor(try image.values(x: x, y: y).prefix(3).map { UInt8($0.rounded()) })
            }
            found.append(colours[0].difference2000(to: colours[1]))
        }
        return (found.reduce(0, +) / 24, found.max() ?? .infinity)
    }

    @Test(arguments: ["v4", "v4 curves", "table", "grey 1.8", "grey 2.2"])
    func losslessColoursAreThoseOfLittleCMS(kind: String) throws {
        let (source, shown) = (run.fixture("source.tif"), run.fixture("shown.png"))
        try ProfileFixtures.make(kind, source: source, shown: shown, for: run)
        try run.run(source, recipe: .width(240))
        #expect(run.info?.image?.hasProfile == true)
        #expect(run.info?.warnings == [] && run.events.warnings == [])
        let theirs = try pngImage(shown)
        for name in ["image-240.png", "image-240-lossless.webp"] {
            let found = try differences(run.image(name), theirs)
            print("ΔE2000 \(kind) \(name): \(found)")
            // 1 is the least that is seen; rounding to 8 bits alone is a few tenths.
            #expect(found.mean < 0.4 && found.most < 1.5, "\(name): \(found)")
        }
    }

    /// The numbers of the source would be far off: what is tested is the conversion.
    @Test(arguments: ["v4", "table", "grey 1.8"])
    func coloursWithoutTheProfileAreOthers(kind: String) throws {
        let (source, shown) = (run.fixture("source.png"), run.fixture("shown.png"))
        try ProfileFixtures.make(kind, source: source, shown: shown, for: run)
        let found = try differences(run.seenByPillow(source), pngImage(shown))
        #expect(found.mean > 1, "\(found)")
    }

    /// A JPEG is taken for a photograph: AVIF at quality 55, WebP at 80 and JPEG at 82, on patches of
    /// 40 pixels.
    @Test(arguments: ["v4", "v4 curves", "table", "grey 2.2"])
    func lossyColoursAreNear(kind: String) throws {
        let (source, shown) = (run.fixture("source.jpg"), run.fixture("shown.png"))
        try ProfileFixtures.make(kind, source: source, shown: shown, for: run)
        try run.run(source, recipe: .width(240))
        let theirs = try pngImage(shown)
        let names = run.events.artifacts.filter { $0.description.role == .image }
            .map(\.description.name).filter { !$0.contains("p3") }
        #expect(names.contains("image-240.jpg") && names.count >= 2, "\(names)")
        for name in names {
            let found = try differences(run.image(name), theirs)
            print("ΔE2000 \(kind) \(name): \(found)")
            #expect(found.mean < 1.5 && found.most < 4, "\(name): \(found)")
        }
    }

    @Test(
        arguments: ["half", "head", "signature", "places", "noise"],
        ["a.jpg", "a.tif", "a.png", "a.webp"])
    func brokenProfilesAreIgnoredWithAWarning(damage: String, name: String) throws {
        let file = run.fixture(name)
        try ProfileFixtures.broken(damage, file, for: run)
        let plain = try run.seenByPillow(file)
        try run.run(file, recipe: .width(240))
        // Said by the probe, and again by the decoder: a manifest has each once.
        #expect(run.info?.warnings.map(\.code) == ["profileIgnored"])
        #expect(Set(run.events.warnings).isSubset(of: ["profileIgnored"]))
        #expect(run.info?.image?.hasProfile == false && run.info?.image?.profileDescription == nil)
        let found = try differences(run.fallback(240), plain)
        // As sRGB; a JPEG is coded once more.
        #expect(found.most < (name == "a.jpg" ? 4 : 0.01), "\(found)")
    }
}
