import CFFmpeg

/// What the linked FFmpeg is and can do.
package enum FFmpegLibrary {
    /// The release or commit FFmpeg was built from: "5.1.9-0+deb12u1". Wraps av_version_info.
    package static var version: String { unsafe string(av_version_info()) ?? "unknown" }

    /// The library versions at run time, by name: "libavcodec" → "59.37.100".
    package static var versions: [String: String] {
        [
            "libavutil": text(avutil_version()), "libavcodec": text(avcodec_version()),
            "libavformat": text(avformat_version()), "libavfilter": text(avfilter_version()),
            "libswscale": text(swscale_version()), "libswresample": text(swresample_version()),
        ]
    }

    /// Whether the libraries at run time have the struct layouts this was compiled for: the same
    /// major version and not older.
    package static var matchesHeaders: Bool {
        [
            (avutil_version(), cffmpeg_LIBAVUTIL_BUILD),
            (avcodec_version(), cffmpeg_LIBAVCODEC_BUILD),
            (avformat_version(), cffmpeg_LIBAVFORMAT_BUILD),
        ].allSatisfy { running, built in
            running >> 16 == UInt32(built) >> 16 && running >= UInt32(built)
        }
    }

    /// Gives back to the kernel what codecs have freed; malloc keeps it otherwise. Wraps malloc_trim.
    package static func trimMemory() { cffmpeg_trim_memory() }

    /// The licence of this build: "GPL version 2 or later". Wraps avutil_license.
    package static var license: String { unsafe string(avutil_license()) ?? "unknown" }

    /// How FFmpeg was configured. Wraps avutil_configuration.
    package static var configuration: String { unsafe string(avutil_configuration()) ?? "" }

    /// Whether the mp4 muxer's `cmaf` flag leaves edit lists be. From FFmpeg 6 on it writes negative
    /// composition offsets instead, whatever `use_editlist` says; without the flag only the brand and a
    /// field that may be missing are others.
    package static var keepsEditListsInCMAF: Bool { cffmpeg_LIBAVFORMAT_BUILD >> 16 < 60 }

    /// Whether an encoder of this name is built in ("libx264"). Wraps avcodec_find_encoder_by_name.
    package static func hasEncoder(_ name: String) -> Bool {
        unsafe avcodec_find_encoder_by_name(name) != nil
    }

    /// Whether a decoder of this name is built in ("libdav1d"). Wraps avcodec_find_decoder_by_name.
    package static func hasDecoder(_ name: String) -> Bool {
        unsafe avcodec_find_decoder_by_name(name) != nil
    }

    /// Whether a filter of this name is built in ("zscale"). Wraps avfilter_get_by_name.
    package static func hasFilter(_ name: String) -> Bool {
        unsafe avfilter_get_by_name(name) != nil
    }

    /// Whether a demuxer of this short name is built in ("mov"). Wraps av_find_input_format.
    package static func hasDemuxer(_ name: String) -> Bool {
        unsafe av_find_input_format(name) != nil
    }

    /// Whether a muxer of this short name is built in ("mp4"). Wraps av_guess_format.
    package static func hasMuxer(_ name: String) -> Bool {
        unsafe av_guess_format(name, nil, nil) != nil
    }

    /// The sample formats an encoder takes, best first; empty when it takes any or is not there.
    package static func sampleFormats(ofEncoder name: String) -> [SampleFormat] {
        guard let codec = unsafe avcodec_find_encoder_by_name(name) else { return [] }
        return list {
            SampleFormat(rawNumber: unsafe cffmpeg_codec_sample_format(codec, $0).rawValue)
        }
    }

    /// The sample rates an encoder takes, in hertz; empty when it takes any or is not there.
    package static func sampleRates(ofEncoder name: String) -> [Int] {
        guard let codec = unsafe avcodec_find_encoder_by_name(name) else { return [] }
        return list {
            let rate = unsafe cffmpeg_codec_sample_rate(codec, $0)
            return rate == 0 ? nil : Int(rate)
        }
    }

    /// The pixel formats an encoder takes, best first; empty when it takes any or is not there.
    package static func pixelFormats(ofEncoder name: String) -> [PixelFormat] {
        guard let codec = unsafe avcodec_find_encoder_by_name(name) else { return [] }
        return list {
            PixelFormat(rawNumber: unsafe cffmpeg_codec_pixel_format(codec, $0).rawValue)
        }
    }

    /// The elements from index 0 until there is none.
    private static func list<Element>(_ element: (Int32) -> Element?) -> [Element] {
        var elements: [Element] = []
        while let next = element(Int32(elements.count)) { elements.append(next) }
        return elements
    }

    private static func text(_ version: UInt32) -> String {
        "\(version >> 16).\(version >> 8 & 0xff).\(version & 0xff)"
    }
}
