import Foundation
import Planning
import TestSupport
import Testing
import Vips

/// How far colours are from what another converter (Pillow, with a profile of its own making) shows.
@Suite struct ColorDifferenceTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Twenty-four patches of the same numbers in every space, 10 pixels square, with profiles made
    /// from published numbers; then the same picture as sRGB.
    private static let script = """
        import io, struct, sys
        from PIL import Image, ImageCms
        name, source, shown, cmyk = sys.argv[1:5]
        fixed = lambda v: struct.pack(">i", round(v * 65536))
        xyz = lambda v: b"XYZ " + bytes(4) + b"".join(map(fixed, v))
        def curve(gamma):
            if gamma: return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
            def light(v): return v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
            return b"curv" + bytes(4) + struct.pack(
                ">I1024H", 1024, *[round(65535 * light(i / 1023)) for i in range(1024)])
        def profile(space, gamma, columns):
            text = name.encode() + bytes(1)
            desc = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
            tags = [(b"desc", desc + bytes(-len(desc) % 4)), (b"cprt", b"text" + bytes(8)),
                    (b"wtpt", xyz([0.9642, 1, 0.8249]))]
            if columns:
                tags += [(b"rgb"[i:i + 1] + b"XYZ", xyz(columns[i])) for i in range(3)]
                tags += [(b"rgb"[i:i + 1] + b"TRC", curve(gamma)) for i in range(3)]
            else: tags += [(b"kTRC", curve(gamma))]
            table, data = struct.pack(">I", len(tags)), b""
            for tag, body in tags:
                table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(body))
                data += body
            head = struct.pack(">I", 128 + len(table) + len(data)) + bytes(4) + bytes([2, 0x20, 0, 0])
            head += b"mntr" + space + b"XYZ " + bytes(12) + b"acsp" + bytes(28)
            head += b"".join(map(fixed, [0.9642, 1, 0.8249]))
            return head + bytes(128 - len(head)) + table + data
        spaces = {
            "Adobe RGB": (b"RGB ", 2.19921875, [(0.60974, 0.31111, 0.01947),
                (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]),
            "Display P3": (b"RGB ", None, [(0.51512, 0.24120, -0.00105),
                (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)]),
            "ProPhoto": (b"RGB ", 1.8, [(0.79767, 0.28804, 0), (0.13519, 0.71188, 0),
                (0.03134, 0.00009, 0.82491)]),
            "grey": (b"GRAY", 1.8, None)}
        mode = {"CMYK": "CMYK", "grey": "L"}.get(name, "RGB")
        icc = Image.open(cmyk).info["icc_profile"] if name == "CMYK" else profile(*spaces[name])
        image = Image.new(mode, (60, 40))
        for i in range(24):
            colour = tuple((40 + i * step) % 216 for step in (37, 83, 127, 29))[:len(mode) if mode != "L" else 1]
            image.paste(colour if mode != "L" else colour[0], (i % 6 * 10, i // 6 * 10, i % 6 * 10 + 10, i // 6 * 10 + 10))
        image.save(source, icc_profile=icc)
        ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"),
            renderingIntent=1, outputMode="RGB", flags=0x2000).save(shown)
        """

    @Test(arguments: ["Adobe RGB", "Display P3", "ProPhoto", "CMYK", "grey"])
    func coloursAreThoseOfAnotherConverter(space: String) throws {
        let (source, shown) = (run.fixture("source.tif"), run.fixture("shown.png"))
        let cmyk = run.fixture("cmyk.tif")
        try Oracle.run(
            "vips",
            [
                "icc_transform", run.halves("red", "blue").path, cmyk.path, "cmyk",
                "--input-profile", "srgb",
            ])
        try Oracle.run(
            "/usr/bin/python3", ["-c", Self.script, space, source.path, shown.path, cmyk.path])
        try run.run(source, recipe: .small)
        let (ours, theirs) = (try run.fallback(60), try pngImage(shown))
        var differences: [Double] = []
        for patch in 0..<24 {
            let (x, y) = (patch % 6 * 10 + 5, patch / 6 * 10 + 5)
            let colours = try [ours, theirs].map { image in
                LabColor(try image.values(x: x, y: y).prefix(3).map { UInt8($0.rounded()) })
            }
            differences.append(colours[0].difference2000(to: colours[1]))
        }
        let mean = differences.reduce(0, +) / 24
        let largest = differences.max() ?? .infinity
        print("ΔE2000 \(space): mean \(mean), largest \(largest)")
        // 1 is the least that is seen; rounding to 8 bits alone is a few tenths.
        #expect(mean < 0.4 && largest < 1.5, "\(differences)")
    }

    /// Sharma, Wu, Dalal: The CIEDE2000 color-difference formula, table 1.
    @Test(arguments: [
        ([50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425),
        ([50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0000),
        ([50, 0, 0], [50, -1, 2], 2.3669),
        ([50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792),
        ([50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195),
        ([50, -0.001, 2.49], [50, 0.0009, -2.49], 4.8045),
        ([50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461),
        ([50, 2.5, 0], [50, 0, -2.5], 4.3065), ([50, 2.5, 0], [73, 25, -18], 27.1492),
        ([50, 2.5, 0], [61, -5, 29], 22.8977), ([50, 2.5, 0], [56, -27, -3], 31.9030),
        ([50, 2.5, 0], [58, 24, 15], 19.4535), ([50, 2.5, 0], [50, 3.1736, 0.5854], 1.0000),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630),
        ([61.2901, 3.7196, -5.3901], [61.4292, 2.2480, -4.9620], 1.8731),
        ([35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645),
        ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
        ([36.4612, 47.8580, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
        ([90.9257, -0.5406, -0.9208], [88.6381, -0.8985, -0.7239], 1.5381),
        ([6.7747, -0.2908, -2.4247], [5.8714, -0.0985, -2.2286], 0.6377),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ])
    func theFormulaGivesThePublishedNumbers(first: [Double], second: [Double], distance: Double) {
        let one = LabColor(lightness: first[0], a: first[1], b: first[2])
        let other = LabColor(lightness: second[0], a: second[1], b: second[2])
        #expect(abs(one.difference2000(to: other) - distance) < 0.0001)
        #expect(abs(other.difference2000(to: one) - distance) < 0.0001)
    }
}
