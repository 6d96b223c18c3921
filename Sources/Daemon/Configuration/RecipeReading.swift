import Foundation
package import Planning

extension Recipe {
    /// x264's presets up to the slowest that is of use.
    static let presets = [
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
        "veryslow",
    ]

    /// A recipe file; keys that are missing have the default recipe's values.
    package static func read(
        yaml: String, source: String, name: String
    ) throws(ConfigurationError) -> Recipe {
        var tree = SettingTree()
        tree.add(yaml: yaml, source: source)
        var reader = SettingReader(tree)
        var recipe = Recipe(name: name)
        recipe.read(&reader)
        if reader.text("name", name) != name {
            reader.reject("name", "expected `\(name)`: a recipe is named for its file")
        }
        reader.finish()
        guard reader.issues.isEmpty else { throw ConfigurationError(reader.issues) }
        return recipe
    }

    mutating func read(_ reader: inout SettingReader) {
        video.read(&reader)
        audio.read(&reader)
        image.read(&reader)
        animation.read(&reader)
        document.read(&reader)
    }
}

extension Recipe.Video {
    mutating func read(_ reader: inout SettingReader) {
        let fallback = Recipe.Rung(height: 720, maximumKilobits: 3000)
        rungs = reader.list("video.rungs", rungs, most: 12) { reader, key in
            for field in ["height", "maximumKilobits"] where !reader.isSet("\(key).\(field)") {
                reader.reject(key, "`\(field)` is missing")
            }
            return Recipe.Rung(
                height: reader.integer("\(key).height", fallback.height, in: 64...4320),
                maximumKilobits: reader.integer(
                    "\(key).maximumKilobits", fallback.maximumKilobits, in: 50...200_000))
        }
        if !zip(rungs, rungs.dropFirst()).allSatisfy({ $0.height > $1.height }) {
            reader.reject("video.rungs", "expected the largest height first, none twice")
        }
        preset = reader.word("video.preset", preset, among: Recipe.presets)
        crf = reader.number("video.crf", crf, in: 0...51)
        segmentSeconds = reader.number("video.segmentSeconds", segmentSeconds, in: 1...30)
        let heights = rungs.map(\.height)
        hevc.read(&reader, "video.hevc", presets: Recipe.presets, crf: 0...51, heights: heights)
        av1.read(
            &reader, "video.av1", presets: (0...13).map(String.init), crf: 1...63,
            heights: heights)
        maximumFrameRate = reader.number("video.maximumFrameRate", maximumFrameRate, in: 1...240)
        progressiveHeight = reader.integer(
            "video.progressiveHeight", progressiveHeight, in: 64...4320)
        posterWidths = reader.widths("video.posterWidths", posterWidths)
        posterAlternatives = reader.integer(
            "video.posterAlternatives", posterAlternatives, in: 0...12)
        hover = reader.flag("video.hover", hover)
        alphaCRF = reader.integer("video.alphaCRF", alphaCRF, in: 0...63)
        storyboard.read(&reader)
    }
}

extension Recipe.AdditionalCodec {
    /// - Parameter available: heights of the ladder's rungs.
    mutating func read(
        _ reader: inout SettingReader, _ key: String, presets: [String],
        crf range: ClosedRange<Double>, heights available: [Int]
    ) {
        heights = reader.list("\(key).heights", heights, least: 0, most: 12) { reader, key in
            reader.integer(key, 720, in: 64...4320)
        }
        for height in heights where !available.contains(height) {
            reader.reject("\(key).heights", "found \(height), expected heights out of video.rungs")
        }
        if Set(heights).count != heights.count {
            reader.reject("\(key).heights", "expected no height twice")
        }
        preset = reader.word("\(key).preset", preset, among: presets)
        crf = reader.number("\(key).crf", crf, in: range)
        capPercent = reader.integer("\(key).capPercent", capPercent, in: 10...100)
    }
}

extension Recipe.Storyboard {
    mutating func read(_ reader: inout SettingReader) {
        tileSide = reader.integer("video.storyboard.tileSide", tileSide, in: 16...1024)
        columns = reader.integer("video.storyboard.columns", columns, in: 1...32)
        rows = reader.integer("video.storyboard.rows", rows, in: 1...32)
        minimumInterval = reader.number(
            "video.storyboard.minimumInterval", minimumInterval, in: 0.1...600)
        maximumTiles = reader.integer("video.storyboard.maximumTiles", maximumTiles, in: 1...10_000)
        quality = reader.integer("video.storyboard.quality", quality, in: 1...100)
        // JPEG's own limit for a side is 65 500.
        if max(columns, rows) * tileSide > 65_500 {
            reader.reject(
                "video.storyboard.tileSide", "expected sheets of at most 65500 pixels a side")
        }
    }
}

