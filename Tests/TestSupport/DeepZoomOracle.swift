package import Foundation

/// Reads a Deep Zoom Image as its specification says, with Python and Pillow.
package enum DeepZoomOracle {
    /// Puts every level's tiles together, as their description says, and compares.
    private static let judge = """
        import os, sys, xml.etree.ElementTree as tree
        from PIL import Image, ImageChops, ImageStat
        dzi, original = sys.argv[1:3]
        image = tree.parse(dzi).getroot()
        space = "{http://schemas.microsoft.com/deepzoom/2008}"
        assert image.tag == space + "Image", image.tag
        side, overlap = int(image.get("TileSize")), int(image.get("Overlap"))
        kind, size = image.get("Format"), image.find(space + "Size")
        width, height = int(size.get("Width")), int(size.get("Height"))
        files = dzi[:-4] + "_files"
        levels = sorted(map(int, os.listdir(files)))
        top = (max(width, height) - 1).bit_length()
        assert levels == list(range(top + 1)), levels
        whole = Image.open(original).convert("RGB")
        assert whole.size == (width, height), whole.size
        worst = 0
        for level in levels:
            scale = 2 ** (top - level)
            w, h = -(-width // scale), -(-height // scale)
            columns, rows = -(-w // side), -(-h // side)
            folder = os.path.join(files, str(level))
            names = {f"{x}_{y}.{kind}" for x in range(columns) for y in range(rows)}
            assert set(os.listdir(folder)) == names, (level, os.listdir(folder))
            seen = Image.new("RGB", (w, h))
            cut = []
            for x in range(columns):
                for y in range(rows):
                    tile = Image.open(os.path.join(folder, f"{x}_{y}.{kind}"))
                    assert not tile.info.get("icc_profile"), (level, x, y)
                    left, up = max(0, x * side - overlap), max(0, y * side - overlap)
                    right, low = min(w, (x + 1) * side + overlap), min(h, (y + 1) * side + overlap)
                    assert tile.size == (right - left, low - up), (level, x, y, tile.size)
                    seen.paste(tile.convert("RGB"), (left, up))
                    cut.append((left, up, right, low))
            if w < 64 or h < 64:
                continue
            off = ImageChops.difference(whole.resize((w, h), Image.BOX), seen)
            for box in cut:
                worst = max(worst, *ImageStat.Stat(off.crop(box)).mean)
        print(worst)
        """

    /// How far the pictures that the tiles make are from the one they were cut from, scaled.
    ///
    /// - Returns: the mean difference of the worst tile of levels of 64 pixels and more, in steps of
    ///   255. Pillow and libvips shrink differently, by up to 12 for a test picture; a tile at the
    ///   place of another is off by far more.
    /// - Throws: `ProgramError` where a level or tile is missing, too many, or of another size.
    package static func difference(_ dzi: URL, from original: URL) async throws -> Double {
        let output = try await Program(URL(filePath: "/usr/bin/python3")).run([
            "-c", judge, dzi.path, original.path,
        ])
        guard let number = Double(String(decoding: output, as: UTF8.self).trimmed) else {
            throw ProgramError("no number: \(String(decoding: output, as: UTF8.self))")
        }
        return number
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
