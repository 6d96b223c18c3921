import Foundation
import MediaModel
import Planning
import Testing
import Vips

@testable import Transcoding

/// OpenEXR, Radiance HDR and PFM: light, made by `ffmpeg` and `vips` from values that are known.
@Suite struct SceneLightTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.widths = [160]
        recipe.image.cards = false
        return recipe
    }

    /// Plain stripes of light from left to right, as PFM: its text header and floats are written here.
    private func stripes(_ light: [[Float]]) throws -> URL {
        let file = run.fixture("light.pfm")
        var bytes = Data("PF\n\(light.count * 32) 40\n-1.0\n".utf8)
        for _ in 0..<40 {
            for stripe in light {
                for _ in 0..<32 {
                    for value in stripe {
                        let bits = value.bitPattern
                        for place in 0..<4 {
                            bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt32(place))))
                        }
                    }
                }
            }
        }
        try bytes.write(to: file)
        return file
    }

    /// The same as OpenEXR or Radiance HDR.
    private func converted(_ file: URL, to name: String) throws -> URL {
        let target = run.fixture(name)
        if name.hasSuffix(".hdr") {
            try Oracle.run("vips", ["copy", file.path, target.path, "--interpretation", "scrgb"])
        } else {
            try Oracle.run("ffmpeg", ["-v", "error", "-i", file.path, target.path])
        }
        return target
    }

    /// IEC 61966-2-1, from 0 to 255.
    private func sRGB(_ light: Double) -> Int {
        let value = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
        return Int((255 * value).rounded())
    }

    @Test(arguments: ["light.pfm", "light.exr", "light.hdr"])
    func lightBelowTheKneeIsShownAsItIs(name: String) throws {
        let plain = try stripes([[0.18, 0.09, 0.36], [0.02, 0.02, 0.02], [0.45, 0.45, 0.1]])
        let file = name == "light.pfm" ? plain : try converted(plain, to: name)
        try run.run(file, recipe: Self.recipe)
        #expect(run.info?.image?.isSceneLinear == true)
        #expect(run.events.warnings.isEmpty)
        let picture = try run.fallback(96)
        #expect(
            isNear(
                try pixel(picture, 0.16, 0.5), [sRGB(0.18), sRGB(0.09), sRGB(0.36)], within: 3))
        #expect(
            isNear(try pixel(picture, 0.5, 0.5), [sRGB(0.02), sRGB(0.02), sRGB(0.02)], within: 3))
        #expect(
            isNear(try pixel(picture, 0.84, 0.5), [sRGB(0.45), sRGB(0.45), sRGB(0.1)], within: 3))
    }

    /// What is brighter than white keeps its hue and its order; the brightest is white.
    @Test(arguments: ["bright.exr", "bright.hdr"])
    func highlightsAreRolledOffAndNotCutOff(name: String) throws {
        let file = try converted(
            stripes([
                [0.18, 0.18, 0.18], [0.01, 0.01, 0.01], [1, 1, 1], [2, 1, 0.5], [4, 4, 4],
                [8, 8, 8],
            ]), to: name)
        try run.run(file, recipe: Self.recipe)
        #expect(run.events.warnings == ["toneMapped"])
        let picture = try run.fallback(160)
        let found = try [0, 2, 3, 4, 5].map { try pixel(picture, (Double($0) + 0.5) / 6, 0.5) }
        let greens = [found[0], found[1], found[3], found[4]].map { $0[1] }
        #expect(abs(greens[0] - sRGB(0.18)) <= 3)
        #expect(greens == greens.sorted() && Set(greens).count == 4)
        #expect(greens[3] >= 252)
        // 4 : 2 : 1 in light.
        let light = found[2].map { value -> Double in
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        #expect(abs(light[0] / light[1] - 2) < 0.15 && abs(light[1] / light[2] - 2) < 0.2)
    }

    /// Four stops too dark and too bright are brought to two.
    @Test(arguments: [(0.18 / 16, 0.045), (0.18 * 16, 0.72)])
    func farExposuresAreBroughtNear(light: Double, expected: Double) throws {
        let value = Float(light)
        let file = try converted(
            stripes([[value, value, value], [value, value, value]]), to: "far.exr")
        try run.run(file, recipe: Self.recipe)
        #expect(run.events.warnings == ["toneMapped"])
        let found = try pixel(run.fallback(64), 0.5, 0.5)
        #expect(isNear(found, [sRGB(expected), sRGB(expected), sRGB(expected)], within: 3))
    }

    @Test func whatIsNoNumberIsNoTrap() throws {
        let file = try stripes([[.nan, 0.2, -.infinity], [.infinity, 1e30, 0.2], [-3, 0.2, 0.2]])
        try run.run(file, recipe: Self.recipe)
        let picture = try run.fallback(96)
        #expect(try pixel(picture, 0.84, 0.5)[0] == 0)
    }

    /// Colours of OpenEXR are multiplied with their alpha; a layer's name stands before a channel's.
    @Test func transparencyAndLayersOfOpenEXRAreRead() throws {
        for (name, prefix) in [("plain", ""), ("layers", "ViewLayer.Combined.")] {
            let file = run.fixture("\(name).exr")
            try Data(OpenEXRFile.half(prefix: prefix)).write(to: file)
            let again = try StillRun()
            try again.run(file, recipe: Self.recipe)
            #expect(again.info?.image?.hasAlpha == true)
            let picture = try again.image("image-16.png")
            let found = try pixel(picture, 0.5, 0.5)
            #expect(isNear(found, [sRGB(0.5), sRGB(0.25), 0], within: 3), "\(name): \(found)")
            #expect(abs(found[3] - 128) <= 1)
        }
    }

    @Test func filesOfDepthAloneAreRefusedByName() throws {
        let bytes = OpenEXRFile.half(prefix: "depth.")
        var text = bytes
        // depth.R becomes depth.Z: no layer has all three colours.
        let place = try #require(Data(bytes).range(of: Data("depth.R".utf8)))
        text[place.upperBound - 1] = UInt8(ascii: "Z")
        let failure = try #require(throws: Failure.self) {
            try FormatSniffer.sniff(bytes: text)
        }
        #expect(failure.kind == .unsupported && failure.operatorText.contains("OpenEXR"))
    }

    @Test(arguments: [
        [Int32(-1), 0, 40_000, 40_000], [0, 0, Int32.max, Int32.max], [5, 5, 4, 4],
    ])
    func windowsThatCannotBeAreRefused(window: [Int32]) throws {
        let file = run.fixture("window.exr")
        try Data(OpenEXRFile.half(prefix: "", window: window)).write(to: file)
        let failure = try #require(throws: Failure.self) { try run.probe(file) }
        #expect([.limitExceeded, .unsupported].contains(failure.kind))
    }
}

