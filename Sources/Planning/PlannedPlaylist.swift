package import MediaModel

/// A list of tracks that players start from. Made from what was measured of the tracks, so no plan
/// says what is in it; which tracks those are is known before.
package struct PlannedPlaylist: Hashable, Sendable {
    /// What describes the tracks themselves, for the next generation; no player reads it.
    package static let indexName = "tracks"
    /// Says which form it has: one of another version is not read.
    package static let indexMediaType = "application/vnd.vitrine.tracks.v1+json"

    package var name: String
    package var key: String

    package var role: Role { name == Self.indexName ? .tracks : .playlist }
}

extension Fingerprint {
    /// Key of a playlist: which one, and the keys of what it lists, in any order.
    package static func playlist(_ name: String, over keys: [String]) -> String {
        digest([name] + keys.sorted())
    }
}

extension Plan {
    /// Everything that a playlist can list, in the order in which it is listed.
    package var tracks: [PlannedOutput] {
        let sounds = ((audio.map { [$0] } ?? []) + otherAudio).flatMap(\.segmentedOutputs)
        return (video?.everyRung ?? []).map(\.output) + sounds + captions.map(\.output)
    }

    /// Names of those that are published already.
    package var keptTracks: Set<String> { Set(tracks.filter(\.isKept).map(\.name)) }

    /// The playlists there will be.
    /// - Parameter missing: names of tracks that could not be made and cannot be listed.
    package func playlists(without missing: Set<String> = []) -> [PlannedPlaylist] {
        let listed = tracks.filter { !missing.contains($0.name) }
        guard listed.contains(where: { $0.role != .captions }) else { return [] }
        // Rungs in another codec than the ladder's are in the lists for players that can choose.
        let others = Set((video?.alternatives ?? []).map(\.rung.output.name))
        let common = listed.filter { !others.contains($0.name) }
        func playlist(_ name: String, _ tracks: [PlannedOutput]) -> PlannedPlaylist {
            PlannedPlaylist(
                name: name, key: Fingerprint.playlist(name, over: tracks.map(\.key)))
        }
        var all = [playlist("hls", common), playlist("dash", listed)]
        if !others.isEmpty { all.append(playlist("hls-all", listed)) }
        all.append(playlist(PlannedPlaylist.indexName, listed))
        return all
    }
}
