/// Something the operator and the page should know although the item was processed.
package struct MediaWarning: Codable, Hashable, Sendable {
    /// Stable, camelCase: `truncatedSource`, `damagedFrames`, `coverArtFailed` …
    package var code: String
    /// One plain sentence.
    package var message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
