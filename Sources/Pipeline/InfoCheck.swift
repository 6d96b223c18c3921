import MediaModel

/// Bounds what a worker says it found before anything is computed from it.
enum InfoCheck {
    /// Largest upload that can be: a pebibyte. Budgets are multiples of it.
    private static let mostBytes = Int64(1) << 50
    /// Longest side of a picture; areas, and buffers of several bytes for each pixel, stay numbers.
    private static let longestSide = 1 << 30

    /// - Parameter byteCount: size of the upload, in bytes, as the daemon knows it.
    static func check(_ info: MediaInfo, byteCount: Int64) throws(Failure) {
        var numbers = [info.durationSeconds].compactMap { $0 }
        var counts = [info.streams.count, info.tags.count, info.warnings.count]
        var texts = [info.format, info.mediaType]
        for stream in info.streams {
            counts += [stream.index, stream.width ?? 0, stream.height ?? 0]
            counts += [stream.sampleRate ?? 0, stream.channels ?? 0]
            texts += [stream.type, stream.codec ?? "", stream.language ?? "", stream.title ?? ""]
        }
        counts += [info.coverStreamIndex ?? 0]
        guard [nil, "c2pa"].contains(info.contentCredentials) else {
            throw bad("content credentials of an unknown kind")
        }
        for (key, value) in info.tags { texts += [key, value] }
        for warning in info.warnings { texts += [warning.code, warning.message] }
        if let video = info.video {
            numbers += [video.startSeconds, video.endSeconds, video.sampleAspectRatio.value]
            numbers += [video.frameRate?.value, video.color.peakNits].compactMap { $0 }
            counts += [video.codedSize.width, video.codedSize.height, video.frameCount ?? 0]
            texts += [video.codec, video.pixelFormat]
            guard [0, 90, 180, 270].contains(video.rotation) else {
                throw bad("a rotation of \(video.rotation)°")
            }
            if let clean = video.cleanAperture, !clean.fits(in: video.codedSize) {
                throw bad("a clean aperture outside the picture")
            }
            if let fields = video.fields {
                counts += [
                    fields.moving, fields.combed, fields.inPulldownCycle, fields.topFirst,
                    fields.bottomFirst,
                ]
            }
            let aspect = video.sampleAspectRatio.value
            guard aspect > 0.01, aspect < 100 else { throw bad("a sample aspect of \(aspect)") }
            if let rate = video.frameRate?.value, !(rate > 0 && rate <= 100_000) {
                throw bad("a frame rate of \(rate)")
            }
        }
        guard info.otherAudio.count + info.subtitles.count <= 256, info.chapters.count <= 4096
        else { throw bad("more tracks or chapters than a file can have") }
        for audio in (info.audio.map { [$0] } ?? []) + info.otherAudio {
            numbers += [audio.startSeconds, audio.endSeconds]
            counts += [audio.sampleRate, audio.channels]
            texts += [audio.codec, audio.sampleFormat, audio.channelLayout ?? ""]
            texts += [audio.language, audio.title].compactMap { $0 }
        }
        for track in info.subtitles {
            counts.append(track.index)
            texts += [track.codec, track.language ?? "", track.title ?? ""]
        }
        for chapter in info.chapters {
            numbers += [chapter.startSeconds, chapter.endSeconds]
            texts.append(chapter.title ?? "")
        }
        if let image = info.image {
            counts += [image.codedSize.width, image.codedSize.height, image.pageCount, image.bands]
            numbers.append(Double(image.decodingBytes ?? 0))
            counts += [image.page, image.sensorSize?.width ?? 0, image.sensorSize?.height ?? 0]
            texts += [image.loader, image.interpretation, image.profileDescription ?? ""]
            if let animation = image.animation {
                counts += [animation.plays, animation.shortestDelay]
                guard animation.frameCount > 1,
                    (0..<animation.frameCount).contains(animation.posterFrame)
                else { throw bad("a poster that is no frame of its animation") }
                counts.append(animation.frameCount)
            }
            if let color = image.color {
                numbers += (color.chromaticities ?? [])
                numbers += [color.gamma, color.peakNits].compactMap { $0 }
                counts += [color.primaries, color.transfer]
                guard color.chromaticities?.count ?? 8 == 8 else {
                    throw bad("primaries that are no points")
                }
            }
            guard (1...8).contains(image.orientation) else {
                throw bad("an orientation of \(image.orientation)")
            }
            if let window = image.window, !window.fits(in: info.byteCount) {
                throw bad("a preview outside the upload")
            }
        }
        if let drawing = info.drawing {
            guard [drawing.width, drawing.height].allSatisfy({ (0.001...1e7).contains($0) }) else {
                throw bad("a drawing's size that cannot be")
            }
        }
        if let document = info.document {
            try check(document)
            counts.append(document.pageCount)
        }
        guard info.byteCount == byteCount, (0...mostBytes).contains(byteCount) else {
            throw bad("an upload of \(info.byteCount) bytes, which has \(byteCount)")
        }
        for size in [info.video?.codedSize, info.image?.codedSize, info.image?.sensorSize] {
            if let size, max(size.width, size.height) > longestSide {
                throw bad("a picture of \(size)")
            }
        }
        guard numbers.allSatisfy({ $0.isFinite && abs($0) < 1e12 }) else {
            throw bad("numbers that cannot be")
        }
        guard counts.allSatisfy({ (0...4_000_000_000).contains($0) }) else {
            throw bad("counts that cannot be")
        }
        guard texts.allSatisfy({ $0.utf8.count <= 4096 }), info.tags.count <= 200,
            info.warnings.count <= ArtifactCheck.mostWarnings, info.streams.count <= 1_000
        else {
            throw bad("texts that cannot be")
        }
    }

    /// The runs count the pages: everything that is planned for a page follows from them.
    private static func check(_ document: DocumentInfo) throws(Failure) {
        guard document.pageCount > 0, document.pageSizes.count <= DocumentInfo.mostRuns else {
            throw bad("\(document.pageCount) pages in \(document.pageSizes.count) sizes")
        }
        var next = 1
        for run in document.pageSizes {
            let sides = [run.width, run.height]
            guard run.firstPage == next, (1...document.pageCount).contains(run.pageCount),
                sides.allSatisfy({ $0 == 0 || (0.001...1e7).contains($0) })
            else { throw bad("a page's size that cannot be") }
            next += run.pageCount
        }
        guard next <= document.pageCount + 1 else { throw bad("more pages than it counts") }
    }

    private static func bad(_ what: String) -> Failure {
        .internalError(code: "badProbe", "the worker's probe reported \(what)")
    }
}
