import MediaModel
import Testing

@testable import Planning

struct FieldRuleTests {
    private func video(
        _ order: String?, rate: Ratio = Ratio(30_000, 1001), moving: Int, combed: Int, cycle: Int,
        top: Int = 0, bottom: Int = 0
    ) -> VideoStreamInfo {
        var video = VideoStreamInfo(
            index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
            codedSize: PixelSize(width: 720, height: 480), frameRate: rate, endSeconds: 10,
            fieldOrder: order)
        var counts = FieldCounts()
        counts.moving = moving
        counts.combed = combed
        counts.inPulldownCycle = cycle
        counts.topFirst = top
        counts.bottomFirst = bottom
        video.fields = counts
        return video
    }

    @Test func tagsAreBelievedWhenNothingElseIsKnown() {
        #expect(
            FieldRule.judge(video("bb", moving: 0, combed: 0, cycle: 0)).treatment == .deinterlace)
        #expect(!FieldRule.judge(video("bb", moving: 0, combed: 0, cycle: 0)).topFieldFirst)
        #expect(FieldRule.judge(video(nil, moving: 5, combed: 5, cycle: 2)).treatment == .none)
    }

    @Test func combsOutweighAMissingTag() {
        let verdict = FieldRule.judge(
            video("progressive", moving: 75, combed: 70, cycle: 30, top: 3, bottom: 60))
        #expect(verdict.treatment == .deinterlace)
        #expect(!verdict.topFieldFirst)
        #expect(verdict.reason?.contains("70 of 75") == true)
    }

    @Test func clearMovementOutweighsAWrongTag() {
        let wrong = video("tt", moving: 75, combed: 70, cycle: 30, top: 2, bottom: 60)
        #expect(!FieldRule.judge(wrong).topFieldFirst)
        let unclear = video("tt", moving: 75, combed: 70, cycle: 30, top: 20, bottom: 40)
        #expect(FieldRule.judge(unclear).topFieldFirst)
    }

    @Test func wholePicturesAreLeftAloneWhateverMovesUpwards() {
        let verdict = FieldRule.judge(video(nil, moving: 75, combed: 3, cycle: 45, top: 75))
        #expect(verdict.treatment == .none)
    }

    @Test func aTagIsDoubtedOnlyWithMuchEvidence() {
        let whole = FieldRule.judge(video("tt", moving: 75, combed: 0, cycle: 45))
        #expect(whole.treatment == .none)
        #expect(whole.reason?.contains("in spite of the tag tt") == true)
        for (moving, combed) in [(44, 0), (75, 1), (75, 8)] {
            #expect(
                FieldRule.judge(video("tt", moving: moving, combed: combed, cycle: 20)).treatment
                    == .deinterlace)
        }
    }

    @Test func pulldownNeedsItsCycleAndItsRate() {
        #expect(
            FieldRule.judge(video("tt", moving: 75, combed: 30, cycle: 74)).treatment
                == .inverseTelecine)
        #expect(
            FieldRule.judge(video("tt", moving: 75, combed: 30, cycle: 50)).treatment
                == .deinterlace)
        #expect(
            FieldRule.judge(video("tt", rate: Ratio(25, 1), moving: 75, combed: 30, cycle: 74))
                .treatment == .deinterlace)
    }
}
