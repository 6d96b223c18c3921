import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Documents as nobody wants them.
@Suite struct HostileDocumentTests {
    let run: DocumentRun

    init() throws { run = try DocumentRun() }

    private func failure(_ file: URL, limits: Limits = Limits()) throws -> Failure {
        try #require(throws: Failure.self) { try run.run(file, limits: limits) }
    }

    private func locked(_ arguments: [String]) async throws -> URL {
        let plain = try run.fixture(PDFFile([.text(["secret words"])]))
        let locked = run.directory.file("locked.pdf")
        try await Program("qpdf").run(
            ["--allow-weak-crypto", "--encrypt"] + arguments
                + ["--", plain.path, locked.path])
        return locked
    }

    @Test(arguments: ["128", "256"])
    func aPasswordIsAskedForInPlainWords(bits: String) async throws {
        let failure = try failure(try await locked(["secret", "owner", bits]))
        #expect(failure.kind == .invalidMedia && failure.code == "encrypted")
        #expect(failure.uploaderText.contains("password"))
    }

    @Test func withoutAPasswordItOpensAndKeepsWhatItForbids() async throws {
        try run.run(try await locked(["", "owner", "256", "--extract=n"]))
        #expect(!run.events.artifacts.contains { $0.description.role == .text })
        #expect(run.events.artifacts.contains { $0.description.role == .page })
        #expect(
            run.plan?.decisions.contains { $0.subject == "text" && $0.reason.contains("forbids") }
                == true)
    }

    @Test func scriptsAndAttachmentsAreNamedAndInNothingThatIsPublished() throws {
        try run.run(run.fixture(.hostile))
        #expect(
            run.info?.warnings.map(\.code) == ["documentScripts", "documentAttachments"])
        #expect(!run.events.artifacts.isEmpty)
        for artifact in run.events.artifacts {
            let bytes = try Data(contentsOf: run.directory.file(artifact.file.path))
            #expect(bytes.range(of: Data("canary".utf8)) == nil, "\(artifact.file.path)")
        }
    }

    @Test func whatIsCutOffIsShownWithAWarningOrRefused() throws {
        let whole = PDFFile((1...6).map { .text(["page \($0)"], width: 200, height: 100) }).data
        var shown = 0
        // The last one only lacks its end.
        let lengths = (1..<20).map { whole.count * $0 / 20 } + [whole.count - 12]
        for length in lengths {
            let part = length * 20 / whole.count
            let run = try DocumentRun()
            let file = try run.directory.write(whole.prefix(length), to: "cut.pdf")
            do {
                try run.run(file)
                shown += 1
                let codes = run.events.warnings + (run.plan?.warnings.map(\.code) ?? [])
                let isWhole = run.info?.document?.pageCount == 6
                #expect(!isWhole || !codes.isEmpty || part > 17, "\(part): \(codes)")
            } catch let failure as Failure {
                #expect(failure.kind == .invalidMedia, "\(part): \(failure)")
                #expect(["unreadableDocument", "noPages"].contains(failure.code), "\(failure)")
            }
        }
        #expect(shown > 0)
    }

    @Test func mutatedDocumentsNeverEndTheProcess() throws {
        var random = SplitMix(seed: 20_261_126)
        var whole = PDFFile([.text(["some words"]), .quarters(50, 50)])
        whole.extras = [PDFFile.stream("1 0 0 rg", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]")]
        whole.resources = "/XObject<</X 5 0 R>>"
        let bytes = whole.data
        var outcomes: [String: Int] = [:]
        for _ in 0..<150 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 9..<mutated.count, using: &random)
                mutated[place] = UInt8.random(in: 0...255, using: &random)
            }
            let run = try DocumentRun()
            let file = try run.directory.write(mutated, to: "mutated.pdf")
            do {
                try run.run(file)
                outcomes["shown", default: 0] += 1
            } catch let failure as Failure {
                #expect([.invalidMedia, .limitExceeded].contains(failure.kind), "\(failure)")
                outcomes[failure.code, default: 0] += 1
            }
        }
        #expect(outcomes["shown", default: 0] > 20, "\(outcomes)")
    }

    @Test func aHugePageIsASmallPicture() throws {
        try run.run(
            run.fixture(
                PDFFile([
                    .quarters(14_400, 14_400), .quarters(9_000_000, 9_000_000),
                    .quarters(2, 60_000),
                ])))
        let sizes = run.events.artifacts.compactMap { artifact in
            artifact.description.width.map { ($0, artifact.description.height ?? 0) }
        }
        #expect(sizes.allSatisfy { $0.0 <= 120 && $0.1 <= 16_383 })
        #expect(run.info?.document?.pageCount == 3)
    }

    @Test func pageCountsThatCannotBeAreRefused() throws {
        for count in [-2_147_483_648, 0, -1] {
            var file = PDFFile([.quarters(40, 30)])
            file.claimedCount = count
            file.pages = count == 0 ? [] : file.pages
            let failure = try failure(run.fixture(file))
            #expect(failure.kind == .invalidMedia && failure.code == "noPages", "\(failure)")
        }
        var limits = Limits()
        limits.documentPages = 2
        let many = try run.fixture(PDFFile(Array(repeating: .quarters(9, 9), count: 3)))
        #expect(try failure(many, limits: limits).code == "documentPages")
    }

    @Test func pagesThatDrawThemselvesEnd() throws {
        var file = PDFFile([PDFFile.Page(100, 100, "/X Do 0 0 50 50 re f")])
        file.extras = [
            PDFFile.stream(
                "/X Do",
                "/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
                    + "/Resources<</XObject<</X 5 0 R>>>>")
        ]
        file.resources = "/XObject<</X 5 0 R>>"
        try run.run(run.fixture(file))
        #expect(run.events.artifacts.contains { $0.description.role == .page })
    }

    @Test func workThatTakesTooLongIsLeftBehind() throws {
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        let late = TimeLimit.run(until: .now + .milliseconds(20)) {
            gate.wait()
            return 1
        }
        #expect(late == nil)
        #expect(TimeLimit.run(until: .now + .seconds(60)) { 2 } == 2)
    }

    @Test func aBombIsRefusedByItsTime() throws {
        var limits = Limits()
        limits.documentPageSeconds = 0
        let failure = try failure(run.fixture(.bomb(levels: 4)), limits: limits)
        #expect(failure.kind == .limitExceeded && failure.code == "documentPageSeconds")
        limits.documentPageSeconds = 30
        limits.documentSeconds = 0
        let whole = try self.failure(run.fixture(.bomb(levels: 4)), limits: limits)
        #expect(whole.code == "documentSeconds")
    }
}
