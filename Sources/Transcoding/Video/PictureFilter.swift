import FFmpeg
import MediaModel
import Planning

/// The filters that turn decoded frames into upright, progressive, square-pixel BT.709 SDR, as text
/// in FFmpeg's filter language. Pure: numbers in, text out.
///
/// Matrix and range are handled exactly once, by the one filter that also scales.
struct PictureFilter {
    /// What the decoder gives.
    struct Input: Hashable {
        var size: PixelSize
        /// Width : height of a sample.
        var sampleAspect: Double
        var format: PixelFormat
    }

    let plan: PicturePlan
    /// What comes out, always.
    let output: PixelSize
    /// `true`: 8-bit 4:2:0 with straight alpha comes out, `false`: without, flattened on black.
    var keepsAlpha = false

    var pixelFormat: PixelFormat { keepsAlpha ? .yuva420p : .yuv420p }

    /// nil: frames like these need nothing at all.
    func description(for input: Input, matching planned: Input) -> String? {
        var steps: [String] = []
        if input.format.hasAlpha, input.format.name != "pal8" {
            // Straight alpha: what is transparent becomes black. That is also how pictures with
            // alpha are scaled, or hidden colours would bleed into what is seen.
            steps += ["format=\(alphaFormat(input.format))", "premultiply=inplace=1"]
            if !keepsAlpha { steps.append("format=\(opaqueFormat(input.format))") }
        }
        if input.size.width >= 4, input.size.height >= 4 { steps += wholePictures }
        var (input, planned) = (input, planned)
        if let crop = plan.crop {
            if planned.size == plan.codedSize { planned.size = crop.size }
        }
        if let crop = plan.crop, input.size == plan.codedSize {
            steps.append("crop=\(crop.size.width):\(crop.size.height):\(crop.x):\(crop.y)")
            input.size = crop.size
        }
        let turned = plan.rotation % 180 != 0
        let box = turned ? output.transposed : output
        let inner = fitted(input, like: planned, into: box)
        steps += colourAndSize(input, inner)
        if keepsAlpha { steps += ["unpremultiply=inplace=1", "format=yuva420p"] }
        if inner != box {
            steps.append(
                "pad=\(box.width):\(box.height):(ow-iw)/2:(oh-ih)/2:black"
                    + (keepsAlpha ? "@0" : ""))
        }
        switch plan.rotation {
        case 90: steps.append("transpose=clock")
        case 180: steps += ["hflip", "vflip"]
        case 270: steps.append("transpose=cclock")
        default: break
        }
        if plan.isMirrored { steps.append("hflip") }
        guard !steps.isEmpty else { return nil }
        return "[in]" + steps.joined(separator: ",") + "[out]"
    }

    private var wholePictures: [String] {
        let order = plan.topFieldFirst ? "tff" : "bff"
        switch plan.fields {
        case .none: return []
        case .deinterlace: return ["bwdif=mode=send_frame:parity=\(order):deint=all"]
        case .inverseTelecine:
            // What fieldmatch could not put together (an edit in mid-cycle) is deinterlaced.
            return [
                "fieldmatch=order=\(order):mode=pc_n:combmatch=full",
                "bwdif=mode=send_frame:deint=interlaced", "decimate",
            ]
        }
    }

    /// A stream that changes its shape midway is shown whole inside the first one's frame.
    private func fitted(_ input: Input, like planned: Input, into box: PixelSize) -> PixelSize {
        func aspect(_ input: Input) -> Double { input.size.aspectRatio * input.sampleAspect }
        let change = aspect(input) / aspect(planned)
        guard change.isFinite, change > 0, abs(change - 1) > 0.01 else { return box }
        func even(_ length: Double, _ limit: Int) -> Int {
            min(limit, max(2, Int((length / 2).rounded()) * 2))
        }
        return change > 1
            ? PixelSize(width: box.width, height: even(Double(box.height) / change, box.height))
            : PixelSize(width: even(Double(box.width) * change, box.width), height: box.height)
    }

