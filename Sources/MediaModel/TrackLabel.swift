/// What a listener or reader chooses a track by.
package struct TrackLabel: Codable, Hashable, Sendable {
    /// For people; unique among the tracks of its kind: `Deutsch`, `Director's commentary`.
    package var name: String
    /// RFC 5646; nil = not said.
    package var language: String?
    package var purpose: TrackPurpose

    package init(name: String, language: String? = nil, purpose: TrackPurpose = .main) {
        self.name = name
        self.language = language
        self.purpose = purpose
    }
}

/// What a track is for.
package enum TrackPurpose: String, Codable, Hashable, Sendable {
    /// The film's sound, the translation of what is said.
    case main
    /// Spoken in another language than the original.
    case dub
    /// Somebody talks about the work.
    case commentary
    /// Also tells what is seen, for those who cannot see it.
    case described
    /// Also writes what is heard, for those who cannot hear it.
    case hardOfHearing
    /// Only what must be read even by those who understand the sound.
    case forced
}
