import Foundation
package import MediaModel
package import Planning
import Poppler

/// Turns a document into everything its plan lists: the pages' pictures, then its text.
package struct DocumentTranscoder: Sendable {
    private let plan: DocumentPlan
    private let credit: Credit?
    private let descriptor: Int32
    private let scratch: ScratchDirectory
    private let makesPlaceholder: Bool
    private let cores: Int
    private let events: TranscodingEvents

    /// Share of the work that the pictures are.
    private static let pictureShare = 0.9

    /// - Parameters:
    ///   - credit: overrides what the document says, field by field.
    ///   - descriptor: the open upload; its offset is neither used nor moved.
    ///   - makesPlaceholder: whether the first page is drawn even if only for this.
    ///   - cores: that may be kept busy.
    ///   - events: receives the placeholder first, then every artifact as it is verified.
    package init(
        plan: DocumentPlan, credit: Credit?, descriptor: Int32, scratch: ScratchDirectory,
        makesPlaceholder: Bool, cores: Int, events: @escaping TranscodingEvents
    ) {
        self.plan = plan
        self.credit = credit
        self.descriptor = descriptor
        self.scratch = scratch
        self.makesPlaceholder = makesPlaceholder
        self.cores = cores
        self.events = events
    }

    /// Does it all; the pages are drawn one after the other.
    package func run() throws(Failure) {
        _ = Complaints.take()
        let artist = try PageArtist(
            descriptor: descriptor, pageSeconds: plan.pageSeconds, seconds: plan.seconds)
        guard artist.pageCount == plan.pageCount else {
            throw Failure(
                kind: .invalidMedia, code: "changedDocument",
                operatorText: "the document has \(artist.pageCount) pages where the probe found "
                    + "\(plan.pageCount); the upload changed between probe and drawing.",
                uploaderText: "This document cannot be read. Please upload it again.")
        }
        let attribution = artist.attribution.overridden(by: credit)
        for (index, page) in plan.pages.enumerated() {
            // The first one is the placeholder, too.
            let isPlaceholder = index == 0 && makesPlaceholder
            guard isPlaceholder || page.pictures.contains(where: { !$0.output.isKept }) else {
                continue
            }
            let part = Self.pictureShare / Double(plan.pages.count)
            try show(
                page, isFirst: index == 0, by: artist, attribution,
                progress: (Double(index) * part, part))
        }
        if let text = plan.text, !text.output.isKept { try publish(text, from: artist) }
        if !Complaints.take().isEmpty {
            events(
                .warning(
                    MediaWarning(
                        code: "damagedSource",
                        message: "The document is damaged in places and may look wrong there.")))
        }
        events(.progress(stage: "page", fraction: 1))
    }

    /// - Parameter progress: where this page begins, and how much it is of all the work.
    private func show(
        _ page: DocumentPlan.Page, isFirst: Bool, by artist: PageArtist,
        _ attribution: Attribution, progress: (start: Double, share: Double)
    ) throws(Failure) {
        let image = try artist.draw(page.number, at: page.size).image()
        if isFirst {
            let matte = page.pictures.first?.matte ?? "#ffffff"
            events(
                .placeholder(
                    try image.placeholder(aspectRatio: page.size.aspectRatio, matte: matte)))
        }
        let encoder = PictureEncoder(scratch: scratch, attribution: attribution)
        // Formats are compared within the cover, not with the page.
        let sets = [
            page.pictures.filter { $0.output.role != .page },
            page.pictures.filter { $0.output.role == .page },
        ].filter { !$0.isEmpty }
        for (index, set) in sets.enumerated() {
            let share = progress.share / Double(sets.count)
            let start = progress.start + Double(index) * share
            try PictureSet(
                pictures: set, encoder: encoder, cores: cores,
                events: numbered(page.number) { start + share * $0 }
            ).write(from: image)
        }
    }

    /// Events of one page's pictures, with its number and their place in the whole work.
    private func numbered(
        _ page: Int, _ whole: @escaping @Sendable (Double) -> Double
    ) -> TranscodingEvents {
        let events = events
        return { event in
            switch event {
            case .artifact(var artifact):
                artifact.description.page = page
                events(.artifact(artifact))
            case .progress(_, let fraction):
                events(.progress(stage: "page", fraction: whole(fraction)))
            default: events(event)
            }
        }
    }

    private func publish(_ text: DocumentPlan.Text, from artist: PageArtist) throws(Failure) {
        var content = DocumentText(maximumBytes: text.maximumBytes)
        for number in 1...plan.pageCount where !content.isCut {
            content.add(page: try artist.read(number), isFirst: number == 1)
            let read = Double(number) / Double(plan.pageCount)
            events(
                .progress(
                    stage: "text",
                    fraction: Self.pictureShare + (1 - Self.pictureShare) * read * 0.99))
        }
        guard content.saysSomething else {
            // Scans, and letters that were made into outlines.
            let reason = "the document holds no text that can be read"
            events(
                .leftOut(
                    LeftOut(
                        name: text.output.name, key: text.output.key, code: .empty, reason: reason))
            )
            return events(
                .warning(
                    MediaWarning(
                        code: "noText", message: "The document holds no text that can be read.")))
        }
        if content.isCut {
            events(
                .warning(
                    MediaWarning(
                        code: "textCut",
                        message: "The document's text is longer than \(text.maximumBytes) bytes; "
                            + "what is behind is left out.")))
        }
        let file = try scratch.adopt(Data(content.bytes), stem: "text", fileExtension: "txt")
        events(
            .artifact(
                Artifact(
                    description: DerivativeDescription(
                        role: text.output.role, name: text.output.name,
                        mediaType: "text/plain; charset=utf-8", key: text.output.key,
                        reason: text.output.reason), file: file)))
    }
}