/// The smallest OpenEXR file: 16 by 16, half precision, not packed, half transparent orange.
enum OpenEXRFile {
    static func half(prefix: String, window: [Int32] = [0, 0, 15, 15]) -> [UInt8] {
        func number(_ value: Int32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func attribute(_ name: String, _ type: String, _ value: [UInt8]) -> [UInt8] {
            Array(name.utf8) + [0] + Array(type.utf8) + [0] + number(Int32(value.count)) + value
        }
        // Alphabetical, as the format asks; with the values of each channel.
        let channels: [(String, Float16)] = [("A", 0.5), ("B", 0), ("G", 0.125), ("R", 0.25)]
        let list = channels.flatMap { channel in
            Array((prefix + channel.0).utf8) + [0] + number(1) + [0, 0, 0, 0] + number(1)
                + number(1)
        }
        let box = window.flatMap(number)
        var file: [UInt8] = [0x76, 0x2F, 0x31, 0x01, 2, 0, 0, 0]
        file +=
            attribute("channels", "chlist", list + [0])
            + attribute("compression", "compression", [0])
        file += attribute("dataWindow", "box2i", box) + attribute("displayWindow", "box2i", box)
        file += attribute("lineOrder", "lineOrder", [0])
        file += attribute("pixelAspectRatio", "float", number(Int32(Float(1).bitPattern)))
        file += attribute("screenWindowCenter", "v2f", [UInt8](repeating: 0, count: 8))
        file += attribute("screenWindowWidth", "float", number(Int32(Float(1).bitPattern))) + [0]
        let rowLength = 8 + 16 * 4 * 2
        let table = file.count
        for row in 0..<16 { file += number(Int32(table + 16 * 8 + row * rowLength)) + number(0) }
        for row in 0..<16 {
            file += number(Int32(row)) + number(Int32(rowLength - 8))
            for channel in channels {
                let bits = channel.1.bitPattern
                for _ in 0..<16 { file += [UInt8(bits & 255), UInt8(bits >> 8)] }
            }
        }
        return file
    }
}
