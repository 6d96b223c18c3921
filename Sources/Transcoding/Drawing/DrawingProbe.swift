package import MediaModel
package import Planning
import Vips

/// Looks at a drawing: whether it is one, how large it wants to be, what will be left out of it.
package enum DrawingProbe {
    /// - Parameter descriptor: the open upload; its offset is neither used nor moved.
    /// - Throws: `invalidMedia` when it is not well-formed, `limitExceeded` when it is larger, of more
    ///   parts or slower than the limits allow.
    package static func probe(
        descriptor: Int32, format: FormatSniffer.Format, byteCount: Int64, limits: Limits
    ) throws(Failure) -> MediaInfo {
        let deadline = ContinuousClock.now + .seconds(limits.drawingSeconds)
        let found = TimeLimit.run(until: deadline) {
            defer { Runtime.shutdownThread() }
            return Result { () throws(Failure) in
                describe(
                    try DrawingSource(descriptor: descriptor, limits: limits), format, byteCount)
            }
        }
        guard let found else { throw .drawingTime(limits.drawingSeconds) }
        return try found.get()
    }

    private static func describe(
        _ source: DrawingSource, _ format: FormatSniffer.Format, _ byteCount: Int64
    ) -> MediaInfo {
        let drawing = source.drawing
        var warnings: [MediaWarning] = []
        let losses = DrawingLoss.allCases.filter(drawing.losses.contains)
        if !losses.isEmpty {
            warnings.append(
                MediaWarning(
                    code: "drawingSanitised",
                    message: "The drawing held \(losses.map(\.words).joined(separator: ", ")); "
                        + "they are left out."))
        }
        func pixels(_ length: Double) -> Int { max(1, Int(length.rounded())) }
        return MediaInfo(
            kind: .image, format: format.name, mediaType: format.mediaType, byteCount: byteCount,
            image: ImageInfo(
                loader: Loader.svg.rawValue,
                codedSize: PixelSize(
                    width: pixels(source.size.width), height: pixels(source.size.height)),
                bands: 4, hasAlpha: true, isGraphic: !drawing.hasPictures),
            drawing: DrawingInfo(
                width: source.size.width, height: source.size.height,
                hasPictures: drawing.hasPictures),
            tags: title(of: drawing.root).map { ["title": $0] } ?? [:], warnings: warnings)
    }

    /// The title that stands for the whole drawing: a child of the root.
    private static func title(of root: DrawingNode) -> String? {
        let title = root.elements.first { $0.name == "title" }
        let text = title?.children.map { if case .text(let text) = $0 { text } else { "" } }
        return DocumentText.line(text?.joined())
    }
}
