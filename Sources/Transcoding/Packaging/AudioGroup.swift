/// Sounds that a player may change between while it keeps a picture: one codec, one kind of layout
/// (RFC 8216, 4.3.4.1.1).
struct AudioGroup {
    let name: String
    /// The one that plays by itself first.
    var tracks: [SegmentedTrack]

    /// Stereo AAC first. A track that is missing from a group (a commentary without surround) is in
    /// it as stereo AAC: every group offers every track.
    static func groups(_ tracks: [SegmentedTrack]) -> [AudioGroup] {
        var groups: [AudioGroup] = []
        for track in tracks {
            let name = Self.name(track)
            if let index = groups.firstIndex(where: { $0.name == name }) {
                groups[index].tracks.append(track)
            } else {
                groups.append(AudioGroup(name: name, tracks: [track]))
            }
        }
        guard let main = groups.first else { return [] }
        for index in groups.indices.dropFirst() {
            let own = groups[index].tracks
            groups[index].tracks = main.tracks.map { track in
                own.first { $0.label != nil && $0.label == track.label } ?? track
            }
        }
        return groups
    }

    private static func name(_ track: SegmentedTrack) -> String {
        if track.codecs == "opus" { return "audio-opus" }
        if case .audio(_, let channels, _) = track.content, channels > 2 { return "audio-surround" }
        return "audio"
    }
}
