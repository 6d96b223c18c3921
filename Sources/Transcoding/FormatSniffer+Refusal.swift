import MediaModel

extension FormatSniffer {
    /// Why a file is not opened, in words for both readers.
    enum Refusal {
        case empty
        /// Media, or a document, that nothing here reads, and what can be uploaded instead.
        case known(String, instead: String)
        /// Camera RAW, of the format with that title, in which no preview was found.
        case rawWithoutPreview(String)
        /// No media at all.
        case other(String)
        case unknown([UInt8])

        var failure: Failure {
            switch self {
            case .empty:
                Failure(
                    kind: .invalidMedia, code: "emptyFile",
                    operatorText: "the upload has 0 bytes.",
                    uploaderText: "This file is empty. Please upload it again.")
            case .known(let what, let instead):
                Failure(
                    kind: .unsupported, code: "unsupportedFormat",
                    operatorText: "the content is \(what); no reader for it is enabled. Ask for "
                        + "\(instead).",
                    uploaderText: "This file is \(what), a format that cannot be shown here yet. "
                        + "Please upload \(instead) instead.")
            case .rawWithoutPreview(let title):
                Failure(
                    kind: .unsupported, code: "rawWithoutPreview",
                    operatorText: "the content is camera RAW (\(title)) without an embedded JPEG "
                        + "that can be read, and RAW is not developed here. Ask for an export as "
                        + "JPEG or TIFF, or as DNG with an embedded preview.",
                    uploaderText: "This file is camera RAW (\(title)) without a preview picture. "
                        + "Please export it as JPEG or TIFF, or as DNG with a full-size preview, "
                        + "and upload that.")
            case .other(let what):
                Failure(
                    kind: .invalidMedia, code: "notMedia",
                    operatorText:
                        "the content is \(what), neither picture, film, sound nor document.",
                    uploaderText: "This file is \(what), not a picture, film, sound or document.")
            case .unknown(let head):
                Failure(
                    kind: .invalidMedia, code: "unknownFormat",
                    operatorText: "no known signature; the file begins with "
                        + "\(Self.hex(head.prefix(16))).",
                    uploaderText: "This file is not a picture, film, sound or document known here, "
                        + "or it is damaged at its start.")
            }
        }

        /// What is refused by name. Order: exact first, text last.
        static func recognise(_ file: FileHead) -> Refusal? {
            if let refusal = archived(file) { return refusal }
            for signature in signatures where file.has(signature.bytes, at: signature.offset) {
                return signature.refusal
            }
            if file.has("MZ"), file.contains("PE\0\0", within: 1_024) { return .other("a program") }
            // A Targa that is cut off begins like a cursor, but with a table of no colours.
            if file.has([0, 0, 2, 0, nil, 0]), file.head[4] > 0 {
                return .known("a cursor", instead: picture)
            }
            if file.has("BM"), file.has([nil, 0, 0, 0], at: 14) {
                return .known("a BMP picture of a kind that is not read here", instead: picture)
            }
            return text(file).map { .other($0) }
        }

        /// What kind of text it is, when it is text.
        private static func text(_ file: FileHead) -> String? {
            if file.has([0xFF, 0xFE]) && file.head.count > 3 && file.head[3] == 0 { return "text" }
            let sample = file.head.prefix(1_024)
            // No control characters but the usual white space: binary formats have them early.
            guard
                sample.allSatisfy({
                    $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0C, 0x0D].contains($0)
                })
            else { return nil }
            // The sample may end within a character.
            let whole = (0...3).lazy.compactMap {
                String(validating: sample.dropLast($0), as: UTF8.self)
            }.first
            guard let text = whole?.drop(while: { $0.isWhitespace || $0 == "\u{FEFF}" }) else {
                return nil
            }
            let lower = text.lowercased()
            if lower.hasPrefix("{") || lower.hasPrefix("[") { return "JSON text" }
            // Editors write pages of comments and entities before the drawing begins.
            let root = XMLRoot.name(file.head)
            if root == "html" || lower.hasPrefix("<!doctype html") { return "a web page" }
            if lower.hasPrefix("<") { return "XML text" }
            if lower.hasPrefix("#extm3u") { return "a playlist" }
            if lower.hasPrefix("ffconcat") { return "a playlist" }
            if lower.hasPrefix("v=0") { return "a session description" }
            return "text"
        }

        private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
            let digits = Array("0123456789abcdef")
            return bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
                .joined(separator: " ")
        }
    }
}
