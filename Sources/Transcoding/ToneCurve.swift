/// How HDR is brought down to the white of ordinary displays, for films and stills alike: light
/// relative to ``referenceWhite`` stays as it is up to ``linearPart`` and is bent below 1 from there.
enum ToneCurve {
    /// Diffuse white of HDR material that shall stay clearly below SDR white, in nits
    /// (ITU-R BT.2408: 203).
    static let referenceWhite = 203.0
    /// Up to this linear signal the mobius curve leaves the picture alone.
    static let linearPart = 0.3

    /// The mobius curve of FFmpeg's `tonemap` filter.
    ///
    /// - Parameters:
    ///   - signal: the largest of red, green and blue, 1 = reference white.
    ///   - peak: what becomes white, above 1.
    static func mobius(_ signal: Double, peak: Double) -> Double {
        guard signal > linearPart, peak > 1 else { return signal }
        let j = linearPart
        let a = -j * j * (peak - 1) / (j * j - 2 * j + peak)
        let b = (j * j - 2 * j * peak + peak) / max(peak - 1, 1e-6)
        return (b * b + 2 * b * j + j * j) / (b - a) * (signal + a) / (signal + b)
    }
}
