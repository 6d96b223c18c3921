import MediaModel
import Planning
import Poppler

extension Failure {
    /// Why a document cannot be opened or shown, in the product's words.
    static func document(_ error: PopplerError) -> Failure {
        switch error.kind {
        case .encrypted:
            Failure(
                kind: .invalidMedia, code: "encrypted",
                operatorText: "the document is encrypted and asks for a password, or for keys that "
                    + "are not here (\(error.detail)).",
                uploaderText: "This document is protected with a password. Please save it without "
                    + "one and upload it again.")
        case .unreadable: .io(code: "upload", "the document cannot be read: \(error).")
        case .damaged, .noPage, .undrawable:
            Failure(
                kind: .invalidMedia, code: "unreadableDocument",
                operatorText: "the document cannot be read: \(error).",
                uploaderText: "This document is damaged and cannot be read. "
                    + "Please export it again and upload it once more.")
        }
    }

    static func documentWithoutPages(_ complaints: [String]) -> Failure {
        let why = complaints.first.map { " (\($0))" } ?? ""
        return Failure(
            kind: .invalidMedia, code: "noPages",
            operatorText: "the document has no page\(why).",
            uploaderText: "This document has no pages, or is damaged. "
                + "Please export it again and upload it once more.")
    }

    /// A page that is drawn or read for too long: most often a trap, at times a map.
    static func pageTime(_ page: Int, seconds: Int) -> Failure {
        .limit(
            "documentPageSeconds", "the time for page \(page)", limit: "\(seconds) s",
            found: "more than \(seconds) s",
            uploader: "Page \(page) of this document is too complex to be drawn. "
                + "Please simplify it, or export it as a picture.")
    }

    static func documentTime(_ page: Int, seconds: Int) -> Failure {
        .limit(
            "documentSeconds", "the time for all pages", limit: "\(seconds) s",
            found: "more than \(seconds) s at page \(page)",
            uploader: "This document is too complex to be processed. "
                + "Please simplify it, or upload fewer pages.")
    }
}
