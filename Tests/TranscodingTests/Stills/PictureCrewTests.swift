import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding

/// Pictures that are encoded beside each other.
@Suite struct PictureCrewTests {
    @Test(arguments: [2, 5])
    func theSamePicturesComeOutHoweverManyAreEncodedAtOnce(cores: Int) throws {
        let one = try StillRun()
        let file = try one.testPicture("a.jpg", width: 900, height: 600)
        try one.run(file, cores: 1)
        let many = try StillRun().run(file, cores: cores)
        let paths = { (run: StillRun) in run.events.artifacts.map(\.file.path) }
        // A path holds the digest of its content.
        #expect(paths(many) == paths(one))
        #expect(paths(many).count > 10)
    }

    @Test func progressOfManyOnlyGrowsAndEnds() throws {
        let run = try StillRun()
        try run.run(try run.testPicture("a.jpg", width: 900, height: 600), cores: 3)
        let fractions = run.events.all.compactMap { event -> Double? in
            if case .progress(_, let fraction) = event { fraction } else { nil }
        }
        #expect(fractions == fractions.sorted())
        #expect(Set(fractions).count == fractions.count && fractions.count > 10)
        #expect(try #require(fractions.last) > 0.999)
    }

    @Test(arguments: [1, 3])
    func whenOneCannotBeWrittenNothingIsWrittenAnyMore(cores: Int) throws {
        let run = try StillRun()
        let file = try run.testPicture("a.jpg", width: 900, height: 600)
        let plan = try #require(
            try run.run(file, cores: cores).plan, "the first run says what is wanted")
        let wanted = try #require(plan.pictures.dropFirst(3).first).output.name
        let other = try StillRun()
        // Its place is taken.
        try Data().write(to: other.directory.appendingPathComponent("\(wanted).working"))
        let failure = try #require(throws: Failure.self) { try other.run(file, cores: cores) }
        #expect(failure.code == "scratch")
        #expect(failure.operatorText.contains(wanted))
        #expect(other.events.artifacts.isEmpty)
    }
}
