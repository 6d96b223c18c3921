import CFFmpeg

/// A named part of a file. Wraps AVChapter.
/// <https://ffmpeg.org/doxygen/5.1/structAVChapter.html>
package struct Chapter: Sendable, Hashable {
    /// Where it begins.
    package let start: Timestamp
    /// Where it ends.
    package let end: Timestamp
    /// Its tags; "title" is the name.
    package let metadata: [String: String]

    init(_ raw: UnsafePointer<AVChapter>) {
        let base = unsafe Rational(raw.pointee.time_base)
        start = unsafe Timestamp(raw.pointee.start, base)
        end = unsafe Timestamp(raw.pointee.end, base)
        metadata = unsafe FFmpeg.metadata(raw.pointee.metadata)
    }
}
