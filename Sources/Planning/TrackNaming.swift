import MediaModel

/// Names that people choose tracks by, from what a container says.
enum TrackNaming {
    /// Longest name, in characters: menus of players are narrow.
    private static let maximumName = 80

    static func label(_ audio: AudioStreamInfo, number: Int) -> TrackLabel {
        label(
            language: audio.language, title: audio.title, purpose: audio.purpose,
            fallback: "Track \(number)")
    }

    static func label(_ subtitles: SubtitleStreamInfo, number: Int) -> TrackLabel {
        label(
            language: subtitles.language, title: subtitles.title, purpose: subtitles.purpose,
            fallback: "Subtitles \(number)")
    }

    /// The same with numbers behind those names that are taken: HLS wants them different.
    static func unique(_ labels: [TrackLabel]) -> [TrackLabel] {
        var taken: Set<String> = []
        return labels.map { label in
            var label = label
            let name = label.name
            var number = 2
            while !taken.insert(label.name.lowercased()).inserted {
                label.name = "\(name) (\(number))"
                number += 1
            }
            return label
        }
    }

    private static func label(
        language: String?, title: String?, purpose: TrackPurpose, fallback: String
    ) -> TrackLabel {
        let tag = language.flatMap(LanguageTag.normalised)
        let said = title.map(clean).flatMap { $0.isEmpty ? nil : $0 }
        let spoken = tag.map(LanguageTag.name)
        let aside: String? =
            switch purpose {
            case .main, .dub: nil
            case .commentary: "commentary"
            case .described: "audio description"
            case .hardOfHearing: "SDH"
            case .forced: "forced"
            }
        let made = [spoken ?? fallback, aside.map { "(\($0))" }].compactMap { $0 }
            .joined(separator: " ")
        return TrackLabel(name: said ?? made, language: tag, purpose: purpose)
    }

    /// One line without quotes or control characters: playlists hold it in quotes.
    private static func clean(_ title: String) -> String {
        let kept = title.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }.filter { $0 != "\"" }
        return String(kept.prefix(maximumName)).split(separator: " ").joined(separator: " ")
    }
}
