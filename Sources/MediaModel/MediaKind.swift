/// What an upload is, decided by its content: never by its name, never by the absence of something.
///
/// A silent film is a film; a song with cover art is a song.
package enum MediaKind: String, Codable, Hashable, Sendable, CaseIterable {
    case video, audio, image, animation, document
}
