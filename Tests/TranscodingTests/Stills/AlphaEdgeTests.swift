import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// Cut-out works on backgrounds that nobody sees: what is hidden there must not show at the edges of
/// any derivative.
@Suite struct AlphaEdgeTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// A disc with a hard edge and a fine grain, of reds: each value at most 12 from 200, 40, 40. The
    /// grain makes it a photograph to the choice of formats, or there would be no AVIF.
    private func disc(hiding colour: String) throws -> URL {
        let file = run.fixture("disc.png")
        try run.pillow(
            """
            import random
            random.seed(4)
            side, hidden = 1000, tuple(map(int, args[1].split(",")))
            grain = lambda v: v + random.randint(-12, 12)
            image = Image.new("RGBA", (side, side), hidden + (0,))
            pixels = image.load()
            for y in range(side):
                for x in range(side):
                    if (x - 500) ** 2 + (y - 500) ** 2 < 160000:
                        pixels[x, y] = (grain(200), grain(40), grain(40), 255)
            image.save(args[0])
            """, file.path, colour)
        return file
    }

    /// How far the colour of half transparent and more opaque pixels is from the disc's, at worst and
    /// on average.
    private func fringe(_ image: Image) throws -> (worst: Int, mean: Double, count: Int) {
        let pixels = try image.pixels()
        var (worst, sum, count) = (0, 0, 0)
        for start in stride(from: 0, to: pixels.count, by: 4) {
            guard (128..<250).contains(pixels[start + 3]) else { continue }
            let off =
                zip(pixels[start..<start + 3], [200, 40, 40])
                .map { abs(Int($0) - $1) }.max() ?? 0
            worst = max(worst, off)
            sum += off
            count += 1
        }
        return (worst, Double(sum) / Double(max(1, count)), count)
    }

    @Test(arguments: ["0,0,0", "0,255,0", "255,255,255"])
    func edgesHaveTheColourOfTheWork(hidden: String) throws {
        var recipe = Recipe.small
        recipe.image.widths = [640, 320]
        // So that AVIF is the lightest, and offered.
        recipe.image.avifQuality = 55
        try run.run(disc(hiding: hidden), recipe: recipe)
        let names = run.events.artifacts.filter { $0.description.role == .image }
            .map(\.description.name)
        #expect(
            Set(names).isSuperset(of: ["image-320.avif", "image-320.webp", "image-320.png"]),
            "\(names) \(run.events.leftOut)")
        for name in names {
            let image = try run.image(name)
            try #require(image.bands == 4)
            let found = try fringe(image)
            print("fringe \(hidden) \(name): \(found)")
            #expect(found.count > 300, "\(name): \(found)")
            // PNG has the grain that is left after scaling alone.
            let allowed = name.hasSuffix(".png") ? 24 : 48
            #expect(found.worst <= allowed && found.mean < 16, "\(name) on \(hidden): \(found)")
        }
    }

    /// By the definition of "over" (Porter and Duff, 1984), in the picture's own numbers as browsers
    /// mix them: between the work and the matte lies no third colour.
    @Test(arguments: ["0,0,0", "0,255,0"])
    func onTheMatteEdgesAreBetweenItAndTheWork(hidden: String) throws {
        var recipe = Recipe.small
        recipe.image.matte = "#2040c0"
        recipe.image.cards = true
        try run.run(disc(hiding: hidden), recipe: recipe)
        // The only crop of a square that leaves nothing out.
        let card = try run.image("card-1x1")
        try #require(card.width == 640 && card.bands == 3)
        let pixels = try card.pixels()
        var (worst, mixed) = (0.0, 0)
        for start in stride(from: 0, to: pixels.count, by: 3) {
            let share = (Double(pixels[start]) - 0x20) / (200 - 0x20)
            guard (0.1..<0.9).contains(share) else { continue }
            mixed += 1
            let (green, blue) = (40 * share + 0x40 * (1 - share), 40 * share + 0xC0 * (1 - share))
            worst = max(
                worst, abs(Double(pixels[start + 1]) - green),
                abs(Double(pixels[start + 2]) - blue))
        }
        print("mix on the matte, \(hidden): \(worst) at worst of \(mixed)")
        #expect(mixed > 1000 && worst < 40, "\(worst) of \(mixed)")
    }

    @Test(arguments: [64, 128, 192])
    func halfTransparentPlacesAreMixedWithTheMatte(alpha: Int) throws {
        let (file, mixed) = (run.fixture("half.png"), run.fixture("mixed.png"))
        try run.pillow(
            """
            image = Image.new("RGBA", (1200, 630), (200, 40, 40, int(args[2])))
            image.paste((0, 0, 0, 255), (0, 0, 4, 4))
            image.save(args[0])
            matte = Image.new("RGBA", image.size, (0x20, 0x40, 0xC0, 255))
            Image.alpha_composite(matte, image).convert("RGB").save(args[1])
            """, file.path, mixed.path, "\(alpha)")
        var recipe = Recipe.small
        recipe.image.matte = "#2040c0"
        recipe.image.cards = true
        try run.run(file, recipe: recipe)
        let expected = try pixel(pngImage(mixed), 0.5, 0.5)
        for name in ["share", "card-1x1", "card-4x5", "card-16x9"] {
            let found = try pixel(run.image(name), 0.5, 0.5)
            #expect(isNear(found, expected, within: 3), "\(name): \(found), not \(expected)")
        }
    }
}
