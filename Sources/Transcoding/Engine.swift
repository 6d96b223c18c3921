import FFmpeg
import Glibc
package import MediaModel
package import Planning
import Poppler
import Vips

/// The worker's two answers: what an upload is, and everything that a plan asks for.
///
/// Synchronous, on plain threads: a worker is one process with one job.
package struct Engine: Sendable {
    /// Borrowed, read-only, seekable.
    private let upload: Int32
    private let scratch: ScratchDirectory

    package init(upload: Int32, scratch: ScratchDirectory) {
        self.upload = upload
        self.scratch = scratch
    }

    /// Of libvips' parsers that it does not trust itself, those that are used all the same: in the
    /// sandbox, behind limits. SVG only ever sees what was written here.
    package static let allowedParsers = [
        "VipsForeignLoadSvg", "VipsForeignLoadJxl", "VipsForeignLoadJp2k", "VipsForeignLoadRad",
    ]

    /// Loads the libraries and says which they are. Before the file system closes: libvips loads
    /// modules.
    package static func start() throws(Failure) -> [String: String] {
        // SVT-AV1 writes fifteen lines about itself for every encoder; only its errors are wanted.
        // Before the first thread: it is read from the environment.
        _ = unsafe setenv("SVT_LOG", "1", 1)
        // libvips puts pictures that memory should not hold into a file: of ours, as scratch will
        // be the working directory. GLib would ask the user database for a home, over a socket.
        _ = unsafe setenv("TMPDIR", ".", 1)
        _ = unsafe setenv("HOME", "/", 1)
        // The time zone is read once, while its file can be.
        tzset()
        do {
            try Runtime.start(allowing: allowedParsers)
        } catch {
            throw .internalError(code: "libvips", "libvips did not start: \(error)")
        }
        var versions = FFmpegLibrary.versions
        versions.merge(LoadedLibraries.versions()) { own, _ in own }
        versions["ffmpeg"] = FFmpegLibrary.version
        versions["libvips"] = Runtime.version
        versions["poppler"] = PopplerLibrary.version
        return versions
    }

    /// - Parameter fileName: for messages only; content decides.
    package func probe(limits: Limits, fileName: String) throws(Failure) -> MediaInfo {
        var info = try examine(limits)
        if ContentCredentials.arePresent(in: try FileHead(descriptor: upload)) {
            info.contentCredentials = "c2pa"
        }
        return info
    }

    private func examine(_ limits: Limits) throws(Failure) -> MediaInfo {
        let format = try FormatSniffer.sniff(descriptor: upload)
        let byteCount = try size()
        switch format.reader {
        case .image:
            return try StillProbe.probe(
                descriptor: upload, format: format, byteCount: byteCount, limits: limits)
        case .container(let demuxer):
            let deadline = ContinuousClock.now + .seconds(limits.probeSeconds)
            return try MediaProbe(limits: limits, interrupt: Interrupt(deadline: deadline)).probe(
                descriptor: upload, byteCount: byteCount, format: format.name, demuxer: demuxer,
                mediaType: format.mediaType)
        case .drawing:
            return try DrawingProbe.probe(
                descriptor: upload, format: format, byteCount: byteCount, limits: limits)
        case .document:
            return try DocumentProbe.probe(
                descriptor: upload, format: format, byteCount: byteCount, limits: limits)
        }
    }

    /// Makes, verifies and reports everything in the plan.
    package func execute(
        _ plan: Plan, events: @escaping TranscodingEvents
    ) throws(Failure) {
        let interrupt = Interrupt(
            deadline: .now + .seconds(plan.budget.deadlineSeconds))
        switch plan.kind {
        case .video:
            _ = try VideoTranscoder(
                plan: plan, descriptor: upload, demuxer: try demuxer(), scratch: scratch,
                events: events, interrupt: interrupt
            ).run()
        case .audio:
            try AudioTranscoder(
                plan: plan, input: upload, scratch: scratch, events: events, interrupt: interrupt
            ).run()
        case .document:
            guard let document = plan.document else {
                throw .internalError(code: "kind", "a document's plan has no pages")
            }
            try DocumentTranscoder(
                plan: document, credit: plan.credit, descriptor: upload, scratch: scratch,
                makesPlaceholder: plan.mustMeasure(.placeholder), cores: plan.budget.cores,
                events: events
            ).run()
        case .image, .animation:
            if let drawing = plan.drawing {
                return try DrawingTranscoder(
                    plan: drawing, credit: plan.credit, descriptor: upload, scratch: scratch,
                    cores: plan.budget.cores, events: events
                ).run()
            }
            if let animation = plan.animation, let still = plan.still {
                return try AnimationTranscoder(
                    plan: animation, still: still, credit: plan.credit, descriptor: upload,
                    scratch: scratch, cores: plan.budget.cores, events: events, interrupt: interrupt
                ).run()
            }
            guard let still = plan.still else {
                throw .internalError(code: "kind", "a still's plan has no pictures")
            }
            try StillTranscoder(
                plan: still, credit: plan.credit, scratch: scratch, cores: plan.budget.cores,
                events: events
            ).run(descriptor: upload)
        }
    }

    private func demuxer() throws(Failure) -> String {
        guard case .container(let demuxer) = try FormatSniffer.sniff(descriptor: upload).reader
        else {
            throw .internalError(code: "kind", "the plan's kind does not fit the content")
        }
        return demuxer
    }

    private func size() throws(Failure) -> Int64 {
        var status = stat()
        guard unsafe fstat(upload, &status) == 0 else {
            throw .io(code: "upload", "the upload cannot be looked at")
        }
        return Int64(status.st_size)
    }
}
