import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

/// What holds for every finding that a probe could report.
struct PlannerPropertyTests {
    static let seed: UInt64 = 20_261_123
    static let count = 2500

    private struct Case: Sendable {
        var info: MediaInfo
        var planner: Planner
        var source: PlanSource
        var result: Result<Plan, Failure>
        var seed: String

        func plan() -> Result<Plan, Failure> {
            Result { () throws(Failure) in
                try planner.plan(info, recipe: Recipe(), source: source)
            }
        }
    }

    /// Each random finding with what planning it led to; made once for all tests.
    private static let cases: [Case] = (0..<count).map { index in
        let seed = seed &+ UInt64(index)
        var random = SplitMix(seed: seed)
        let info = MediaInfo.random(using: &random)
        let planner = Planner(cores: Int.random(in: 1...16, using: &random))
        var one = Case(
            info: info, planner: planner,
            source: PlanSource(sha256: "\(index)", sidecar: Sidecar()),
            result: .failure(.internalError(code: "notPlanned", "")), seed: "seed \(seed)")
        one.result = one.plan()
        return one
    }

    private func forEachPlan(
        _ body: (MediaInfo, Result<Plan, Failure>, String) throws -> Void
    ) rethrows {
        for one in Self.cases { try body(one.info, one.result, one.seed) }
    }

    @Test func planningIsTotalAndDeterministic() {
        var plans = 0
        for one in Self.cases {
            #expect(one.plan() == one.result, "\(one.seed)")
            switch one.result {
            case .success: plans += 1
            case .failure(let failure):
                #expect(!failure.operatorText.isEmpty, "\(one.seed)")
                #expect(!failure.uploaderText.isEmpty, "\(one.seed)")
                #expect([.invalidMedia, .limitExceeded].contains(failure.kind), "\(one.seed)")
            }
        }
        // A generator of nothing but refusals would prove nothing.
        #expect(plans > Self.count / 4)
    }

    @Test func everyPlanSurvivesItsJourneyToTheWorker() throws {
        try forEachPlan { _, result, seed in
            guard case .success(let plan) = result else { return }
            let document = try JSONEncoder().encode(plan)
            #expect(try JSONDecoder().decode(Plan.self, from: document) == plan, "\(seed)")
        }
    }

    @Test func noPictureIsLargerThanTheSource() {
        forEachPlan { info, result, seed in
            guard case .success(let plan) = result else { return }
            if let video = plan.video, let display = info.video?.displaySize {
                for rung in video.rungs {
                    #expect(rung.size.width <= max(2, display.width), "\(seed)")
                    #expect(rung.size.height <= max(2, display.height), "\(seed)")
                    #expect(rung.size.width % 2 == 0 && rung.size.height % 2 == 0, "\(seed)")
                }
                let top = video.rungs[0].size
                for picture in video.poster.pictures {
                    #expect(picture.contentSize.width <= top.width, "\(seed)")
                }
                #expect(video.storyboard.tileSize.width <= max(2, display.width + 1), "\(seed)")
            }
            if let animation = plan.animation, let display = info.image?.displaySize {
                let (size, even) = (animation.size, animation.video.size)
                #expect(size.width <= display.width && size.height <= display.height, "\(seed)")
                #expect(even.width - size.width == size.width % 2, "\(seed)")
                #expect(even.height - size.height == size.height % 2, "\(seed)")
                #expect(max(even.width, even.height) <= 1920, "\(seed)")
            }
            if let still = plan.still, let display = info.image?.displaySize {
                for picture in still.pictures {
                    #expect(picture.contentSize.width <= display.width, "\(seed)")
                    #expect(picture.contentSize.height <= display.height, "\(seed)")
                }
            }
        }
    }

    @Test func namesAndKeysAreUniqueAndPublishable() {
        forEachPlan { _, result, seed in
            guard case .success(let plan) = result else { return }
            let outputs = plan.outputs
            #expect(!outputs.isEmpty, "\(seed)")
            #expect(Set(outputs.map(\.name)).count == outputs.count, "\(seed)")
            #expect(Set(outputs.map(\.key)).count == outputs.count, "\(seed)")
            for output in outputs {
                #expect(ContentName.isValidPath(output.name), "\(seed)")
                #expect(!output.reason.isEmpty, "\(seed)")
            }
        }
    }

    @Test func theStoryboardCoversTheWholeDuration() {
        forEachPlan { _, result, seed in
            guard case .success(let plan) = result, let video = plan.video else { return }
            let board = video.storyboard
            let covered = Double(board.tileCount) * board.intervalSeconds
            #expect(covered >= video.durationSeconds - 1e-6, "\(seed)")
            #expect(covered - board.intervalSeconds < video.durationSeconds + 1e-6, "\(seed)")
            #expect(board.tileCount <= 300, "\(seed)")
        }
    }

    @Test func levelsHoldWhatTheyDeclare() {
        forEachPlan { _, result, seed in
            guard case .success(let plan) = result, let video = plan.video else { return }
            for rung in video.rungs {
                #expect((10...62).contains(rung.level ?? 0), "\(seed)")
                #expect(rung.bufferBits > 0 && rung.threads >= 1, "\(seed)")
                #expect((video.rungs[0].level ?? 0) >= (rung.level ?? 0), "\(seed)")
            }
            #expect(video.frameRate.value <= 60.6, "\(seed)")
        }
    }

    @Test func soundIsNeverRaisedInRateOrChannels() {
        forEachPlan { info, result, seed in
            guard case .success(let plan) = result, let audio = plan.audio, let source = info.audio
            else { return }
            #expect(audio.sampleRate <= max(8000, source.sampleRate), "\(seed)")
            #expect(audio.channels <= min(2, source.channels), "\(seed)")
            #expect(audio.downmix == (source.channels > 2), "\(seed)")
            for rendition in audio.renditions {
                #expect(rendition.bitrate.bitsPerSecond >= 16_000, "\(seed)")
            }
        }
    }

    @Test func budgetsAreBoundedAndPositive() {
        forEachPlan { _, result, seed in
            guard case .success(let plan) = result else { return }
            let budget = plan.budget
            #expect((1...(7 * 86_400)).contains(budget.deadlineSeconds), "\(seed)")
            #expect(budget.stallSeconds > 0 && budget.cpuSeconds > 0, "\(seed)")
            #expect(budget.addressSpaceBytes >= 1 << 30 && budget.outputBytes > 0, "\(seed)")
        }
    }
}
