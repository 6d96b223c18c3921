import FFmpeg
import Foundation
import MediaModel

extension SubtitleStreamInfo {
    /// Codecs whose decoders give text, by FFmpeg's names.
    static let textCodecs: Set<String> = [
        "subrip", "srt", "text", "ass", "ssa", "mov_text", "webvtt",
    ]
    /// Codecs whose subtitles are pictures.
    static let pictureCodecs: Set<String> = [
        "hdmv_pgs_subtitle", "dvb_subtitle", "dvd_subtitle", "xsub",
    ]

    init(_ stream: StreamDescription) {
        self.init(
            index: stream.index, codec: stream.codecName,
            language: Tags.language(stream.metadata),
            title: Tags.limited(stream.metadata)["title"], purpose: stream.purpose)
    }
}

/// A container's chapters: times and titles from strangers, kept few and short.
enum Chapters {
    /// Far more than a list for people; a container may name millions.
    private static let maximumCount = 4096

    static func limited(_ chapters: [Chapter]) -> [ChapterInfo] {
        chapters.prefix(maximumCount).compactMap { chapter in
            let (start, end) = (chapter.start.seconds, chapter.end.seconds)
            guard start.isFinite, end.isFinite, abs(start) < 1e9, abs(end) < 1e9 else {
                return nil
            }
            return ChapterInfo(
                startSeconds: start, endSeconds: end,
                title: Tags.limited(chapter.metadata)["title"])
        }
    }
}
