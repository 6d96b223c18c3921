package import MediaModel

/// Which parts a worker may have failed by.
///
/// An upload that ended two workers ends a third of the same parts, too: it is worth another try when
/// one of them is another version.
extension Toolchain {
    /// With this program's own version beside those of the libraries.
    package func with(vitrine version: String) -> Toolchain {
        var all = versions
        all["vitrine"] = version
        return Toolchain(all)
    }

    /// Without what is never called for an upload of this kind.
    package func suspects(of kind: MediaKind) -> Toolchain {
        let innocent: Set<String> =
            switch kind {
            case .video, .audio: ["poppler", "rsvg"]
            case .animation: ["poppler", "rsvg", "opus", "mp3lame"]
            case .image: ["poppler", "x264", "x265", "vpx", "opus", "mp3lame", "libavfilter"]
            case .document:
                [
                    "ffmpeg", "libavcodec", "libavformat", "libavfilter", "libavutil", "libswscale",
                    "libswresample", "x264", "x265", "svtav1", "vpx", "opus", "mp3lame",
                ]
            }
        return Toolchain(versions.filter { !innocent.contains($0.key) })
    }

    /// `ffmpeg 5.1, libvips 8.14`: those that people know, or all where none of them is there.
    package var summary: String {
        let known = ["vitrine", "ffmpeg", "libvips", "poppler"]
        let named = words(known)
        return (named.isEmpty ? words(versions.keys.sorted()) : named).joined(separator: ", ")
    }
}
