import MediaModel
import Planning
import Testing

struct ColorRuleTests {
    private func resolve(
        _ color: VideoColor, _ width: Int, _ height: Int, _ format: String = "yuv420p"
    ) -> VideoColor {
        ColorRule.resolve(
            color, size: PixelSize(width: width, height: height), pixelFormat: format
        ).color
    }

    @Test func untaggedHighDefinitionIs709() {
        let color = resolve(VideoColor(), 1920, 1080)
        #expect(
            color
                == VideoColor(
                    primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false))
    }

    @Test func untaggedStandardDefinitionIs601() {
        let color = resolve(VideoColor(), 720, 576)
        #expect(color.matrix == "smpte170m" && color.primaries == "smpte170m")
    }

    @Test func whatIsTaggedStays() {
        let tagged = VideoColor(
            primaries: "bt2020", transfer: "bt709", matrix: "bt2020nc", fullRange: true)
        #expect(resolve(tagged, 640, 480) == tagged)
    }

    @Test func rgbIsFullRangeWithoutAMatrix() {
        for format in ["rgb24", "bgr0", "gbrp10le", "argb", "pal8"] {
            let color = resolve(VideoColor(fullRange: false), 640, 480, format)
            #expect(color.matrix == "gbr" && color.fullRange == true, "\(format)")
        }
    }

    @Test func jpegFormatsAreFullRange() {
        #expect(resolve(VideoColor(), 640, 480, "yuvj420p").fullRange == true)
    }

    @Test func anAbsurdPeakIsNotBelieved() {
        for peak in [0, 1, 99, 10_001, 1e9, -5, .infinity] {
            let color = resolve(
                VideoColor(transfer: "smpte2084", peakNits: peak), 3840, 2160)
            #expect(color.peakNits == 1000, "\(peak)")
        }
        #expect(resolve(VideoColor(transfer: "smpte2084", peakNits: 4000), 1, 1).peakNits == 4000)
    }

    @Test func standardDynamicRangeHasNoPeak() {
        #expect(resolve(VideoColor(transfer: "bt709", peakNits: 4000), 1, 1).peakNits == nil)
    }

    @Test func highDynamicRangeWithoutMoreIs2020() {
        for transfer in ["smpte2084", "arib-std-b67"] {
            let color = resolve(VideoColor(transfer: transfer), 640, 360)
            #expect(color.matrix == "bt2020nc" && color.primaries == "bt2020")
        }
    }

    @Test func whatCannotBeCalculatedIsReplacedAndSaid() {
        for (matrix, transfer, expected) in [
            ("smpte2085", "bt709", "bt709"), ("ictcp", "bt709", "bt709"),
            ("bt2020c", "smpte2084", "bt2020nc"), ("ictcp", "smpte2084", "ictcp"),
            ("bt2020c", "bt2020-10", "bt2020c"), ("ycgco", "bt709", "ycgco"),
            ("nonsense", "smpte2084", "bt2020nc"), ("chroma-derived-nc", "bt709", "bt709"),
        ] {
            let (color, decision) = ColorRule.resolve(
                VideoColor(transfer: transfer, matrix: matrix),
                size: PixelSize(width: 1920, height: 1080), pixelFormat: "yuv420p10le")
            #expect(color.matrix == expected, "\(matrix) with \(transfer)")
            if expected != matrix { #expect(decision.reason.contains(matrix), "\(decision)") }
        }
    }

    @Test func everyGapThatWasFilledIsSaid() {
        let (_, decision) = ColorRule.resolve(
            VideoColor(), size: PixelSize(width: 640, height: 480), pixelFormat: "yuv420p")
        for word in ["matrix", "range", "primaries", "transfer"] {
            #expect(decision.reason.contains(word))
        }
    }
}
