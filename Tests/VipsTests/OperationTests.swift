import Testing
import Vips

@Suite struct OperationTests {
    init() throws {
        try Runtime.start()
    }

    @Test func anUnknownOperationIsNamed() throws {
        let error = try #require(throws: VipsError.self) { _ = try Operation("sharpenn") }
        #expect(error.kind == .unknownOperation)
        #expect(error.operation == "sharpenn")
        #expect(!Runtime.hasOperation("sharpenn"))
    }

    @Test func anUnknownArgumentIsNamedAndDoesNotReachGLib() throws {
        _ = Warnings.take()
        var operation = try Operation("invert")
        do {
            try operation.set("sideways", 1)
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .badArgument)
            #expect(error.detail == "no argument sideways")
        }
        #expect(!Warnings.take().contains { $0.contains("sideways") })
    }

    @Test func aValueOfTheWrongTypeOrNicknameIsRefused() throws {
        var operation = try Operation("resize")
        do {
            try operation.set("kernel", "perfect")
            Issue.record("accepted")
        } catch {
            #expect(error.detail == "no such value for kernel")
        }
        do {
            try operation.set("scale", .string("half"))
            Issue.record("accepted")
        } catch {
            #expect(error.detail == "scale has another type")
        }
    }

    @Test func aWholeNumberTooLargeForTheLibraryIsRefused() throws {
        var operation = try Operation("black")
        do {
            try operation.set("width", .int(1 << 40))
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .badArgument)
            #expect(error.detail.contains("out of range"))
        }
    }

    @Test func aMissingArgumentFailsTheRun() throws {
        var operation = try Operation("invert")
        do {
            try operation.run()
            Issue.record("ran")
        } catch {
            #expect(error.operation == "invert")
            #expect(error.detail.contains("in"))
        }
    }

    @Test func anErrorTakesTheMessageWithIt() throws {
        let image = try Image.plain(width: 4, height: 4, colour: [1, 2, 3])
        let first = try #require(throws: VipsError.self) {
            try image.extractingArea(left: 3, top: 3, width: 9, height: 9)
        }
        #expect(first.operation == "extract_area")
        #expect(first.detail.contains("bad extract area"))
        let second = try #require(throws: VipsError.self) { try image.extractingBands(from: 9) }
        #expect(second.operation == "extract_band")
        #expect(!second.detail.contains("bad extract area"))
    }

    @Test func versionsAreThoseOfTheLoadedLibrary() throws {
        #expect(try Oracle.run("vips", "--version").contains(Runtime.version))
    }

    @Test func onlyWarningsAreCollected() throws {
        // Resampling logs information about its masks; nothing of it is a warning.
        _ = try Image.plain(width: 64, height: 64, colour: [1, 2, 3])
            .resized(by: 0.3).average()
        #expect(!Warnings.take().contains { $0.contains("mask") || $0.contains("residual") })
    }
}
