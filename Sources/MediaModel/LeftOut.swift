/// A derivative that was planned and is not worth publishing, and why; an `Omission` of the manifest.
package struct LeftOut: Codable, Hashable, Sendable {
    package enum Code: String, Codable, Hashable, Sendable {
        /// Its form is for other content: transparent, opaque, flat or photographic.
        case otherContent
        /// Another format of the same sizes is smaller.
        case heavier
        /// It has more bytes than the upload.
        case largerThanSource
        /// It would hold nothing.
        case empty
    }

    /// As planned.
    package var name: String
    /// As planned: what is left out of the same numbers stays left out.
    package var key: String
    package var code: Code
    /// In words.
    package var reason: String
    /// Of the file that was made and given up; nil when none was made.
    package var byteCount: Int64?

    package init(name: String, key: String, code: Code, reason: String, byteCount: Int64? = nil) {
        self.name = name
        self.key = key
        self.code = code
        self.reason = reason
        self.byteCount = byteCount
    }
}
