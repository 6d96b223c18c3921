package import MediaModel

/// The sizes a film is offered in: pure arithmetic on plain numbers.
package enum Ladder {
    package struct Step: Hashable, Sendable {
        package var name: String
        /// Of the recipe's rung that it is.
        package var height: Int
        package var size: PixelSize
        package var maximum: Bitrate
        package var reason: String
    }

    /// A rung this close in area to the one above it looks the same and only costs.
    static let redundantArea = 0.75

    /// - Parameters:
    ///   - display: upright, square-pixel size of the source.
    ///   - exact: the same before it was rounded; nil = as it is.
    /// - Returns: at least one step, largest first, none larger than the source, and a decision for
    ///   every rung that was left out.
    package static func steps(
        display: PixelSize, exact: (width: Double, height: Double)? = nil,
        framesPerSecond: Double, rungs: [Recipe.Rung]
    ) -> (steps: [Step], pruned: [Decision]) {
        var steps: [Step] = []
        var pruned: [Decision] = []
        let rungs = rungs.sorted { $0.height > $1.height }
        let isUpright = display.height > display.width
        for (position, rung) in rungs.enumerated() {
            // 16:9 boxes; an upright picture gets an upright box.
            let long = Int((Double(rung.height) * 16 / 9).rounded())
            let box =
                isUpright
                ? PixelSize(width: rung.height, height: long)
                : PixelSize(width: long, height: rung.height)
            let scale = min(
                Double(box.width) / Double(display.width),
                Double(box.height) / Double(display.height))
            let isTop = steps.isEmpty
            // The smallest box that still holds the source whole gives the source-sized rung.
            let nextHolds = rungs.dropFirst(position + 1).contains { next in
                let nextLong = Int((Double(next.height) * 16 / 9).rounded())
                return max(display.width, display.height) <= nextLong
                    && min(display.width, display.height) <= next.height
            }
            if scale >= 1, nextHolds {
                pruned.append(
                    Decision(
                        "rung \(rung.height)p", "left out",
                        because: "the source is \(display); nothing is ever upscaled"))
                continue
            }
            let size = scale >= 1 ? even(display, within: display) : fitted(display, exact, scale)
            if let above = steps.last,
                Double(size.area) > redundantArea * Double(above.size.area)
            {
                pruned.append(
                    Decision(
                        "rung \(rung.height)p", "left out",
                        because:
                            "\(size) is more than \(Int(redundantArea * 100)) % of the area of "
                            + "\(above.size)"))
                continue
            }
            // Caps are given for 30 frames per second; twice the frames need about 1.5 × the bits.
            let cap = framesPerSecond > 40 ? rung.maximumKilobits * 3 / 2 : rung.maximumKilobits
            let holdsSource = scale >= 1
            steps.append(
                Step(
                    name: "video-\(nominal(rung, display, holdsSource, rungs))p",
                    height: rung.height, size: size, maximum: .kilobits(cap),
                    reason: holdsSource
                        ? "the source's own size"
                        : isTop
                            ? "the largest size of the recipe; the source is \(display)"
                            : "the source reaches it"))
        }
        return (steps, pruned)
    }

    /// The name a viewer knows: the rung's height, or the short side of a source smaller than all.
    private static func nominal(
        _ rung: Recipe.Rung, _ display: PixelSize, _ holdsSource: Bool, _ rungs: [Recipe.Rung]
    ) -> Int {
        guard holdsSource, rung == rungs.last else { return rung.height }
        return min(rung.height, max(2, min(display.width, display.height)))
    }

    /// Scaled down, even, aspect within one pixel, never less than 2×2.
    private static func fitted(
        _ display: PixelSize, _ exact: (width: Double, height: Double)?, _ scale: Double
    ) -> PixelSize {
        // Rounded once, not twice.
        func side(_ length: Int, _ exact: Double?) -> Int {
            let even = Int(((exact ?? Double(length)) * scale / 2).rounded()) * 2
            return max(2, min(even, length & ~1))
        }
        return PixelSize(
            width: side(display.width, exact?.width), height: side(display.height, exact?.height))
    }

    /// Even without adding pixels, except where a side of 1 must become 2.
    private static func even(_ size: PixelSize, within display: PixelSize) -> PixelSize {
        PixelSize(width: max(2, size.width & ~1), height: max(2, size.height & ~1))
    }
}