extension Recipe.Audio {
    mutating func read(_ reader: inout SettingReader) {
        aacKilobits = reader.integer("audio.aacKilobits", aacKilobits, in: 32...512)
        opusKilobits = reader.integer("audio.opusKilobits", opusKilobits, in: 16...510)
        surround = reader.flag("audio.surround", surround)
        surroundKilobits = reader.integer(
            "audio.surroundKilobits", surroundKilobits, in: 128...1024)
        filmOpus = reader.flag("audio.filmOpus", filmOpus)
        mp3 = reader.flag("audio.mp3", mp3)
        mp3Kilobits = reader.integer("audio.mp3Kilobits", mp3Kilobits, in: 32...320)
        flac = reader.flag("audio.flac", flac)
        waveformPixelsPerSecond = reader.integer(
            "audio.waveformPixelsPerSecond", waveformPixelsPerSecond, in: 1...1000)
        loudnessTarget = reader.number("audio.loudnessTarget", loudnessTarget, in: -70 ... -5)
        truePeakCeiling = reader.number("audio.truePeakCeiling", truePeakCeiling, in: -9...0)
    }
}

extension Recipe.Image {
    mutating func read(_ reader: inout SettingReader) {
        widths = reader.widths("image.widths", widths)
        formats = reader.list("image.formats", formats, least: 0, most: 2) { reader, key in
            let words = Recipe.Image.Format.allCases.map(\.rawValue)
            return Recipe.Image.Format(rawValue: reader.word(key, "avif", among: words)) ?? .avif
        }
        if Set(formats).count != formats.count {
            reader.reject("image.formats", "one is named twice")
        }
        avifQuality = reader.integer("image.avifQuality", avifQuality, in: 1...100)
        avifEffort = reader.integer("image.avifEffort", avifEffort, in: 0...9)
        webpQuality = reader.integer("image.webpQuality", webpQuality, in: 1...100)
        webpEffort = reader.integer("image.webpEffort", webpEffort, in: 0...6)
        jpegQuality = reader.integer("image.jpegQuality", jpegQuality, in: 1...100)
        wideGamut = reader.flag("image.wideGamut", wideGamut)
        matte = reader.color("image.matte", matte)
        cards = reader.flag("image.cards", cards)
        deepZoom.aboveMegapixels = reader.integer(
            "image.deepZoom.aboveMegapixels", deepZoom.aboveMegapixels, in: 0...10_000)
        deepZoom.tileSide = reader.integer(
            "image.deepZoom.tileSide", deepZoom.tileSide, in: 126...2046)
        deepZoom.quality = reader.integer(
            "image.deepZoom.quality", deepZoom.quality, in: 1...100)
        deepZoom.iiifAddress = reader.address("image.deepZoom.iiifAddress", deepZoom.iiifAddress)
    }
}

extension Recipe.Animation {
    mutating func read(_ reader: inout SettingReader) {
        maximumSide = reader.integer("animation.maximumSide", maximumSide, in: 16...4096)
        crf = reader.number("animation.crf", crf, in: 0...51)
        preset = reader.word("animation.preset", preset, among: Recipe.presets)
        webpQuality = reader.integer("animation.webpQuality", webpQuality, in: 1...100)
        webpEffort = reader.integer("animation.webpEffort", webpEffort, in: 0...6)
    }
}

extension Recipe.Document {
    mutating func read(_ reader: inout SettingReader) {
        coverWidths = reader.widths("document.coverWidths", coverWidths)
        pageWidths = reader.widths("document.pageWidths", pageWidths)
        maximumPages = reader.integer("document.maximumPages", maximumPages, in: 0...500)
        text = reader.flag("document.text", text)
    }
}

extension SettingReader {
    /// Ascending, so that what a page is offered stands in one order.
    fileprivate mutating func widths(_ key: String, _ fallback: [Int]) -> [Int] {
        let widths = list(key, fallback, most: 16) { reader, key in
            reader.integer(key, 1, in: 1...16_384)
        }
        if !zip(widths, widths.dropFirst()).allSatisfy({ $0 < $1 }) {
            reject(key, "expected the smallest width first, none twice")
        }
        return widths
    }

    /// Of a directory on the web; `none` is nil.
    fileprivate mutating func address(_ key: String, _ fallback: String?) -> String? {
        let text = text(key, fallback ?? "none")
        guard text != "none" else { return nil }
        let isPlain = text.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && !#""<>\^`{|}"#.utf8.contains($0)
        }
        guard isPlain, text.utf8.count <= 300, let parts = URLComponents(string: text),
            ["http", "https"].contains(parts.scheme), parts.host?.isEmpty == false,
            parts.query == nil, parts.fragment == nil, parts.user == nil
        else {
            reject(
                key,
                "found `\(text)`, expected `none` or the address under which the storage's directory "
                    + "is on the web, such as https://media.example.org/works")
            return fallback
        }
        var address = text
        while address.hasSuffix("/") { address.removeLast() }
        return address
    }

    fileprivate mutating func color(_ key: String, _ fallback: String) -> String {
        let text = text(key, fallback)
        let digits = text.utf8.dropFirst()
        let isHex = digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        if text.utf8.first != UInt8(ascii: "#") || digits.count != 6 || !isHex {
            reject(key, "found `\(text)`, expected a colour such as \"#ffffff\"")
            return fallback
        }
        return text
    }
}
