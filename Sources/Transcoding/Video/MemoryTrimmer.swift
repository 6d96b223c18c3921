import FFmpeg

/// Gives free memory back to the kernel every few seconds of a film.
///
/// Frames and packets of all sizes come and go on many threads, and between those that are in use more and
/// more pages are resident that nobody uses: of 300 MiB after a quarter of an hour 55. To be used by one
/// thread.
struct MemoryTrimmer {
    private static let interval = Duration.seconds(10)
    private var due = ContinuousClock.now + interval

    /// To be called often: does nothing until it is time.
    mutating func tick() {
        let now = ContinuousClock.now
        guard now >= due else { return }
        due = now + Self.interval
        FFmpegLibrary.trimMemory()
    }
}
