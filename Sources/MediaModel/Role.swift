/// What a derivative is for.
package enum Role: String, Codable, Hashable, Sendable, CaseIterable {
    /// A still at one width, in one format.
    case image
    /// The picture that stands for a film or song.
    case poster
    /// Another moment of a film that could stand for it, for whoever chooses.
    case candidate
    /// One rung of a film: a directory of segments, or the progressive MP4.
    case rendition
    /// An animated picture in motion: the MP4 or the animated WebP.
    case animation
    /// Sound alone: a directory of segments, or one file.
    case audio
    /// HLS multivariant playlist or DASH manifest.
    case playlist
    /// What playlists were made from, for the next generation; no player reads it.
    case tracks
    case storyboard
    /// A short silent loop.
    case hover
    /// What is said, as WebVTT.
    case captions
    /// Named parts, as WebVTT.
    case chapters
    case waveform
    /// A picture cut into tiles at every size, for viewers that load what they show.
    case tiles
    /// The same as an image service: IIIF Image API, level 0.
    case iiif
    /// A drawing as a drawing: SVG with nothing in it but what draws.
    case vector
    /// A page of a document as a picture.
    case page
    /// What a document says, as plain text.
    case text
    case share
    case card
    case cover
}
