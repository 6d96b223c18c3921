import MediaModel
import Planning
import TestSupport
import Testing

/// What is reserved for a job before it works.
struct ResourceNeedTests {
    private static let gibibyte = Int64(1) << 30

    private func film(
        _ width: Int, _ height: Int, format: String = "yuv420p", depth: Int = 8,
        seconds: Double = 60
    ) -> MediaInfo {
        MediaInfo(
            kind: .video, format: "mov", mediaType: "video/mp4", byteCount: 1 << 20,
            durationSeconds: seconds,
            video: VideoStreamInfo(
                index: 0, codec: "h264", pixelFormat: format, bitDepth: depth,
                codedSize: PixelSize(width: width, height: height), frameRate: Ratio(25, 1),
                endSeconds: seconds))
    }

    private func photograph(_ width: Int, _ height: Int) -> MediaInfo {
        MediaInfo(
            kind: .image, format: "jpeg", mediaType: "image/jpeg", byteCount: 1 << 20,
            image: ImageInfo(
                loader: "jpegload_source", codedSize: PixelSize(width: width, height: height),
                bands: 3))
    }

    private func revision(_ info: MediaInfo, _ recipe: Recipe = Recipe()) throws -> Revision {
        Revision(
            try Planner(cores: 2).plan(
                info, recipe: recipe, source: PlanSource(sha256: "abc", sidecar: Sidecar())),
            published: nil)
    }

    private func memory(_ info: MediaInfo, _ recipe: Recipe = Recipe()) throws -> Int64 {
        try revision(info, recipe).need(info).memoryBytes
    }

    /// Peak resident memory of real workers, in MiB (two of them the handbook's): what is reserved is no
    /// less, and not twice as much.
    @Test func figuresFitWhatWasMeasured() throws {
        let measured: [(MediaInfo, Int64)] = [
            (film(1920, 1080), 740), (film(3840, 2160), 1857), (photograph(6000, 4000), 320),
        ]
        for (info, mebibytes) in measured {
            let reserved = try memory(info) >> 20
            #expect(reserved >= mebibytes && reserved < 2 * mebibytes, "\(reserved) MiB")
        }
    }

    @Test func moreToHoldIsMoreToReserve() throws {
        let hd = try memory(film(1920, 1080))
        #expect(try memory(film(1280, 720)) < hd)
        #expect(try memory(film(3840, 2160)) > hd)
        #expect(try memory(film(1920, 1080, format: "yuv444p10le", depth: 10)) > hd)
        var recipe = Recipe()
        recipe.video.preset = "slow"
        #expect(try memory(film(1920, 1080), recipe) > hd)
        #expect(try memory(photograph(12_000, 8000)) > (try memory(photograph(6000, 4000))))
    }

    @Test func longFilmsNeedMoreDiskAndNoMoreMemory() throws {
        let short = film(1920, 1080, seconds: 60)
        let long = film(1920, 1080, seconds: 3600)
        let (one, other) = (try revision(short).need(short), try revision(long).need(long))
        #expect(other.memoryBytes == one.memoryBytes)
        #expect(other.scratchBytes > 30 * one.scratchBytes)
        // An hour in all sizes at their caps, and the MP4 beside them.
        #expect(other.scratchBytes > 3 * Self.gibibyte)
    }

    @Test func theReasonNamesTheLargestPart() throws {
        let info = film(1920, 1080)
        #expect(try revision(info).need(info).reason.contains("libx264 at 1920"))
    }

    /// Whatever a probe finds, there is a figure, it is the same again, and it is below what the
    /// attempt is limited to.
    @Test func anyPlanHasANeedWithinItsLimits() throws {
        var plans = 0
        for index in 0..<600 {
            let seed = UInt64(20_261_126 + index)
            var random = SplitMix(seed: seed)
            let info = MediaInfo.random(using: &random)
            guard let revision = try? revision(info) else { continue }
            plans += 1
            let need = revision.need(info)
            #expect(need == revision.need(info), "seed \(seed)")
            let budget = revision.work.budget
            #expect(need.memoryBytes > 0, "seed \(seed)")
            #expect(need.memoryBytes <= budget.addressSpaceBytes, "seed \(seed)")
            #expect(need.scratchBytes >= 0, "seed \(seed)")
            #expect(need.scratchBytes <= budget.outputBytes, "seed \(seed)")
            #expect(!need.reason.isEmpty, "seed \(seed)")
        }
        #expect(plans > 100)
    }
}
