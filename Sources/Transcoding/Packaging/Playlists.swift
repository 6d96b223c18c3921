import Foundation
package import MediaModel
import Planning

/// The HLS and DASH entry points of an item, over the same segments.
package enum Playlists {
    /// Writes and adopts both; their tracks must be in scratch under their final names.
    ///
    /// No plan names them: their key is a digest of the contained tracks' keys.
    package static func publish(
        video: [SegmentedTrack], audio: [SegmentedTrack], captions: [CaptionTrack] = [],
        scratch: ScratchDirectory
    ) throws(Failure) -> [Artifact] {
        let tracks = video + audio
        let hls = HLSWriter.multivariant(video: video, audio: audio, captions: captions)
        let dash = DASHWriter.manifest(video: video, audio: audio, captions: captions)
        try PlaylistVerifier.verify(
            hls: hls, dash: dash, tracks: tracks, captions: captions, scratch: scratch)
        let keys = (tracks.map(\.output.key) + captions.map(\.output.key)).sorted()
        let what = "over the segments of \(tracks.map(\.output.name).joined(separator: ", "))"
        let seconds = tracks.map(\.endSeconds).max()
        func publish(
            _ text: String, _ name: String, _ fileExtension: String, _ mediaType: String,
            _ reason: String
        ) throws(Failure) -> Artifact {
            let file = try scratch.adopt(
                Data(text.utf8), stem: name, fileExtension: fileExtension)
            var description = DerivativeDescription(
                role: .playlist, name: name, mediaType: mediaType,
                key: Fingerprint.digest([name] + keys), reason: "\(reason), \(what)")
            description.durationSeconds = seconds
            return Artifact(description: description, file: file)
        }
        return [
            try publish(
                hls, "hls", "m3u8", HLSWriter.mediaType, "HLS plays natively on Apple devices"),
            try publish(
                dash, "dash", "mpd", DASHWriter.mediaType, "DASH for players that prefer it"),
        ]
    }
}
