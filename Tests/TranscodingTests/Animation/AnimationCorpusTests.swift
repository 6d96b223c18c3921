import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

/// Real animations, as Pillow and ffprobe read them.
@Suite(.serialized) struct AnimationCorpusTests {
    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("image-gif-animated-380f.gif", 380), ("image-webp-animated-50f.webp", 50),
            ("image-apng-animated.apng", 0), ("image-avif-animated-alpha.avif", 5),
        ])
    func realAnimationsMove(name: String, frames: Int) throws {
        let run = try AnimationRun()
        // Small: every frame and its time is looked at, and none of that depends on the size.
        var recipe = AnimationRun.recipe
        recipe.animation.maximumSide = 128
        try run.run(Corpus.file(name), recipe: recipe)
        #expect(run.info?.kind == .animation)
        let count = try #require(run.info?.image?.animation?.frameCount)
        if frames > 0 { #expect(count == frames) }
        #expect(!run.moving.isEmpty)
        let seconds = try #require(run.info?.durationSeconds)
        for name in run.moving {
            let file = try #require(run.file(name))
            let delays =
                name.hasSuffix("mp4")
                ? try AnimationRun.packetDelays(file) : try AnimationRun.webp(file).delays
            #expect(abs(Double(delays.reduce(0, +)) / 1000 - seconds) < 0.002, "\(name)")
        }
        print(
            "\(name): \(run.events.artifacts.filter { $0.description.role == .animation }.map { ($0.description.name, $0.file.byteCount) })"
        )
    }
}
