import MediaModel
import Planning

extension Failure {
    static func damagedDrawing(_ what: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "unreadableDrawing",
            operatorText: "the drawing is not well-formed: \(what).",
            uploaderText: "This drawing is damaged and cannot be read. "
                + "Please export it again and upload it once more.")
    }

    static func emptyDrawing() -> Failure {
        Failure(
            kind: .invalidMedia, code: "emptyDrawing",
            operatorText: "the drawing has no size: neither width and height, nor a viewBox, nor "
                + "anything that is drawn.",
            uploaderText: "This drawing has no size. Please export it with one.")
    }

    static func drawingElements(_ limit: Int, found: String) -> Failure {
        .limit(
            "drawingElements", "the number of elements, each counted as often as it is drawn",
            limit: "\(limit)", found: found,
            uploader: "This drawing has too many parts. Please simplify it, or export it as PNG.")
    }

    static func drawingBytes(_ limit: Int) -> Failure {
        .limit(
            "drawingBytes", "the size of the drawing, unpacked", limit: "\(limit) bytes",
            found: "more",
            uploader:
                "This drawing is too large; up to \(max(1, limit >> 20)) MB can be processed. "
                + "Please simplify it, or export it as PNG.")
    }

    static func drawingTime(_ seconds: Int) -> Failure {
        .limit(
            "drawingSeconds", "the time for drawing it", limit: "\(seconds) s",
            found: "more than \(seconds) s",
            uploader: "This drawing is too complex to be drawn. "
                + "Please simplify it, or export it as PNG.")
    }
}
