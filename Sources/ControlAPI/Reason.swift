package import MediaModel

/// Why something failed, in a word for programs and two sentences for people.
package struct Reason: Codable, Hashable, Sendable {
    /// Stable, camelCase: `emptyFile`, `encrypted`, `noDecoder` …
    package var code: String
    /// For the operator.
    package var `operator`: String
    /// For the uploader, in plain language.
    package var uploader: String

    package init(code: String, operator: String, uploader: String) {
        self.code = code
        self.operator = `operator`
        self.uploader = uploader
    }

    package init(_ failure: Failure) {
        self.init(
            code: failure.code, operator: failure.operatorText, uploader: failure.uploaderText)
    }
}
