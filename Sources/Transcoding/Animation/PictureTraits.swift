import MediaModel

/// What can be told of a picture by looking at its pixels once.
struct PictureTraits: Hashable {
    /// Share of pixels that are not fully transparent, 0…1.
    var visibleShare: Double
    /// Distance between its darkest and its brightest visible pixel, 0…255.
    var contrast: Int
    /// Share of visible pixels that equal their right neighbour, 0…1.
    var flatShare: Double

    /// Below this a picture shows nothing: one that has not begun yet, or has faded.
    private static let leastVisible = 0.02
    /// Below this it is one colour to the eye: a fade's beginning, noise on black.
    private static let leastContrast = 16

    var showsSomething: Bool {
        visibleShare > Self.leastVisible && contrast >= Self.leastContrast
    }

    var isFlat: Bool { flatShare >= AnimationInfo.flatShare }

    init(_ picture: PackedFrame) {
        precondition(picture.channels == 4, "not a frame of an animation")
        var visible = 0
        var equal = 0
        var pairs = 0
        var darkest = 255
        var brightest = 0
        let span = picture.pixels.span
        for row in 0..<picture.height {
            let start = row * picture.width * 4
            for column in 0..<picture.width {
                let at = start + column * 4
                guard span[at + 3] > 0 else { continue }
                visible += 1
                // Rec. 709 in 256ths.
                let luma =
                    (54 * Int(span[at]) + 183 * Int(span[at + 1]) + 19 * Int(span[at + 2])) >> 8
                darkest = min(darkest, luma)
                brightest = max(brightest, luma)
                guard column + 1 < picture.width else { continue }
                pairs += 1
                if span[at] == span[at + 4], span[at + 1] == span[at + 5],
                    span[at + 2] == span[at + 6], span[at + 3] == span[at + 7]
                {
                    equal += 1
                }
            }
        }
        visibleShare = Double(visible) / Double(max(1, picture.width * picture.height))
        contrast = max(0, brightest - darkest)
        flatShare = Double(equal) / Double(max(1, pairs))
    }
}

extension PackedFrame {
    /// Whether any pixel of four channels is not opaque.
    var isTransparent: Bool {
        let span = pixels.span
        return stride(from: 3, to: span.count, by: 4).contains { span[$0] < 255 }
    }
}
