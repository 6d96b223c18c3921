import FFmpeg

/// Tells frames that hold two moments by their combs: where something moves, every second line is
/// off, so that a line differs from both its neighbours in the same direction while these agree.
///
/// FFmpeg's `idet` compares fields over time and takes things that move up or down in whole
/// pictures (credits) for interlace; a comb is seen in one picture and cannot be mistaken.
struct CombMeter {
    enum Verdict { case still, whole, combed }

    private let width: Int
    private let height: Int
    private var previous: [UInt8] = []

    /// Every so many columns are looked at.
    private static let columnStep = 4
    /// Steps of brightness that are no noise.
    private static let step = 12
    /// Points that must move before anything can be said, as a share of those looked at.
    private static let movingShare = 0.002
    /// Points on combs, as a share of those that move: edges comb, areas between them do not.
    private static let combedShare = 0.06

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter luma: rows of `width` bytes.
    mutating func judge(_ luma: [UInt8]) -> Verdict {
        defer { previous = luma }
        guard previous.count == luma.count, luma.count == width * height, height > 4 else {
            return .still
        }
        var looked = 0
        var moving = 0
        var combed = 0
        unsafe luma.withUnsafeBufferPointer { now in
            unsafe previous.withUnsafeBufferPointer { before in
                for row in 2..<height - 2 {
                    for column in stride(from: 0, to: width, by: Self.columnStep) {
                        let at = row * width + column
                        looked += 1
                        let here = unsafe Int(now[at])
                        guard unsafe abs(here - Int(before[at])) > Self.step else { continue }
                        moving += 1
                        let above = unsafe Int(now[at - width])
                        let below = unsafe Int(now[at + width])
                        guard abs(above - below) < Self.step, abs(here - above) > Self.step,
                            abs(here - below) > Self.step
                        else { continue }
                        // The next two of its own field agree with it: a comb, not a thin line.
                        let own = unsafe Int(now[at - 2 * width]) + Int(now[at + 2 * width])
                        if abs(2 * here - own) < 2 * Self.step { combed += 1 }
                    }
                }
            }
        }
        guard Double(moving) > Self.movingShare * Double(looked) else { return .still }
        return Double(combed) > Self.combedShare * Double(moving) ? .combed : .whole
    }

    /// How many frames fit the cycle of 3:2 pulldown (two combed, three whole) best laid over them.
    /// - Parameter verdicts: of frames that follow each other.
    static func inPulldownCycle(_ verdicts: [Verdict]) -> Int {
        (0..<5).map { phase in
            verdicts.enumerated().filter { index, verdict in
                verdict != .still && (verdict == .combed) == ((index + phase) % 5 < 2)
            }.count
        }.max() ?? 0
    }
}
