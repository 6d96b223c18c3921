import Foundation
import JobQueue
import Logging
import MediaModel
import Planning
import TestSupport
import Testing
import WorkerProtocol

@testable import Pipeline

/// Pictures of twice the default limit in a real worker, whose memory is what the kernel counted.
@Suite(.serialized) struct HugePictureTests {
    private static let side = 14_200
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("huge") }

    /// A picture of 200 megapixels, black at the left and white at the right.
    private func picture(_ name: String, _ options: String, bands: Int) async throws -> URL {
        let (grey, row, file) = (
            directory.file("grey.v").path, directory.file("row.v").path, directory.file(name)
        )
        let vips = try Program("vips")
        _ = try await vips.run(["grey", grey, "\(Self.side)", "1", "--uchar"])
        let channels = Array(repeating: grey, count: bands).joined(separator: " ")
        _ = try await vips.run(["bandjoin", channels, row])
        _ = try await vips.run(
            ["replicate", row, file.path + options, "1", "\(Self.side)"],
            // A few seconds, on a machine that has nothing else to do.
            atMost: .seconds(600))
        return file
    }

    private struct Outcome {
        var info: MediaInfo
        var result: WorkResult
        var usage: WorkUsage
        var scratch: URL
    }

    /// One attempt by a worker as the daemon has them. Forked, as a started one's figure would be at
    /// least what this process has: an `exec` keeps the highest of before.
    private func process(_ file: URL, limits: Limits) async throws -> Outcome {
        let pool = WorkerPool(
            executable: PackageLayout.product("vitrine-worker").path, forks: true,
            limits: LimitBook(limits),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        do {
            _ = try await pool.start()
            let outcome = try await attempt(file, limits, pool)
            await pool.stop()
            return outcome
        } catch {
            await pool.stop()
            throw error
        }
    }

    private func attempt(_ file: URL, _ limits: Limits, _ pool: WorkerPool) async throws -> Outcome
    {
        let scratch = directory.file("scratch")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        let upload = try FileHandle(forReadingFrom: file)
        defer { try? upload.close() }
        let place = unsafe open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(place) }
        let session = try await pool.begin(upload: upload.fileDescriptor, scratch: place)
        do {
            let info = try await session.probe(
                ProbeRequest(limits: limits, fileName: file.lastPathComponent))
            var recipe = Recipe()
            recipe.image.widths = [320]
            recipe.image.cards = false
            recipe.image.avifEffort = 0
            recipe.image.deepZoom.aboveMegapixels = 0
            let plan = try Planner(limits: limits, cores: 1).plan(
                info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
            // Of a control group, which it does not have here.
            let bounds = WorkerBounds(
                ResourceNeed(memoryBytes: 1 << 30, scratchBytes: 0, reason: ""),
                budget: plan.budget, lane: .fresh)
            let result = try await session.execute(plan, within: bounds) { _ in }
            return Outcome(
                info: info, result: result, usage: await session.end(), scratch: scratch)
        } catch {
            _ = await session.end()
            throw error
        }
    }

    private static var raised: Limits {
        var limits = Limits()
        limits.stillPixels = 250_000_000
        return limits
    }

    private func expectThePicture(_ outcome: Outcome) async throws {
        #expect(outcome.info.image?.displaySize == PixelSize(width: Self.side, height: Self.side))
        #expect(outcome.result.warnings == [])
        let made = try #require(
            outcome.result.artifacts.first { $0.description.name.hasPrefix("image-320.") })
        let pixels = try await Pixels(outcome.scratch.appending(path: made.file.path))
        #expect(pixels.width == 320 && pixels.height == 320)
        for y in [0, 160, 319] {
            for x in stride(from: 0, to: 320, by: 29) {
                let expected = (Double(x) + 0.5) * 255 / 320
                #expect(abs(Double(pixels.pixel(x: x, y: y)[0]) - expected) < 5, "\(x) \(y)")
            }
        }
    }

    private struct Form: Sendable {
        var name: String
        var options = ""
        var bands = 3
        /// Most memory that a worker takes, in MiB; the bands have 192 each.
        var most: Int
        /// What decoding is said to take, of what cannot be streamed.
        var held: String?
    }

    @Test(arguments: [
        Form(name: "strips.tif", options: "[compression=lzw]", most: 200),
        Form(name: "rows.png", options: "[compression=1]", bands: 1, most: 150),
        Form(name: "baseline.jpg", most: 150),
        // Whatever it is brought down to while it is decoded: all its coefficients.
        Form(name: "progressive.jpg", options: "[interlace]", bands: 1, most: 550, held: "384 MiB"),
        Form(
            name: "interlaced.png", options: "[interlace,compression=1]", bands: 1, most: 350,
            held: "192 MiB"),
    ])
    private func twoHundredMegapixelsAreProcessedOrRefusedByALimit(form: Form) async throws {
        let file = try await picture(form.name, form.options, bands: form.bands)
        try await expectRefusal(
            of: file, Limits(), by: "stillPixels", saying: ["201640000", "100000000"])
        if let held = form.held {
            // Said before memory is asked for, of which half is for decoding.
            var limits = Self.raised
            limits.stillAddressSpace = 320 << 20
            try await expectRefusal(
                of: file, limits, by: "stillAddressSpace", saying: [held, "160 MiB"])
        }
        let outcome = try await process(file, limits: Self.raised)
        try await expectThePicture(outcome)
        let most = outcome.usage.peakResidentBytes >> 20
        print("\(form.name): \(most) MiB at its highest")
        #expect(most < form.most)
    }

    private func expectRefusal(
        of file: URL, _ limits: Limits, by code: String, saying figures: [String]
    ) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await process(file, limits: limits)
        }
        #expect(failure?.kind == .limitExceeded && failure?.code == code)
        for figure in figures + ["limits.\(code)"] {
            #expect(failure?.operatorText.contains(figure) == true, "\(figure): \(failure as Any)")
        }
        #expect(failure?.uploaderText.contains("pixels") == true)
    }
}
