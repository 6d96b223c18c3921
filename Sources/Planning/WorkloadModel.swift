import MediaModel

/// Rates of the encoders and decoders, as orders of magnitude: measured once on a processor of 2023,
/// libavcodec 59, libvips 8.14. What is wrong with them here is learned from past runs.
struct WorkloadModel {
    private let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    private var film: VideoPlan? { plan.video }
    private var frames: Double {
        guard let film else { return 0 }
        return Double(film.frameCount ?? Int(film.durationSeconds * film.frameRate.value))
            / Double(max(1, film.frameStep))
    }
    private var seconds: Double { film?.durationSeconds ?? plan.audio?.durationSeconds ?? 0 }

    func workload(_ output: PlannedOutput, _ making: OutputMaking) -> Workload {
        switch making {
        case .rung: return rung(output)
        case .progressive:
            let rung = film?.rungs.first { $0.output.name == film?.progressive?.rung }
            let bits = Double(rung?.maximumBitrate.bitsPerSecond ?? 0)
            return Workload(cpuSeconds: 0.02 + seconds / 2000, byteCount: bits / 16 * seconds)
        case .poster(let picture), .still(let picture), .cover(let picture), .page(let picture),
            .drawing(let picture):
            return Self.picture(picture)
        case .storyboard:
            let tiles = Double(film?.storyboard.tileCount ?? 0)
            return Workload(cpuSeconds: 0.002 * tiles, byteCount: 3000 * tiles)
        case .alpha:
            let pixels = Double(film?.alpha?.size.area ?? 0) * frames
            return Workload(cpuSeconds: pixels / 15e6, byteCount: pixels / 50)
        case .hover:
            let size = Double(film?.hover?.size.area ?? 0)
            return Workload(cpuSeconds: 0.05 + size * 125 / 150e6, byteCount: 400_000)
        case .sound(let rendition): return sound(rendition)
        case .waveform(let format):
            return Workload(
                cpuSeconds: format == .png ? 0.02 : 0.005, byteCount: 2000 + 40 * seconds)
        case .waveformCard: return Workload(cpuSeconds: 0.03, byteCount: 40_000)
        case .text:
            let pages = Double(plan.document?.pageCount ?? 0)
            return Workload(cpuSeconds: 0.005 * pages, byteCount: 2000 * pages)
        case .tiles(let tiles):
            // Decoded once more, encoded, and read back.
            let pixels = Double(tiles.size.area)
            return Workload(cpuSeconds: pixels / 8e6, byteCount: pixels / 5)
        case .vector: return Workload(cpuSeconds: 0.05, byteCount: 20_000)
        case .captions, .chapters: return Workload(cpuSeconds: 0.005, byteCount: 4000)
        case .animation(let encoder): return animation(encoder)
        }
    }

    private func rung(_ output: PlannedOutput) -> Workload {
        guard let rung = film?.everyRung.first(where: { $0.output.name == output.name }) else {
            return .none
        }
        let rate =
            switch rung.encoder {
            case "libx265": 25e6
            case "libsvtav1": 30e6
            default: 250e6 / Self.slowness(rung.preset)
            }
        return Workload(
            cpuSeconds: 0.02 + Double(rung.size.area) * frames / rate,
            // Half of the cap: what films of people and rooms need at usual qualities.
            byteCount: Double(rung.maximumBitrate.bitsPerSecond) / 16 * seconds)
    }

    /// x264's presets relative to `veryfast`.
    private static func slowness(_ preset: String) -> Double {
        [
            "ultrafast": 0.5, "superfast": 0.7, "faster": 1.5, "fast": 2.2, "medium": 3,
            "slow": 5, "slower": 10, "veryslow": 18,
        ][preset, default: 1]
    }

    private static func picture(_ picture: Picture) -> Workload {
        let pixels = Double(picture.size.area)
        let (perMegapixel, bytes) =
            switch picture.format {
            case .avif: (0.4 * Double(max(1, picture.effort)), 0.08)
            case .webp: (picture.lossless ? 1.5 : 0.2, picture.lossless ? 0.8 : 0.1)
            case .jpeg: (0.02, 0.2)
            case .png: (0.3, 1.2)
            }
        return Workload(
            cpuSeconds: 0.002 + pixels / 1e6 * perMegapixel, byteCount: 500 + pixels * bytes)
    }

    private func sound(_ rendition: AudioRendition) -> Workload {
        let bits = rendition.bitrate.bitsPerSecond
        let times = rendition.packaging == .flac ? 300.0 : rendition.packaging == .m4a ? 2000 : 70
        return Workload(
            cpuSeconds: 0.01 + seconds / times,
            byteCount: Double(bits > 0 ? bits : 700_000) / 8 * seconds)
    }

    private func animation(_ encoder: String) -> Workload {
        guard let animation = plan.animation else { return .none }
        let pixels = Double(animation.size.area * animation.frameCount)
        return encoder == "libx264"
            ? Workload(cpuSeconds: pixels / 60e6, byteCount: pixels / 60)
            : Workload(cpuSeconds: pixels / 6e6, byteCount: pixels / 25)
    }

    var common: Workload {
        // A process, a probe, a sandbox.
        var cpu = 0.06
        if let film, FrameNeeds(plan, film).any {
            let coded = Double(film.picture.codedSize.area) * Double(film.frameCount ?? 0)
            let scaled = film.rungs.dropFirst().reduce(0.0) {
                $0 + Double($1.size.area) * frames
            }
            cpu += coded / 200e6 + scaled / 500e6
        }
        if let audio = plan.audio,
            audio.outputs.contains(where: { !$0.isKept }) || plan.mustMeasure(.loudness)
        {
            cpu += audio.durationSeconds / 120
        }
        if let still = plan.still { cpu += Double(still.codedSize.area) / 25e6 }
        if let drawing = plan.drawing { cpu += Double(drawing.size.area) / 25e6 }
        for page in plan.document?.pages ?? []
        where page.pictures.contains(where: { !$0.output.isKept }) {
            cpu += Double(page.size.area) / 25e6
        }
        return Workload(cpuSeconds: cpu, byteCount: 0)
    }
}
