import MediaModel
import Planning
import Testing

/// What is decided for a document.
struct DocumentPlannerTests {
    private func plan(
        _ sizes: [(width: Double, height: Double)], allowsCopying: Bool = true,
        limits: Limits = Limits(), sidecar: Sidecar = Sidecar(),
        change: (inout Recipe) -> Void = { _ in }
    ) throws -> Plan {
        var recipe = Recipe()
        change(&recipe)
        return try Planner(limits: limits, cores: 2).plan(
            MediaInfo(
                kind: .document, format: "pdf", mediaType: "application/pdf", byteCount: 1000,
                document: DocumentInfo(
                    pageCount: sizes.count, pageSizes: DocumentInfo.runs(sizes),
                    allowsCopying: allowsCopying)),
            recipe: recipe, source: PlanSource(sha256: "0", sidecar: sidecar))
    }

    private let a4 = (width: 595.28, height: 841.89)

    @Test func pagesComeAtTwoWidthsAndTheFirstIsTheCover() throws {
        let plan = try plan([a4, a4, (842, 595)])
        let document = try #require(plan.document)
        #expect(document.pages.map(\.number) == [1, 2, 3])
        #expect(document.pages[1].size == PixelSize(width: 1600, height: 2263))
        #expect(
            document.pages[2].pictures.map(\.size) == [
                PixelSize(width: 1600, height: 1131), PixelSize(width: 800, height: 565),
            ])
        #expect(
            document.pages[1].pictures.map(\.output.name) == [
                "page-2-1600.webp", "page-2-800.webp",
            ])
        // One drawing, large enough for the cover.
        #expect(document.pages[0].size.width == 1920)
        let roles = Set(document.pages[0].pictures.map(\.output.role))
        #expect(roles == [.cover, .share, .card, .page])
        #expect(plan.outputs.last?.name == "text" && plan.still == nil)
        #expect(plan.warnings == [])
        for page in document.pages {
            for picture in page.pictures {
                #expect(picture.size.width <= page.size.width, "\(picture.output.name)")
            }
        }
    }

    @Test func theCapLeavesPagesOutWithAWarning() throws {
        let plan = try plan(Array(repeating: a4, count: 120)) { $0.document.maximumPages = 7 }
        #expect(plan.document?.pages.count == 7)
        #expect(plan.warnings.map(\.code) == ["pagesLeftOut"])
        #expect(plan.warnings[0].message.contains("7 of 120"))
        let cover = try self.plan([a4, a4]) { $0.document.maximumPages = 0 }
        #expect(cover.document?.pages.count == 1 && cover.warnings == [])
        #expect(cover.document?.pages[0].pictures.contains { $0.output.role == .page } == false)
    }

    @Test func longPagesAreNarrowerAndNoneIsMadeTwice() throws {
        let document = try #require(try plan([(100, 200_000), (200_000, 1), (1, 1e7)]).document)
        for page in document.pages {
            #expect(max(page.size.width, page.size.height) <= 16_383)
            #expect(min(page.size.width, page.size.height) >= 1)
            #expect(page.size.area <= 25_000_000)
        }
        #expect(document.pages[0].pictures.filter { $0.output.role == .page }.count == 1)
        let poster = try #require(try plan([(3000, 30_001)]).document?.pages[0])
        #expect(poster.size.area > 24_900_000 && poster.size.area <= 25_000_000)
        #expect(abs(poster.size.aspectRatio - 3000 / 30_001) < 0.001)
    }

    @Test func pagesThatCannotBeReadAreLeftOut() throws {
        let plan = try plan([(0, 0), a4, (0, 0), (0, 0), a4])
        #expect(plan.document?.pages.map(\.number) == [2, 5])
        #expect(plan.warnings.map(\.code) == ["unreadablePages"])
        #expect(plan.warnings[0].message.contains("3 of"))
        let failure = try #require(throws: Failure.self) { try self.plan([(0, 0)]) }
        #expect(failure.kind == .invalidMedia && failure.code == "noPages")
    }

    @Test func textIsTakenOutUnlessSomebodyForbidsIt() throws {
        #expect(try plan([a4], allowsCopying: false).document?.text == nil)
        #expect(try plan([a4]) { $0.document.text = false }.document?.text == nil)
        #expect(try plan([a4]).document?.text?.maximumBytes == 4 << 20)
    }

    @Test func tooManyPagesAreRefusedByLimit() throws {
        var limits = Limits()
        limits.documentPages = 3
        let failure = try #require(throws: Failure.self) {
            try plan(Array(repeating: a4, count: 4), limits: limits)
        }
        #expect(failure.kind == .limitExceeded && failure.code == "documentPages")
        #expect(failure.operatorText.contains("4") && failure.operatorText.contains("3"))
    }

    @Test func whatChangesThePicturesChangesTheirKeys() throws {
        func keys(_ plan: Plan) -> [String] { plan.outputs.map(\.key) }
        let one = try keys(plan([a4]))
        #expect(try keys(plan([a4])) == one)
        #expect(Set(one).count == one.count)
        #expect(try keys(plan([(595, 842)])) != one)
        #expect(
            try Set(keys(plan([a4]) { $0.image.webpQuality = 1 })).isDisjoint(with: one) == false)
        var sidecar = Sidecar()
        sidecar.credit = Credit(creator: "A", copyright: nil, license: nil)
        let credited = try keys(plan([a4], sidecar: sidecar))
        #expect(Set(credited).intersection(one).count == 1, "the text holds no credit")
    }
}
