import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// Pictures that Pillow makes and reads again: a few lines of Python each.
extension StillRun {
    /// Runs lines that find their arguments in `args`, and gives what they print.
    @discardableResult
    func pillow(_ lines: String, _ arguments: String...) throws -> String {
        let head = "import sys\nfrom PIL import Image, ImageOps\nargs = sys.argv[1:]\n"
        return try Oracle.run("/usr/bin/python3", ["-c", head + lines] + arguments)
    }

    /// What Pillow sees in a file, upright.
    func seenByPillow(_ file: URL, as mode: String = "RGB") throws -> Image {
        let seen = fixture("seen-by-pillow.png")
        try pillow(
            "ImageOps.exif_transpose(Image.open(args[0])).convert(args[2]).save(args[1])",
            file.path, seen.path, mode)
        return try pngImage(seen)
    }

    /// What ImageMagick sees in a file, upright and in 8 bits.
    func seenByImageMagick(_ file: URL) throws -> Image {
        let seen = fixture("seen-by-imagemagick.png")
        try Oracle.run(
            "convert", ["\(file.path)[0]", "-auto-orient", "-depth", "8", "PNG24:\(seen.path)"])
        return try pngImage(seen)
    }

    /// What would be done with a file, with the warnings that its item will have.
    func planned(_ file: URL, recipe: Recipe = .small) throws -> Plan {
        try Planner(cores: 2).plan(
            probe(file), recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
    }
}

extension Recipe {
    /// One width, which may be the picture's own.
    static func width(_ width: Int) -> Recipe {
        var recipe = Recipe.small
        recipe.image.widths = [width]
        return recipe
    }
}

/// By how much values differ on average, of 255; pictures of one size.
func difference(_ one: Image, _ other: Image) throws -> Double {
    let (one, other) = (try one.colours(), try other.colours())
    try #require(one.width == other.width && one.height == other.height)
    return try one.subtracting(other).absolute().average()
}

extension Image {
    fileprivate func colours() throws -> Image {
        if bands < 3 {
            let grey = try extractingBands(from: 0)
            return try grey.joiningBands([grey, grey])
        }
        return try extractingBands(from: 0, count: 3)
    }
}

/// Four quarters of a picture whose colours no turn and no mirror leaves in place.
enum FourCorners {
    static let upright = [[200, 30, 30], [30, 160, 30], [30, 30, 200], [240, 240, 240]]

    /// As a file of that name, stored upright, 400 pixels wide and 240 high.
    static func make(_ name: String, for run: StillRun, options: String = "") throws -> URL {
        let file = run.fixture(name)
        try run.pillow(
            """
            image = Image.new("RGB", (400, 240))
            for place, colour in [((0, 0), (200, 30, 30)), ((200, 0), (30, 160, 30)),
                                  ((200, 120), (30, 30, 200)), ((0, 120), (240, 240, 240))]:
                image.paste(colour, place + (place[0] + 200, place[1] + 120))
            image.save(args[0], **eval("dict(" + args[1] + ")"))
            """, file.path, options)
        return file
    }

    /// The same in 16 bits, without a word on its colours.
    static func makeDeep(_ name: String, for run: StillRun) throws -> URL {
        let (wide, file) = (run.fixture("wide.v"), run.fixture(name))
        try Oracle.run("vips", ["linear", make("four.png", for: run).path, wide.path, "257", "0"])
        try Oracle.run("vips", ["cast", wide.path, wide.path + ".deep.v", "ushort"])
        try Oracle.run(
            "vips", ["copy", wide.path + ".deep.v", file.path, "--interpretation", "rgb16"])
        return file
    }

    /// Clockwise from the upper left, from the middles of the quarters.
    static func seen(_ image: Image) throws -> [[Int]] {
        try [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]
            .map { Array(try pixel(image, $0.0, $0.1).prefix(3)) }
    }

    /// Where an EXIF orientation (Exif 2.32, 4.6.5) brings the stored quarters.
    static func turned(_ orientation: Int) -> [[Int]] {
        let order =
            switch orientation {
            case 2: [1, 0, 3, 2]
            case 3: [2, 3, 0, 1]
            case 4: [3, 2, 1, 0]
            case 5: [0, 3, 2, 1]
            case 6: [3, 0, 1, 2]
            case 7: [2, 1, 0, 3]
            case 8: [1, 2, 3, 0]
            default: [0, 1, 2, 3]
            }
        return order.map { upright[$0] }
    }
}

/// Colours of corners, each near its own.
func areNear(_ found: [[Int]], _ expected: [[Int]], within tolerance: Int = 14) -> Bool {
    found.count == expected.count
        && zip(found, expected).allSatisfy { isNear($0, $1, within: tolerance) }
}
