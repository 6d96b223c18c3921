import CFFmpeg

/// The display a picture was graded on (SMPTE ST 2086). Wraps AVMasteringDisplayMetadata.
/// <https://ffmpeg.org/doxygen/5.1/structAVMasteringDisplayMetadata.html>
package struct MasteringDisplay: Hashable, Sendable {
    /// CIE xy of red, green, blue and white: eight numbers; nil when not stated.
    package let chromaticities: [Double]?
    /// Darkest and brightest luminance, in cd/m²; nil when not stated.
    package let luminance: ClosedRange<Double>?

    init?(_ raw: UnsafePointer<AVMasteringDisplayMetadata>?) {
        guard let raw = unsafe raw else { return nil }
        if unsafe raw.pointee.has_primaries != 0 {
            var numbers: [Double] = []
            for component: Int32 in 0..<3 {
                for axis: Int32 in 0..<2 {
                    numbers.append(
                        unsafe Rational(cffmpeg_mastering_primary(raw, component, axis)).doubleValue
                    )
                }
            }
            for axis: Int32 in 0..<2 {
                numbers.append(unsafe Rational(cffmpeg_mastering_white(raw, axis)).doubleValue)
            }
            chromaticities = numbers
        } else {
            chromaticities = nil
        }
        let low = unsafe Rational(raw.pointee.min_luminance).doubleValue
        let high = unsafe Rational(raw.pointee.max_luminance).doubleValue
        luminance = unsafe raw.pointee.has_luminance != 0 && low <= high ? low...high : nil
    }
}

/// How bright the content gets (CTA-861.3). Wraps AVContentLightMetadata.
/// <https://ffmpeg.org/doxygen/5.1/structAVContentLightMetadata.html>
package struct ContentLight: Hashable, Sendable {
    /// MaxCLL: the brightest pixel, in cd/m².
    package let maximum: Int
    /// MaxFALL: the brightest frame average, in cd/m².
    package let maximumFrameAverage: Int

    init?(_ raw: UnsafePointer<AVContentLightMetadata>?) {
        guard let raw = unsafe raw else { return nil }
        maximum = unsafe Int(raw.pointee.MaxCLL)
        maximumFrameAverage = unsafe Int(raw.pointee.MaxFALL)
    }
}

/// The Dolby Vision configuration of a stream. Wraps AVDOVIDecoderConfigurationRecord.
/// <https://ffmpeg.org/doxygen/5.1/structAVDOVIDecoderConfigurationRecord.html>
package struct DolbyVision: Hashable, Sendable {
    /// The profile: 5, 7, 8, 9.
    package let profile: Int
    /// The level.
    package let level: Int
    /// What the base layer alone is: 0 = nothing usable, 1 = HDR10, 2 = SDR, 4 = HLG.
    package let baseLayerCompatibility: Int

    init?(_ raw: UnsafePointer<AVDOVIDecoderConfigurationRecord>?) {
        guard let raw = unsafe raw else { return nil }
        profile = unsafe Int(raw.pointee.dv_profile)
        level = unsafe Int(raw.pointee.dv_level)
        baseLayerCompatibility = unsafe Int(raw.pointee.dv_bl_signal_compatibility_id)
    }
}
