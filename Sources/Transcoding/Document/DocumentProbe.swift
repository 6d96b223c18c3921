package import MediaModel
package import Planning
import Poppler

/// Looks at a document: how many pages, how large, by whom. Draws nothing.
package enum DocumentProbe {
    /// Sizes are compared and written with hundredths of a point.
    private static let precision = 100.0
    /// A side that says more is a lie: 14 400 points is the format's own limit, times the largest
    /// user unit that is in use. PDF 1.7, annex C.2.
    private static let longestSide = 1e7
    private static let shortestSide = 0.001

    /// - Parameters:
    ///   - descriptor: the open upload; its offset is neither used nor moved.
    /// - Throws: `invalidMedia` when it is no document, is locked or has no page, `limitExceeded`
    ///   when it has more pages than are allowed, or takes longer to look at.
    package static func probe(
        descriptor: Int32, format: FormatSniffer.Format, byteCount: Int64, limits: Limits
    ) throws(Failure) -> MediaInfo {
        let deadline = ContinuousClock.now + .seconds(limits.probeSeconds)
        let found = TimeLimit.run(until: deadline) {
            Result { () throws(Failure) in
                try look(descriptor, format, byteCount, limits, until: deadline)
            }
        }
        guard let found else { throw late(limits) }
        return try found.get()
    }

    private static func look(
        _ descriptor: Int32, _ format: FormatSniffer.Format, _ byteCount: Int64, _ limits: Limits,
        until deadline: ContinuousClock.Instant
    ) throws(Failure) -> MediaInfo {
        _ = Complaints.take()
        let document: Document
        do { document = try Document(descriptor: descriptor) } catch { throw .document(error) }
        let count = document.pageCount
        guard count > 0 else { throw .documentWithoutPages(Complaints.take()) }
        try limits.checkPages(count)
        var sizes: [(width: Double, height: Double)] = []
        for index in 0..<count {
            guard ContinuousClock.now < deadline else { throw late(limits) }
            sizes.append(size(of: index, in: document))
        }
        var warnings: [MediaWarning] = []
        if document.hasScripts {
            warnings.append(
                MediaWarning(
                    code: "documentScripts",
                    message: "The document holds JavaScript; it is not run, and no part of what is "
                        + "shown."))
        }
        if document.hasAttachments {
            warnings.append(
                MediaWarning(
                    code: "documentAttachments",
                    message: "The document holds attached files; they are not opened, and no part "
                        + "of what is shown."))
        }
        var tags = Attribution(of: document).tags
        tags["title"] = DocumentText.line(document.title)
        return MediaInfo(
            kind: .document, format: format.name, mediaType: format.mediaType,
            byteCount: byteCount,
            document: DocumentInfo(
                pageCount: count, pageSizes: DocumentInfo.runs(sizes),
                allowsCopying: document.allowsCopying),
            tags: tags, warnings: warnings)
    }

    /// Zero for a page that cannot be loaded, or that has no size.
    private static func size(
        of index: Int, in document: Document
    ) -> (width: Double, height: Double) {
        guard let size = try? document.page(index).size else { return (0, 0) }
        let range = shortestSide...longestSide
        let width = (size.width * precision).rounded() / precision
        let height = (size.height * precision).rounded() / precision
        guard range.contains(width), range.contains(height) else { return (0, 0) }
        return (width, height)
    }

    private static func late(_ limits: Limits) -> Failure {
        .limit(
            "probeSeconds", "the time to look at the document",
            limit: "\(limits.probeSeconds) s", found: "more",
            uploader: "This document is too complex to be processed.")
    }
}
