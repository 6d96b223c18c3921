package import Foundation

/// Reads the files of an IIIF image service as a viewer asks for them, with the `iiif` package and Pillow.
package enum ImageServiceOracle {
    /// The package says which requests a service of level 0 must answer; its own tiles are not compared.
    private static let judge = """
        import json, os, sys
        from iiif.info import IIIFInfo
        from iiif.static import static_partial_tile_sizes
        from PIL import Image, ImageChops, ImageStat
        service, original = sys.argv[1:3]
        with open(os.path.join(service, "info.json")) as file:
            info = IIIFInfo(api_version="3.0")
            info.read(file, "3.0")
            info.validate()
            file.seek(0)
            said = json.load(file)
        assert said["profile"] == "level0" and said["type"] == "ImageService3", said
        whole = Image.open(original).convert("RGB")
        assert whole.size == (said["width"], said["height"]), whole.size
        [grid] = said["tiles"]
        assert grid["width"] == grid["height"], grid
        wanted = {
            (f"{x},{y},{w},{h}", f"{tw},{th}"): ((x, y, x + w, y + h), (tw, th))
            for (x, y, w, h), (tw, th) in static_partial_tile_sizes(
                *whole.size, grid["width"], grid["scaleFactors"])}
        everything = (0, 0, *whole.size)
        for size in said["sizes"]:
            w, h = size["width"], size["height"]
            wanted["full", f"{w},{h}"] = (everything, (w, h))
        largest = max(said["sizes"], key=lambda size: size["width"])
        assert said["maxWidth"] == max(largest.values()), said
        wanted["full", "max"] = (everything, (largest["width"], largest["height"]))
        # Of the smallest level, which is one tile.
        last = max(grid["scaleFactors"])
        assert {"width": -(-whole.width // last), "height": -(-whole.height // last)} in said["sizes"]
        there = {
            os.path.relpath(os.path.join(place, name), service)
            for place, _, names in os.walk(service) for name in names}
        named = {f"{region}/{size}/0/default.jpg" for region, size in wanted}
        assert there == named | {"info.json"}, there ^ named
        worst = 0
        for (region, name), (box, size) in wanted.items():
            tile = Image.open(os.path.join(service, region, name, "0", "default.jpg"))
            assert tile.size == size, (region, name, tile.size)
            assert not tile.info.get("icc_profile"), (region, name)
            off = ImageChops.difference(
                whole.crop(box).resize(size, Image.BOX), tile.convert("RGB"))
            if min(size) >= 16:
                worst = max(worst, *ImageStat.Stat(off).mean)
        print(said["id"], worst)
        """

    /// What a service says and shows.
    ///
    /// - Returns: its address, and the mean difference of the worst file of at least 16 pixels, in steps
    ///   of 255, from what Pillow scales of the same part; compare `DeepZoomOracle`.
    /// - Throws: `ProgramError` where a file is missing, too many, or of another size than it says.
    package static func read(
        _ service: URL, of original: URL
    ) async throws -> (address: String, difference: Double) {
        let output = String(
            decoding: try await PythonOracle.program("python3").run([
                "-c", judge, service.path, original.path,
            ]), as: UTF8.self)
        let words = output.split { $0.isWhitespace }
        guard words.count == 2, let number = Double(words[1]) else {
            throw ProgramError("no number: \(output)")
        }
        return (String(words[0]), number)
    }
}
