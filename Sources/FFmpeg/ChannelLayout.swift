import CFFmpeg

/// Which speakers the channels of a stream are for: "stereo", "5.1(side)", "3 channels".
///
/// A value without C memory behind it. Wraps AVChannelLayout.
/// <https://ffmpeg.org/doxygen/5.1/structAVChannelLayout.html>
package struct ChannelLayout: Hashable, Sendable, CustomStringConvertible {
    /// The number of channels.
    package let channelCount: Int
    /// The speakers as FFmpeg's bit mask; nil when they are unspecified or not describable by one.
    package let mask: UInt64?
    /// FFmpeg's description: "stereo", "5.1(side)", "3 channels".
    package let description: String

    /// One channel, front centre.
    package static let mono = ChannelLayout(mask: 0x4)
    /// Front left and right.
    package static let stereo = ChannelLayout(mask: 0x3)

    /// The layout of FFmpeg's name ("5.1", "FL+FR+LFE", "0x3f"); nil if it is not one.
    /// Wraps av_channel_layout_from_string.
    package init?(_ name: String) {
        var raw = unsafe AVChannelLayout()
        guard unsafe av_channel_layout_from_string(&raw, name) >= 0 else { return nil }
        defer { unsafe av_channel_layout_uninit(&raw) }
        unsafe self.init(&raw)
    }

    /// What FFmpeg assumes for so many channels whose meaning nobody stated (2 → stereo,
    /// 6 → 5.1). Wraps av_channel_layout_default.
    package init(defaultFor channelCount: Int) {
        var raw = unsafe AVChannelLayout()
        unsafe av_channel_layout_default(&raw, Int32(channelCount))
        defer { unsafe av_channel_layout_uninit(&raw) }
        unsafe self.init(&raw)
    }

    private init(mask: UInt64) {
        var raw = unsafe AVChannelLayout()
        let result = unsafe av_channel_layout_from_mask(&raw, mask)
        precondition(result >= 0, "mask \(mask) names no speakers")
        unsafe self.init(&raw)
    }

    init(_ raw: UnsafePointer<AVChannelLayout>) {
        unsafe channelCount = Int(raw.pointee.nb_channels)
        let mask = unsafe cffmpeg_channel_layout_mask(raw)
        self.mask = mask == 0 ? nil : mask
        description = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) {
            buffer in
            guard let base = buffer.baseAddress,
                unsafe av_channel_layout_describe(raw, base, buffer.count) > 0
            else { return "unknown" }
            return unsafe String(cString: base)
        }
    }

    /// Whether the meaning of the channels is stated.
    package var isSpecified: Bool { mask != nil }

    /// Calls `body` with the layout as C has it, and frees it after.
    func withRaw<Result>(
        _ body: (UnsafeMutablePointer<AVChannelLayout>) -> Result
    ) -> Result {
        var raw = unsafe AVChannelLayout()
        defer { unsafe av_channel_layout_uninit(&raw) }
        if let mask {
            _ = unsafe av_channel_layout_from_mask(&raw, mask)
        } else if unsafe av_channel_layout_from_string(&raw, description) < 0
            || raw.nb_channels != Int32(channelCount)
        {
            unsafe cffmpeg_channel_layout_unspecified(&raw, Int32(channelCount))
        }
        return unsafe withUnsafeMutablePointer(to: &raw, body)
    }
}
