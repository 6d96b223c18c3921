import Foundation
import MediaModel
import Planning
import Testing

@testable import Transcoding

@Suite struct StoryboardTrackTests {
    @Test func cuesCoverTheWholeDurationToTheEnd() throws {
        let json = """
            {"output":{"role":"storyboard","name":"storyboard","key":"00","reason":"",
             "isKept":false},
             "tileSize":{"width":160,"height":90},"columns":2,"rows":2,"intervalSeconds":1.5,
             "tileCount":6,"quality":70,"endSeconds":5.5}
            """
        let plan = try JSONDecoder().decode(StoryboardPlan.self, from: Data(json.utf8))
        let text = StoryboardTrack.text(
            plan, durationSeconds: 8.04, sprites: ["storyboard-1.aa.jpg", "storyboard-2.bb.jpg"])
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "WEBVTT")
        #expect(lines[1] == "00:00:00.000 --> 00:00:01.500")
        #expect(lines[2] == "storyboard-1.aa.jpg#xywh=0,0,160,90")
        #expect(lines[8] == "storyboard-1.aa.jpg#xywh=160,90,160,90")
        #expect(lines[10] == "storyboard-2.bb.jpg#xywh=0,0,160,90")
        #expect(lines[11] == "00:00:07.500 --> 00:00:08.040")
        #expect(lines.count == 13)
    }
}
