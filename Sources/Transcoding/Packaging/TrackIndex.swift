import Foundation
import MediaModel
import Planning

/// What was measured of every track of an item. Published beside the playlists that were made from
/// it, so that playlists over these tracks and new ones can be made without reading a segment.
struct TrackIndex: Codable, Hashable, Sendable {
    /// In the order of the playlists.
    var tracks: [SegmentedTrack] = []
    var captions: [CaptionTrack] = []

    init(tracks: [SegmentedTrack] = [], captions: [CaptionTrack] = []) {
        self.tracks = tracks
        self.captions = captions
    }

    /// What a plan takes over; empty when it takes over nothing.
    init(_ plan: Plan, scratch: ScratchDirectory) throws(Failure) {
        guard let path = plan.trackIndex else { return }
        let descriptor = try scratch.open(path)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            let data = try handle.readToEnd() ?? Data()
            self = try JSONDecoder().decode(TrackIndex.self, from: data)
        } catch {
            throw .internalError(code: "trackIndex", "\(path) cannot be read: \(error)")
        }
    }

    /// A published track as the plan of today calls it.
    func track(_ output: PlannedOutput) -> SegmentedTrack? {
        guard var track = tracks.first(where: { $0.output.name == output.name }) else { return nil }
        track.output = output
        return track
    }

    func caption(_ output: PlannedOutput) -> CaptionTrack? {
        guard var track = captions.first(where: { $0.output.name == output.name }) else {
            return nil
        }
        track.output = output
        return track
    }

    func write(scratch: ScratchDirectory) throws(Failure) -> Artifact {
        let data: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            data = try encoder.encode(self)
        } catch {
            throw .internalError(code: "trackIndex", "the tracks cannot be described: \(error)")
        }
        let name = PlannedPlaylist.indexName
        let keys = tracks.map(\.output.key) + captions.map(\.output.key)
        return Artifact(
            description: DerivativeDescription(
                role: .tracks, name: name, mediaType: PlannedPlaylist.indexMediaType,
                key: Fingerprint.playlist(name, over: keys),
                reason: "lets a later generation list these tracks beside new ones"),
            file: try scratch.adopt(data, stem: name, fileExtension: "json"))
    }
}
