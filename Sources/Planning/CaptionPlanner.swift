import MediaModel

extension Planner {
    /// A chapter per minute of six hours; what has more is no list for people.
    private static let maximumChapters = 400
    /// Longest title of a chapter, in characters.
    private static let maximumTitle = 200

    /// Every text subtitle stream of a film becomes a WebVTT track.
    func planCaptions(
        _ info: MediaInfo, origin: Double, end: Double, draft: inout PlanDraft
    ) -> [CaptionPlan] {
        let carried = info.subtitles.prefix(Self.maximumTracks)
        guard !carried.isEmpty else { return [] }
        if carried.count < info.subtitles.count {
            draft.warnings.append(
                MediaWarning(
                    code: "subtitlesLeftOut",
                    message: "\(info.subtitles.count - carried.count) of "
                        + "\(info.subtitles.count) subtitle tracks were left out."))
        }
        let labels = TrackNaming.unique(
            carried.enumerated().map { TrackNaming.label($1, number: $0 + 1) })
        draft.decide(
            "captions", labels.map(\.name).joined(separator: ", "),
            because: "WebVTT is what browsers show; italics and bold are kept")
        return zip(carried, labels).enumerated().map { position, track in
            let (stream, label) = track
            return CaptionPlan(
                output: draft.output(
                    .captions, "captions-\(position + 1)",
                    "\(label.name): stream \(stream.index), \(stream.codec), as WebVTT",
                    parameters: [
                        "stream \(stream.index)", stream.codec, "\(origin)", "\(end)",
                    ]),
                streamIndex: stream.index, codec: stream.codec,
                kind: label.purpose == .hardOfHearing ? .captions : .subtitles, label: label,
                originSeconds: origin, durationSeconds: max(0.001, end - origin))
        }
    }

    /// The container's list of parts, made honest: in order, inside the item, none empty.
    func planChapters(
        _ info: MediaInfo, origin: Double, end: Double, draft: inout PlanDraft
    ) -> ChapterPlan? {
        let length = Int(((end - origin) * 1000).rounded(.down))
        let starts = info.chapters.sorted { $0.startSeconds < $1.startSeconds }
            .prefix(Self.maximumChapters)
        var chapters: [ChapterPlan.Chapter] = []
        for (number, chapter) in starts.enumerated() {
            let start = max(0, Self.milliseconds(chapter.startSeconds - origin))
            let end = min(length, Self.milliseconds(chapter.endSeconds - origin))
            guard start < length else { continue }
            // Where chapters overlap the next one begins.
            if let last = chapters.indices.last, chapters[last].endMilliseconds > start {
                chapters[last].endMilliseconds = start
            }
            chapters.append(
                ChapterPlan.Chapter(
                    startMilliseconds: start, endMilliseconds: max(start, end),
                    title: Self.title(chapter.title) ?? "Chapter \(number + 1)"))
        }
        chapters.removeAll { $0.endMilliseconds <= $0.startMilliseconds }
        guard !chapters.isEmpty else { return nil }
        draft.decide("chapters", "\(chapters.count)", because: "the upload names its parts")
        return ChapterPlan(
            output: draft.output(
                .chapters, "chapters", "the upload's \(chapters.count) parts as WebVTT",
                parameters: [Fingerprint.digest(chapters)]),
            chapters: chapters)
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        Int((max(-1e9, min(seconds, 1e9)) * 1000).rounded())
    }

    /// One line of it; nil when nothing is left.
    private static func title(_ text: String?) -> String? {
        let words = (text ?? "").prefix(maximumTitle).split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
