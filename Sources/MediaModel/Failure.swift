/// A failure as it is stored, shown and logged: its kind and two texts.
package struct Failure: Error, Codable, Hashable, Sendable {
    package var kind: FailureKind
    /// Stable code, camelCase: `emptyFile`, `encrypted`, `noDecoder`, `pixelLimit` …
    package var code: String
    /// For the operator: what was found, what was expected, what to do.
    package var operatorText: String
    /// For the uploader, in plain language: no paths, no library names.
    package var uploaderText: String

    package init(kind: FailureKind, code: String, operatorText: String, uploaderText: String) {
        self.kind = kind
        self.code = code
        self.operatorText = operatorText
        self.uploaderText = uploaderText
    }
}

extension Failure {
    /// A mistake of ours, with the text for the uploader that all of these share.
    package static func internalError(code: String, _ operatorText: String) -> Failure {
        Failure(
            kind: .internalError, code: code, operatorText: operatorText,
            uploaderText: "Something went wrong on our side. We will try again.")
    }

    /// The outside world (disk, memory) failed us, with the text for the uploader.
    package static func io(code: String, _ operatorText: String) -> Failure {
        Failure(
            kind: .io, code: code, operatorText: operatorText,
            uploaderText: "Something went wrong on our side. We will try again.")
    }
}
