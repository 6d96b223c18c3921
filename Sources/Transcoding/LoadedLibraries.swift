import Foundation

/// The encoders behind FFmpeg and libvips, by the files that this process has loaded: neither
/// library tells their versions, and they decide about what is made.
enum LoadedLibraries {
    /// Name in `Toolchain` by the file's stem.
    private static let names = [
        "libx264": "x264", "libx265": "x265", "libSvtAv1Enc": "svtav1", "libvpx": "vpx",
        "libopus": "opus", "libmp3lame": "mp3lame", "libwebp": "webp", "libheif": "heif",
        "libaom": "aom", "librsvg-2": "rsvg", "libjpeg": "jpeg", "libspng": "spng",
        "libpng16": "png",
    ]

    /// Versions as their files' names say them: `x264` → "164", `opus` → "0.8.0".
    ///
    /// Before the file system closes. Empty where /proc is not mounted: keys then do not know these
    /// versions, which is no reason not to work.
    static func versions() -> [String: String] {
        guard let handle = FileHandle(forReadingAtPath: "/proc/self/maps"),
            let data = try? handle.readToEnd()
        else { return [:] }
        return versions(inMaps: String(decoding: data, as: UTF8.self))
    }

    /// - Parameter maps: as in proc(5): the file's path is what follows the first slash of a line.
    static func versions(inMaps maps: String) -> [String: String] {
        var found: [String: String] = [:]
        for line in maps.split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/"), let last = line.lastIndex(of: "/"),
                slash <= last
            else { continue }
            let file = line[line.index(after: last)...]
            guard let end = file.range(of: ".so.") else { continue }
            guard let name = names[String(file[..<end.lowerBound])] else { continue }
            found[name] = String(file[end.upperBound...])
        }
        return found
    }
}
