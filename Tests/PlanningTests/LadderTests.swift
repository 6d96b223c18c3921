import MediaModel
import Planning
import TestSupport
import Testing

struct LadderTests {
    private let rungs = Recipe.Video().rungs

    private func sizes(_ width: Int, _ height: Int, rate: Double = 25) -> [String] {
        Ladder.steps(
            display: PixelSize(width: width, height: height), framesPerSecond: rate, rungs: rungs
        ).steps.map { "\($0.name) \($0.size)" }
    }

    @Test func aFullHDFilmGetsTheUsualRungs() {
        #expect(
            sizes(1920, 1080) == [
                "video-1080p 1920x1080", "video-720p 1280x720", "video-480p 854x480",
                "video-360p 640x360",
            ])
    }

    @Test func anUprightFilmGetsUprightBoxes() {
        #expect(
            sizes(1080, 1920) == [
                "video-1080p 1080x1920", "video-720p 720x1280", "video-480p 480x854",
                "video-360p 360x640",
            ])
    }

    @Test func aSourceBetweenTwoRungsKeepsItsOwnSize() {
        #expect(sizes(1600, 900).first == "video-1080p 1600x900")
    }

    @Test func aSourceSmallerThanAllRungsKeepsItsOwnSize() {
        #expect(sizes(320, 240) == ["video-240p 320x240"])
    }

    @Test(arguments: [(1, 1), (1, 4000), (4000, 1), (3, 3)])
    func aSideOfOnePixelBecomesTwo(width: Int, height: Int) {
        for step in Ladder.steps(
            display: PixelSize(width: width, height: height), framesPerSecond: 25, rungs: rungs
        ).steps {
            #expect(step.size.width >= 2 && step.size.height >= 2)
        }
    }

    @Test func oddSizesBecomeEvenWithoutAddingPixels() {
        #expect(sizes(161, 121) == ["video-121p 160x120"])
    }

    @Test func twiceTheFramesGetHalfAsManyBitsMore() {
        let display = PixelSize(width: 1920, height: 1080)
        let slow = Ladder.steps(display: display, framesPerSecond: 30, rungs: rungs).steps
        let fast = Ladder.steps(display: display, framesPerSecond: 60, rungs: rungs).steps
        #expect(slow[0].maximum == .kilobits(6000))
        #expect(fast[0].maximum == .kilobits(9000))
    }

    @Test func everyRungLeftOutHasItsReason() {
        let (steps, pruned) = Ladder.steps(
            display: PixelSize(width: 1280, height: 720), framesPerSecond: 25, rungs: rungs)
        #expect(steps.count + pruned.count == rungs.count)
        #expect(pruned.allSatisfy { !$0.reason.isEmpty })
    }

    @Test func ladderNeverUpscalesAndKeepsTheAspect() {
        var random = SplitMix(seed: 1080)
        for _ in 0..<20_000 {
            let display = PixelSize(
                width: Int.random(in: 1...9000, using: &random),
                height: Int.random(in: 1...9000, using: &random))
            let (steps, pruned) = Ladder.steps(
                display: display, framesPerSecond: 25, rungs: rungs)
            #expect(!steps.isEmpty, "seed 1080, \(display)")
            #expect(steps.count + pruned.count == rungs.count, "seed 1080, \(display)")
            #expect(Set(steps.map(\.name)).count == steps.count, "seed 1080, \(display)")
            for (above, below) in zip(steps, steps.dropFirst()) {
                #expect(below.size.area < above.size.area, "seed 1080, \(display)")
                #expect(below.maximum <= above.maximum, "seed 1080, \(display)")
            }
            for step in steps {
                let size = step.size
                #expect(size.width % 2 == 0 && size.height % 2 == 0, "seed 1080, \(display)")
                #expect(size.width <= max(2, display.width), "seed 1080, \(display)")
                #expect(size.height <= max(2, display.height), "seed 1080, \(display)")
                // Within a pixel of the exact proportion, where two pixels allow one.
                let exact = Double(size.width) * Double(display.height) / Double(display.width)
                let other = Double(size.height) * Double(display.width) / Double(display.height)
                #expect(
                    abs(exact - Double(size.height)) <= 2 || abs(other - Double(size.width)) <= 2
                        || min(size.width, size.height) == 2,
                    "seed 1080, \(display) → \(size)")
            }
        }
    }
}