    private func colourAndSize(_ input: Input, _ size: PixelSize) -> [String] {
        let color = plan.color
        if let peak = plan.toneMapPeakNits {
            return toneMap(input, size, peak: peak)
        }
        let isPlainMatrix = ["bt709", "gbr", nil].contains(color.matrix)
        let isPlainPrimaries = ["bt709", nil].contains(color.primaries)
        let needsLight = Self.needsLight(color.transfer)
        let isGray = input.format.componentCount < 3
        if isGray || (isPlainPrimaries && isPlainMatrix && !needsLight) {
            let same =
                input.format == .yuv420p && input.size == size && color.fullRange != true
                && color.matrix != "gbr"
            return same && !keepsAlpha
                ? [] : plainColours(input) + [swscale(input, size), "format=\(scaled)"]
        }
        // Values of all these transfers are shown alike by browsers; only light curves differ.
        let transfer = needsLight ? Self.zscaleName(color.transfer ?? "bt709") : "bt709"
        return wholeChroma(input) + [
            "zscale=w=\(size.width):h=\(size.height):filter=bicubic:\(zscaleInput(transfer))"
                + ":matrix=709:primaries=709:transfer=bt709:range=limited",
            "format=\(scaled)",
        ]
    }

    /// With alpha every pixel keeps its own colour until the transparency is taken out of it again.
    private var scaled: String { keepsAlpha ? "yuva444p" : "yuv420p" }

    private func swscale(_ input: Input, _ size: PixelSize) -> String {
        let range = plan.color.fullRange == true ? "full" : "limited"
        var text =
            "scale=\(size.width):\(size.height):flags=bicubic+accurate_rnd+full_chroma_int"
        if !input.format.isRGB { text += ":in_color_matrix=bt709:in_range=\(range)" }
        return text + ":out_color_matrix=bt709:out_range=limited"
    }

    /// The one path from HDR to SDR: linear light in BT.709 primaries, then the mobius curve, which
    /// leaves dark and middle tones as they are and bends the rest below white.
    private func toneMap(_ input: Input, _ size: PixelSize, peak: Double) -> [String] {
        let (white, linear) = (ToneCurve.referenceWhite, ToneCurve.linearPart)
        let transfer = Self.zscaleName(plan.color.transfer ?? "smpte2084")
        return wholeChroma(input) + [
            "zscale=w=\(size.width):h=\(size.height):filter=bicubic:\(zscaleInput(transfer))"
                + ":matrix=gbr:primaries=709:transfer=linear:range=full:npl=\(white)"
                // Otherwise HLG goes from the scene to the display channel by channel, not by the
                // luminance as in ITU-R BT.2100: strong colours would come out stronger.
                + (transfer == "arib-std-b67" ? ":agamma=0" : ""),
            "format=gbrpf32le",
            "tonemap=tonemap=mobius:param=\(linear):desat=0:peak=\(max(1, peak / white))",
            "zscale=matrixin=gbr:primariesin=709:transferin=linear:rangein=full"
                + ":matrix=709:primaries=709:transfer=bt709:range=limited",
            "format=yuv420p",
        ]
    }

    private func zscaleInput(_ transfer: String) -> String {
        let color = plan.color
        let range = color.fullRange == true ? "full" : "limited"
        return "matrixin=\(Self.zscaleName(color.matrix ?? "bt709"))"
            + ":primariesin=\(Self.zscaleName(color.primaries ?? "bt709"))"
            + ":transferin=\(transfer):rangein=\(range)"
    }

    /// zscale refuses odd sizes of subsampled formats, and does not know packed ones.
    private func wholeChroma(_ input: Input) -> [String] {
        let format = input.format
        let isOdd =
            input.size.width % (1 << format.chromaShiftX) != 0
            || input.size.height % (1 << format.chromaShiftY) != 0
        guard isOdd else { return plainColours(input) }
        return ["format=\(format.bitDepth > 8 ? "yuv444p16le" : "yuv444p")"]
    }

    /// swscale knows a palette's colours in BT.601 only, whatever matrix is asked for.
    private func plainColours(_ input: Input) -> [String] {
        input.format.name == "pal8" ? ["format=gbrp"] : []
    }

    private func alphaFormat(_ format: PixelFormat) -> String {
        if format.isRGB || format.componentCount < 3 {
            return format.bitDepth > 8 ? "gbrap16le" : "gbrap"
        }
        return format.bitDepth > 8 ? "yuva444p16le" : "yuva444p"
    }

    private func opaqueFormat(_ format: PixelFormat) -> String {
        if format.isRGB || format.componentCount < 3 {
            return format.bitDepth > 8 ? "gbrp16le" : "gbrp"
        }
        return format.bitDepth > 8 ? "yuv444p16le" : "yuv444p"
    }

    /// Curves that hold light itself, or film density, instead of display values.
    private static func needsLight(_ transfer: String?) -> Bool {
        ["linear", "log100", "log316"].contains(transfer ?? "")
    }

    /// FFmpeg's name as zscale 5.1 spells it.
    private static func zscaleName(_ name: String) -> String {
        switch name {
        case "smpte240m": "7"
        case "log": "log100"
        case "log_sqrt": "log316"
        default: name
        }
    }
}
