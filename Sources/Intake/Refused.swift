import MediaModel
import Storage

/// Refusals that need no look into the file.
enum Refused {
    static let emptyFile = Failure(
        kind: .invalidMedia, code: "emptyFile",
        operatorText: "The file has no bytes. The transfer probably failed; ask for it again.",
        uploaderText: "This file is empty. Please upload it again.")

    static func sourceTooLarge(_ byteCount: Int64, limit: Int64) -> Failure {
        Failure(
            kind: .limitExceeded, code: "sourceTooLarge",
            operatorText: "The file has \(byteCount) bytes; limits.sourceBytes allows \(limit).",
            uploaderText: "This file is too large: \(megabytes(byteCount)) MB, and at most "
                + "\(megabytes(limit)) MB can be accepted.")
    }

    static func unreadable(_ cause: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "unreadable",
            operatorText: "The file cannot be opened for reading (\(cause)). Check its owner and "
                + "permissions, and put it into the inbox again.",
            uploaderText: "This file could not be read. Please upload it again.")
    }

    static func badOwner(_ directory: FileName) -> Failure {
        Failure(
            kind: .invalidMedia, code: "badOwner",
            operatorText: "The sub-directory \(directory.description.debugDescription) of the "
                + "inbox cannot be the name of a member: expected \(OwnerName.rule). Rename it, or "
                + "say whose the upload is with `owner` in its sidecar (null: nobody's), and put it "
                + "into the inbox again.",
            uploaderText: "Something went wrong on our side: this file could not be matched to "
                + "your account. Please tell the site about it.")
    }

    private static func megabytes(_ byteCount: Int64) -> Int64 { (byteCount + 999_999) / 1_000_000 }
}
