import MediaModel

extension Plan {
    /// What each output is made with, in words for people, by name: the numbers an encoder or a
    /// filter graph is given.
    package var settings: [String: String] {
        var all: [String: String] = [:]
        var copy = self
        copy.eachOutput { output, making in
            all[output.name] = words(output, making).joined(separator: ", ")
        }
        return all
    }

    private func words(_ output: PlannedOutput, _ making: OutputMaking) -> [String] {
        switch making {
        case .rung:
            let rung = video?.everyRung.first { $0.output.name == output.name }
            return frames + (rung.map(Self.words) ?? [])
        case .progressive:
            return ["remux of \(video?.progressive?.rung ?? "a rung")", "mov+faststart"]
        case .poster(let picture): return frames + Self.words(picture)
        case .still(let picture):
            let turn = still.map { $0.orientation == 1 ? [] : ["orientation \($0.orientation)"] }
            let peak = still?.color?.toneMapPeakNits
            return ["\(still?.loader ?? "decode")"] + (turn ?? [])
                + (peak.map { ["tonemap peak=\(rounded($0)) nits"] } ?? []) + Self.words(picture)
        case .cover(let picture), .page(let picture), .drawing(let picture):
            return Self.words(picture)
        case .tiles(let tiles):
            return [
                "\(still?.loader ?? "decode")",
                "tiles of \(tiles.tileSide)+\(tiles.layout.overlap)",
                "\(tiles.levels.count) levels", "\(tiles.format.rawValue)", "q=\(tiles.quality)",
            ]
        case .text: return ["UTF-8 text"]
        case .vector: return ["sanitised SVG"]
        case .storyboard:
            guard let board = video?.storyboard else { return [] }
            return frames + [
                "\(board.columns)x\(board.rows) tiles of \(board.tileSize)",
                "every \(rounded(board.intervalSeconds)) s", "jpeg q=\(board.quality)",
            ]
        case .alpha:
            guard let film = video?.alpha else { return [] }
            return ["scale \(film.size)", "libvpx-vp9", "crf=\(film.crf)", "yuva420p"]
        case .hover:
            guard let loop = video?.hover else { return [] }
            return frames + [
                "scale \(loop.size)", "libx264", "preset=\(loop.preset)",
                "crf=\(rounded(loop.crf))",
                "maxrate=\(loop.maximumBitrate.bitsPerSecond)", "bufsize=\(loop.bufferBits)",
            ]
        case .sound(let rendition): return sound(rendition)
        case .waveform(let format):
            return [
                "\(format.rawValue)", "\(audio?.waveform?.samplesPerPixel ?? 0) samples per pixel",
            ]
        case .waveformCard: return ["1200x630", "jpeg"]
        case .captions: return ["WebVTT"]
        case .chapters: return ["WebVTT"]
        case .animation(let encoder): return animation(encoder)
        }
    }

    /// What becomes of a film's frames before anything is made of them.
    private var frames: [String] {
        guard let film = video else { return [] }
        let picture = film.picture
        var steps = ["decode \(film.decoder ?? film.codec)"]
        if let crop = picture.crop { steps.append("crop=\(crop.size):\(crop.x):\(crop.y)") }
        switch picture.fields {
        case .none: break
        case .deinterlace:
            steps.append("bwdif parity=\(picture.topFieldFirst ? "tff" : "bff")")
        case .inverseTelecine: steps.append("fieldmatch, decimate")
        }
        if picture.rotation != 0 { steps.append("rotate=\(picture.rotation)") }
        if picture.isMirrored { steps.append("hflip") }
        if let nits = picture.toneMapPeakNits { steps.append("tonemap peak=\(rounded(nits)) nits") }
        if film.frameStep > 1 { steps.append("every \(film.frameStep)th frame") }
        return steps
    }

    private static func words(_ rung: VideoRung) -> [String] {
        [
            "scale \(rung.size)", rung.encoder, "preset=\(rung.preset)", "crf=\(rounded(rung.crf))",
            "maxrate=\(rung.maximumBitrate.bitsPerSecond)", "bufsize=\(rung.bufferBits)",
            "profile=\(rung.profile)",
        ]
            + (rung.level.map { ["level=\($0 / 10).\($0 % 10)"] } ?? [])
            + ["threads=\(rung.threads)"]
    }

    private static func words(_ picture: Picture) -> [String] {
        let size =
            switch picture.fit {
            case .inside: "scale \(picture.size)"
            case .crop(let framing):
                framing.mounted.map { "crop to \($0), on \(picture.matte) of \(picture.size)" }
                    ?? "crop to \(picture.size)"
            }
        guard !picture.lossless else { return [size, picture.format.rawValue, "lossless"] }
        let effort = picture.effort > 0 ? ["effort=\(picture.effort)"] : []
        return [size, picture.format.rawValue, "q=\(picture.quality)"] + effort
    }

    private func sound(_ rendition: AudioRendition) -> [String] {
        let rate =
            rendition.bitrate.bitsPerSecond > 0
            ? ["\(rendition.bitrate.bitsPerSecond) bit/s"] : ["lossless"]
        return [rendition.encoder] + rate
            + ["\(rendition.sampleRate) Hz", "as \(rendition.packaging.rawValue)"]
    }

    private func animation(_ encoder: String) -> [String] {
        guard let animation else { return [] }
        guard encoder != "libx264" else {
            let video = animation.video
            return [
                "scale \(video.size)", "libx264", "preset=\(video.preset)",
                "crf=\(rounded(video.crf))", "level=\(video.level / 10).\(video.level % 10)",
                "threads=\(video.threads)",
            ]
        }
        guard let webp = animation.webp else { return [] }
        return [
            "scale \(animation.size)", "webp",
            webp.lossless ? "lossless" : "q=\(webp.quality)", "effort=\(webp.effort)",
        ]
    }
}
