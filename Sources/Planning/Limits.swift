package import MediaModel

/// What is refused before memory is taken for it. A refusal names the limit, its value, the finding.
package struct Limits: Codable, Hashable, Sendable {
    /// Largest upload, in bytes. Default 4 GiB.
    package var sourceBytes: Int64 = 4 << 30
    /// Largest video frame, in pixels. Default 64 MP.
    package var videoPixels: Int = 67_108_864
    /// Longest side of a video frame, in pixels. Default 8192 (8K).
    package var videoSide: Int = 8192
    /// Largest still, in pixels. Default 100 MP.
    package var stillPixels: Int = 100_000_000
    /// Longest side of a still, in pixels. Default 65 500 (JPEG's own limit).
    package var stillSide: Int = 65_500
    /// Most frames of an animated picture. Default 3000: two minutes at 25 frames per second.
    package var animationFrames: Int = 3000
    /// All frames of an animated picture together, in pixels. Default 4 000 MP: three quarters of an
    /// hour of processor time.
    package var animationPixels: Int = 4_000_000_000
    /// Most pages of a document. Default 5000.
    package var documentPages: Int = 5000
    /// Largest picture that is drawn of a page or an SVG drawing, in pixels: long ones are drawn
    /// narrower. Default 25 MP: a page 1600 wide and ten times as high.
    package var drawnPixels: Int = 25_000_000
    /// Longest time for one page of a document, drawn or read, in seconds. Default 30.
    package var documentPageSeconds: Int = 30
    /// Longest time for all pages of a document, in seconds. Default 600.
    package var documentSeconds: Int = 600
    /// Longest text that is taken out of a document, in bytes; what is behind it is left out.
    /// Default 4 MiB.
    package var documentTextBytes: Int = 4 << 20
    /// Largest SVG drawing, unpacked, in bytes. Default 16 MiB.
    package var drawingBytes: Int = 16 << 20
    /// Most elements of an SVG drawing, each counted as often as it is drawn. Default 200 000.
    package var drawingElements: Int = 200_000
    /// Longest time for drawing an SVG drawing, in seconds. Default 60.
    package var drawingSeconds: Int = 60
    /// Longest film or song, in seconds. Default 6 h.
    package var durationSeconds: Double = 21_600
    /// Most streams in a container. Default 32.
    package var streams: Int = 32
    /// Longest header analysis, in seconds. Default 10.
    package var analysisSeconds: Int = 10
    /// Probe deadline, in seconds. Default 60.
    package var probeSeconds: Int = 60
    /// Longest time without progress of any kind (reports, processor time), in seconds. Default 120.
    package var stallSeconds: Int = 120
    /// Address space of a still's worker, in bytes. Default 3 GiB: the decoded 100 MP in 16 bit
    /// and one working copy; libraries alone map about 0.4 GiB.
    package var stillAddressSpace: Int64 = 3 << 30
    /// Address space of a transcode's worker, in bytes. Default 8 GiB (x264 4K takes 2.0).
    package var transcodeAddressSpace: Int64 = 8 << 30

    package init() {}
}

extension Failure {
    /// The one way a limit is reported: which, its value, what was found.
    package static func limit(
        _ code: String, _ name: String, limit: String, found: String, uploader: String
    ) -> Failure {
        Failure(
            kind: .limitExceeded, code: code,
            operatorText: "\(name) is \(found), above the limit of \(limit); "
                + "raise limits.\(code) in the configuration if such works are wanted.",
            uploaderText: uploader)
    }
}
