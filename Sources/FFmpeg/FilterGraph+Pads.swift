extension FilterGraph {
    /// Where frames enter a graph: what they will be like, exactly.
    package struct Source: Sendable {
        /// The label the description uses: "in" for `[in]scale=…`.
        package let label: String
        let format: Format
        let timeBase: Rational

        enum Format: Sendable {
            case video(
                width: Int, height: Int, PixelFormat, sampleAspectRatio: Rational?,
                frameRate: Rational?, ColorDescription)
            case audio(sampleRate: Int, SampleFormat, ChannelLayout)
        }

        /// Pictures. `frameRate` is stated only when it is constant and known; `color` is what
        /// FFmpeg ≥ 7 wants to know beforehand (5.1 reads it from each frame).
        package static func video(
            _ label: String = "in", width: Int, height: Int, pixelFormat: PixelFormat,
            timeBase: Rational, sampleAspectRatio: Rational? = nil, frameRate: Rational? = nil,
            color: ColorDescription = .unspecified
        ) -> Source {
            Source(
                label: label,
                format: .video(
                    width: width, height: height, pixelFormat,
                    sampleAspectRatio: sampleAspectRatio, frameRate: frameRate, color),
                timeBase: timeBase)
        }

        /// Sound. The time base defaults to one sample.
        package static func audio(
            _ label: String = "in", sampleRate: Int, sampleFormat: SampleFormat,
            channelLayout: ChannelLayout, timeBase: Rational? = nil
        ) -> Source {
            Source(
                label: label,
                format: .audio(sampleRate: sampleRate, sampleFormat, channelLayout),
                timeBase: timeBase ?? Rational(1, Int32(sampleRate)))
        }

        /// Frames like this one; nil for an empty frame.
        package init?(_ label: String = "in", like frame: Frame, frameRate: Rational? = nil) {
            if let pixelFormat = frame.pixelFormat {
                self = .video(
                    label, width: frame.width, height: frame.height, pixelFormat: pixelFormat,
                    timeBase: frame.timeBase, sampleAspectRatio: frame.sampleAspectRatio,
                    frameRate: frameRate, color: frame.color)
            } else if let sampleFormat = frame.sampleFormat, let layout = frame.channelLayout {
                self = .audio(
                    label, sampleRate: frame.sampleRate, sampleFormat: sampleFormat,
                    channelLayout: layout, timeBase: frame.timeBase)
            } else {
                return nil
            }
        }

        private init(label: String, format: Format, timeBase: Rational) {
            self.label = label
            self.format = format
            self.timeBase = timeBase
        }
    }

    /// Where frames leave a graph, and what they may be; empty lists allow anything.
    package struct Sink: Sendable {
        /// The label the description uses: "out" for `…scale[out]`.
        package let label: String
        let format: Format

        enum Format: Sendable {
            case video([PixelFormat])
            case audio([SampleFormat], [Int], [ChannelLayout], frameSize: Int)
        }

        /// Pictures in one of these formats.
        package static func video(
            _ label: String = "out", pixelFormats: [PixelFormat] = []
        ) -> Sink { Sink(label: label, format: .video(pixelFormats)) }

        /// Sound in one of these formats. `frameSize` is the count of samples each frame but the
        /// last has (an encoder's ``Encoder/frameSize``); 0 = as they come.
        package static func audio(
            _ label: String = "out", sampleFormats: [SampleFormat] = [], sampleRates: [Int] = [],
            channelLayouts: [ChannelLayout] = [], frameSize: Int = 0
        ) -> Sink {
            Sink(
                label: label,
                format: .audio(sampleFormats, sampleRates, channelLayouts, frameSize: frameSize))
        }

        private init(label: String, format: Format) {
            self.label = label
            self.format = format
        }

        /// The filter that enforces the constraints, or nil when there are none.
        var constraint: (filter: String, arguments: String)? {
            switch format {
            case .video(let formats):
                guard !formats.isEmpty else { return nil }
                return ("format", "pix_fmts=" + formats.map(\.name).joined(separator: "|"))
            case .audio(let formats, let rates, let layouts, _):
                var parts: [String] = []
                if !formats.isEmpty {
                    parts.append("sample_fmts=" + formats.map(\.name).joined(separator: "|"))
                }
                if !rates.isEmpty {
                    parts.append("sample_rates=" + rates.map(String.init).joined(separator: "|"))
                }
                if !layouts.isEmpty {
                    parts.append(
                        "channel_layouts=" + layouts.map(\.filterName).joined(separator: "|"))
                }
                return parts.isEmpty ? nil : ("aformat", parts.joined(separator: ":"))
            }
        }
    }

    /// What a sink gives, known once the graph is configured.
    package struct OutputFormat: Sendable, Hashable {
        /// Seconds per unit of the frames' timestamps.
        package let timeBase: Rational
        /// Width in pixels, 0 for audio.
        package let width: Int
        /// Height in pixels, 0 for audio.
        package let height: Int
        /// The format of pixels; nil for audio.
        package let pixelFormat: PixelFormat?
        /// The shape of a pixel; nil when unknown and for audio.
        package let sampleAspectRatio: Rational?
        /// The constant rate; nil when variable, unknown and for audio.
        package let frameRate: Rational?
        /// Samples per second, 0 for video.
        package let sampleRate: Int
        /// The format of samples; nil for video.
        package let sampleFormat: SampleFormat?
        /// The channels; nil for video.
        package let channelLayout: ChannelLayout?
    }
}

extension ChannelLayout {
    /// The layout as filter arguments take it: descriptions with brackets are not parsed everywhere.
    fileprivate var filterName: String {
        mask.map { "0x" + String($0, radix: 16) } ?? "\(channelCount)C"
    }
}
