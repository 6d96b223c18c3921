import MediaModel

/// Finds shot changes, black and frozen stretches while the frames pass. Pure; memory: two grids.
///
/// Definitions are FFmpeg's, so that operators can check them: `scdet`, `blackdetect`,
/// `freezedetect` with their defaults. <https://ffmpeg.org/ffmpeg-filters.html>
struct FilmAnalyser {
    /// scdet's threshold, in percent.
    private static let cutScore = 10.0
    /// blackdetect: `pixel_black_th` 0.10 on limited range, `picture_black_ratio_th` 0.98.
    private static let blackLevel = UInt8(16 + 219 / 10)
    private static let blackShare = 0.98
    /// freezedetect: `noise` −60 dB of full scale.
    private static let frozenDistance = 0.255

    private var cuts: [Double] = []
    private var previous: LumaGrid?
    private var previousDifference = 0.0
    private var black = Stretches()
    private var frozen = Stretches()
    private var reference: LumaGrid?

    /// Sees every frame in order.
    /// - Returns: whether a new shot begins with this one.
    mutating func offer(_ grid: LumaGrid, at seconds: Double) -> Bool {
        if Self.isBlack(grid) {
            black.begin(at: seconds)
        } else {
            black.end(at: seconds)
        }
        let isFrozen = reference.map { grid.distance(to: $0) <= Self.frozenDistance } ?? false
        if !isFrozen {
            frozen.end(at: seconds)
            frozen.begin(at: seconds)
            reference = grid
        }
        return judgeCut(grid, at: seconds)
    }

    static func isBlack(_ grid: LumaGrid) -> Bool {
        grid.share(atMost: blackLevel) >= blackShare
    }

    /// - Parameter endSeconds: end of the last frame.
    mutating func finish(at endSeconds: Double) -> FilmAnalysis {
        black.end(at: endSeconds)
        frozen.end(at: endSeconds)
        var analysis = FilmAnalysis()
        analysis.sceneCuts = cuts
        analysis.black = black.found
        analysis.frozen = frozen.found
        return analysis
    }

    private mutating func judgeCut(_ grid: LumaGrid, at seconds: Double) -> Bool {
        defer { previous = grid }
        guard let previous else { return false }
        let difference = grid.distance(to: previous) * 100 / 256
        // A cut is a jump in difference, not a large difference: fast motion has that too.
        let score = min(difference, abs(difference - previousDifference))
        previousDifference = difference
        guard score >= Self.cutScore else { return false }
        if cuts.count < FilmAnalysis.mostEntries { cuts.append(seconds) }
        return true
    }
}

/// Stretches of time with something in common.
private struct Stretches {
    private(set) var found: [TimeSpan] = []
    private var start: Double?

    /// Shorter ones are rhythm, not damage, in seconds: FFmpeg's default for both detectors.
    private static let least = 2.0

    mutating func begin(at seconds: Double) { start = start ?? seconds }

    mutating func end(at seconds: Double) {
        guard let start else { return }
        self.start = nil
        if seconds - start >= Self.least, found.count < FilmAnalysis.mostEntries {
            found.append(TimeSpan(startSeconds: start, endSeconds: seconds))
        }
    }
}
