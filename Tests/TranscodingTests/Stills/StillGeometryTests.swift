import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

/// Sizes as another program reads them from the published files.
@Suite struct StillGeometryTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Name, width and height of everything that was made of a run, by ExifTool.
    private func sizes(_ run: StillRun) throws -> [(name: String, width: Int, height: Int)] {
        try run.events.artifacts.map { artifact in
            let file = run.directory.appendingPathComponent(artifact.file.path)
            let words = try Oracle.exif(["-ImageSize"], file).split(separator: "x")
            try #require(words.count == 2)
            return (
                artifact.description.name, try #require(Int(words[0])), try #require(Int(words[1]))
            )
        }
    }

    /// A length of coloured noise, 64 pixels to a colour: nothing that could be told from pixels alone.
    private func strip(_ name: String, width: Int, height: Int) throws -> URL {
        let file = run.fixture(name)
        try run.pillow(
            """
            import random
            random.seed(7)
            width, height = int(args[1]), int(args[2])
            image = Image.new("RGB", (width, height))
            step = 64
            for at in range(0, max(width, height), step):
                colour = tuple(random.randint(20, 230) for _ in range(3))
                image.paste(colour, (at, 0, at + step, height) if width > height else (0, at, width, at + step))
            image.save(args[0])
            """, file.path, "\(width)", "\(height)")
        return file
    }

    /// Longer than any encoder but PNG's holds, or so thin that a width for pages has a height below
    /// one pixel.
    @Test(arguments: [(1, 20_000), (20_000, 1), (30_000, 40), (40, 30_000), (60_000, 2), (1, 1)])
    func whatIsLongAndThinIsPublishedSensibly(width: Int, height: Int) throws {
        for name in ["a.png", "a.jpg"] {
            let run = try StillRun()
            let file = try strip(name, width: width, height: height)
            try run.run(file)
            #expect(run.events.warnings == [])
            let made = try sizes(run)
            #expect(made.contains { $0.name.hasPrefix("image-") })
            #expect(made.contains { $0.name == "share" })
            for picture in made {
                #expect(picture.width >= 1 && picture.height >= 1, "\(name): \(picture)")
                guard picture.name.hasPrefix("image-") else { continue }
                #expect(picture.width <= width && picture.height <= height, "\(name): \(picture)")
                let exact = Double(picture.width) * Double(height) / Double(width)
                #expect(
                    abs(Double(picture.height) - exact) <= 0.5 || picture.height == 1,
                    "\(name): \(picture), not \(exact)")
            }
            // The first and the last colour are still at their ends.
            let source = try run.seenByPillow(file)
            let largest = try #require(
                made.filter { $0.name.hasPrefix("image-") }.max { $0.width < $1.width })
            let image = try run.image(largest.name)
            let isWide = width > height
            for end in [0.002, 0.998] {
                let place = isWide ? (end, 0.5) : (0.5, end)
                let (ours, theirs) = (
                    try pixel(image, place.0, place.1), try pixel(source, place.0, place.1)
                )
                guard max(width, height) > 1 else { continue }
                #expect(isNear(ours, theirs, within: 24), "\(largest.name): \(ours), \(theirs)")
            }
        }
    }

    /// The part of a JPEG that is darker than the white around it, and the colour of its middle.
    private func shown(in file: URL, _ run: StillRun) throws -> (
        size: PixelSize, inner: PixelSize, middle: [Int]
    ) {
        let said = try run.pillow(
            """
            image = Image.open(args[0]).convert("RGB")
            box = image.convert("L").point(lambda level: 255 if level < 150 else 0).getbbox()
            middle = image.getpixel(((box[0] + box[2]) // 2, (box[1] + box[3]) // 2))
            print(*image.size, box[2] - box[0], box[3] - box[1], *middle)
            """, file.path
        ).split(separator: " ").compactMap { Int($0) }
        try #require(said.count == 7)
        return (
            PixelSize(width: said[0], height: said[1]), PixelSize(width: said[2], height: said[3]),
            Array(said[4...])
        )
    }

    /// A crop of such a picture would be 1×1, or a hundredth of it: as much as fits stands on the
    /// matte instead, at its own size.
    @Test(arguments: [
        (1, 20_000, [(1, 630), (1, 640), (1, 800), (1, 360)]),
        (20_000, 1, [(1200, 1), (640, 1), (640, 1), (640, 1)]),
        (30_000, 40, [(1200, 40), (640, 40), (640, 40), (640, 40)]),
        (40, 30_000, [(40, 630), (40, 640), (40, 800), (40, 360)]),
        (2000, 100, [(1200, 64), (640, 64), (640, 64), (640, 64)]),
    ])
    func whatIsLongAndThinIsSharedAsFarAsItFits(
        width: Int, height: Int, inner: [(width: Int, height: Int)]
    ) throws {
        let file = run.fixture("thin.png")
        // Blue at the end, where the focal point is, transparent in front.
        try run.pillow(
            """
            width, height = int(args[1]), int(args[2])
            image = Image.new("RGBA", (width, height), (90, 30, 20, 255))
            end = (width * 3 // 4, 0) if width > height else (0, height * 3 // 4)
            image.paste((20, 30, 140, 255), end + (width, height))
            image.save(args[0])
            """, file.path, "\(width)", "\(height)")
        var sidecar = Sidecar()
        sidecar.focalPoint = FocalPoint(x: 0.98, y: 0.98)
        try run.run(file, sidecar: sidecar)
        let names = ["share", "card-1x1", "card-4x5", "card-16x9"]
        let sizes = [(1200, 630), (640, 640), (640, 800), (640, 360)]
        for (index, name) in names.enumerated() {
            let found = try shown(in: run.file(name), run)
            #expect(
                found.size == PixelSize(width: sizes[index].0, height: sizes[index].1), "\(name)")
            #expect(abs(found.inner.width - inner[index].width) <= 1, "\(name): \(found)")
            #expect(abs(found.inner.height - inner[index].height) <= 1, "\(name): \(found)")
            guard min(width, height) > 1 else { continue }
            let isBlue = found.middle[2] > found.middle[0] + 60
            // Of the shorter ones, what is shown ends in red.
            #expect(isBlue || width == 2000, "\(name): \(found)")
            let artifact = try #require(run.events.artifacts.first { $0.description.name == name })
            #expect(artifact.description.reason.contains("on the matte"))
        }
    }

    /// Forty sizes that no width divides, from one seed.
    @Test func everyAspectIsTheSourcesWithinAPixel() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        print("everyAspectIsTheSourcesWithinAPixel: seed \(seed)")
        var random = SplitMix(seed: seed)
        for round in 0..<40 {
            let (width, height) = (
                Int.random(in: 30...500, using: &random) * 2 + 1,
                Int.random(in: 30...500, using: &random) * 2 + 1
            )
            let orientation = Int.random(in: 1...8, using: &random)
            let run = try StillRun()
            let file = run.fixture(round % 2 == 0 ? "a.jpg" : "a.png")
            try run.pillow(
                """
                image = Image.new("RGB", (int(args[1]), int(args[2])), (90, 140, 60))
                exif = Image.Exif()
                exif[0x112] = int(args[3])
                image.save(args[0], exif=exif)
                """, file.path, "\(width)", "\(height)", "\(orientation)")
            var recipe = Recipe.small
            recipe.image.widths = [640, 321, 97]
            // The largest of both, so that the encoders' time is not what is tested.
            recipe.image.formats = [.webp]
            try run.run(file, recipe: recipe)
            let (across, down) = orientation < 5 ? (width, height) : (height, width)
            for picture in try sizes(run) where picture.name.hasPrefix("image-") {
                let exact = Double(picture.width) * Double(down) / Double(across)
                #expect(
                    abs(Double(picture.height) - exact) < 1,
                    "\(across)x\(down): \(picture), not \(exact)")
                #expect(picture.width <= across && picture.height <= down)
            }
            let expected = Set([640, 321, 97].filter { $0 < across } + [min(640, across)])
            let widths = Set(try sizes(run).filter { $0.name.hasPrefix("image-") }.map(\.width))
            #expect(widths == expected, "\(across)x\(down): \(widths)")
        }
    }
}
