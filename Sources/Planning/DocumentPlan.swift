package import MediaModel

/// A document: pictures of its first pages, the first of them as its cover, and its text.
package struct DocumentPlan: Codable, Hashable, Sendable {
    /// One page and everything that is made of it, from one drawing.
    package struct Page: Codable, Hashable, Sendable {
        /// From 1.
        package var number: Int
        /// What it is drawn at, in pixels.
        package var size: PixelSize
        /// None larger than ``size``.
        package var pictures: [Picture]
    }

    package struct Text: Codable, Hashable, Sendable {
        package var output: PlannedOutput
        /// What is behind so many bytes is left out.
        package var maximumBytes: Int
    }

    /// As the probe found it; another count is another document.
    package var pageCount: Int
    /// In order; the first one carries the cover, the share image and the cards.
    package var pages: [Page]
    /// nil = the recipe or the document does not want it taken out.
    package var text: Text?
    /// Longest time for one page, in seconds.
    package var pageSeconds: Int
    /// Longest time for all of them, in seconds.
    package var seconds: Int
}
