/// Which decoders may run, by FFmpeg's names.
///
/// A container names the codecs of its streams, and FFmpeg has some five hundred: most of them are for
/// games and consoles, and nobody has looked at their code for years. What is not on the list is neither
/// asked while streams are recognised nor opened (codec_whitelist).
package struct DecoderList: Sendable, Hashable {
    /// nil = all that are built in.
    private let names: Set<String>?

    /// These and no others.
    package init(_ names: some Sequence<String>) { self.names = Set(names) }

    private init() { names = nil }

    /// All that are built in. For input that one has made oneself.
    package static let any = DecoderList()

    /// What cameras, editors, recorders, phones and players write or have written.
    package static let common = DecoderList(
        [delivery, editing, screens, pictures, sounds, oldSounds, pcm, adpcm, text].joined())

    /// Whether this decoder may run.
    package func allows(_ name: String) -> Bool { names?.contains(name) ?? true }

    /// As FFmpeg's codec_whitelist; nil = no list.
    var option: String? {
        guard let names else { return nil }
        // A name no decoder has: an empty list would allow all of them.
        return names.isEmpty ? "none" : names.sorted().joined(separator: ",")
    }

    private static let delivery = [
        "av1", "libdav1d", "libaom-av1", "vvc", "hevc", "h264", "vp9", "libvpx-vp9", "vp8",
        "libvpx",
        "vp7", "vp6", "vp6a", "vp6f", "vp5", "vp4", "vp3", "theora", "dirac", "mpeg4", "mpeg1video",
        "mpeg2video", "mpegvideo", "h261", "h263", "h263i", "h263p", "flv", "vc1", "wmv1", "wmv2",
        "wmv3", "vc1image", "wmv3image", "msmpeg4", "msmpeg4v1", "msmpeg4v2", "rv10", "rv20",
        "rv30", "rv40", "svq1", "svq3",
        "cinepak", "indeo2", "indeo3", "indeo4", "indeo5", "cavs",
    ]
    private static let editing = [
        "prores", "dnxhd", "cfhd", "dvvideo", "mjpeg", "mjpegb", "sp5x", "jpeg2000", "libopenjpeg",
        "jpegls",
        "huffyuv", "hymt", "ffvhuff", "ffv1", "utvideo", "lagarith", "magicyuv", "hap", "notchlc",
        "speedhq",
        "aic", "pixlet", "hq_hqa", "hqx", "cllc", "sheervideo", "dxtory", "fraps", "dxv",
        "rawvideo",
        "v210", "v210x", "v308", "v408", "v410", "r210", "r10k", "avrn", "avrp", "avui", "ayuv",
        "y41p", "yuv4",
        "qtrle", "rpza", "smc", "8bps", "msvideo1", "msrle", "snow",
    ]
    private static let screens = [
        "camtasia", "tscc2", "zmbv", "flashsv", "flashsv2", "mss1", "mss2", "mts2", "camstudio",
    ]
    private static let pictures = [
        "png", "apng", "gif", "bmp", "tiff", "webp", "libjxl", "targa",
    ]
    private static let sounds = [
        "aac", "aac_fixed", "aac_latm", "libfdk_aac", "mp3float", "mp3", "mp2float", "mp2",
        "mp1float", "mp3adu", "mp3on4",
        "mp1", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac", "wavpack", "ape", "tta",
        "tak",
        "als", "ac3", "ac3_fixed", "eac3", "dca", "mlp", "truehd", "s302m", "dolby_e", "wmav1",
        "wmav2",
        "wmapro", "wmalossless", "wmavoice", "speex", "libspeex", "amrnb", "amrwb",
        "libopencore_amrnb", "libopencore_amrwb", "mpc7", "mpc8", "dsd_lsbf", "dsd_msbf",
        "dsd_lsbf_planar", "dsd_msbf_planar",
    ]
    private static let oldSounds = [
        "gsm", "gsm_ms", "libgsm", "libgsm_ms", "mace3", "mace6", "qdm2", "qdmc", "qcelp",
        "nellymoser",
        "cook", "sipr", "ralf", "real_144", "real_288", "atrac3", "atrac3al", "atrac3plus",
        "atrac3plusal", "shorten", "truespeech", "ilbc", "libilbc", "dvaudio", "on2avc",
    ]
    private static let pcm =
        [
            "pcm_alaw", "pcm_mulaw", "pcm_bluray", "pcm_dvd", "pcm_vidc", "pcm_s8", "pcm_u8",
            "pcm_s8_planar", "pcm_f16le", "pcm_f24le", "pcm_s16le_planar", "pcm_s16be_planar",
            "pcm_s24le_planar", "pcm_s32le_planar", "pcm_s24daud",
        ]
        + ["s16", "s24", "s32", "s64", "u16", "u24", "u32", "f32", "f64"].flatMap {
            ["pcm_\($0)le", "pcm_\($0)be"]
        }
    private static let adpcm = [
        "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "adpcm_yamaha", "g722", "g726",
        "g726le",
    ]
    private static let text = [
        "mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text",
    ]
}
