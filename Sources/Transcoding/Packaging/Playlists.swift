import Foundation
package import MediaModel
import Planning

/// The HLS and DASH entry points of an item, over the same segments.
package enum Playlists {
    /// Writes and adopts them; their tracks must be in scratch under their final names, but for those
    /// that are published already.
    ///
    /// - Parameter kept: names of the tracks that are published, not in scratch.
    ///
    /// No plan says what is in them: their key is a digest of the contained tracks' keys. With them
    /// comes what describes the tracks, so that a later generation can list some of them beside new
    /// ones. Films in several
    /// codecs get two multivariant playlists: Chromium's own player switches between any two
    /// variants, and fails when their codecs differ.
    package static func publish(
        video: [SegmentedTrack], audio: [SegmentedTrack], captions: [CaptionTrack] = [],
        kept: Set<String> = [], scratch: ScratchDirectory
    ) throws(Failure) -> [Artifact] {
        let tracks = video + audio
        let families = DASHWriter.byCodec(video)
        let common = families.first ?? []
        let hls = HLSWriter.multivariant(video: common, audio: audio, captions: captions)
        let everything = HLSWriter.multivariant(video: video, audio: audio, captions: captions)
        let dash = DASHWriter.manifest(video: video, audio: audio, captions: captions)
        try PlaylistVerifier.verify(
            hls: everything, dash: dash, tracks: tracks, captions: captions, kept: kept,
            scratch: scratch)
        try PlaylistVerifier.verify(hls: hls, tracks: common + audio, captions: captions)
        let seconds = tracks.map(\.endSeconds).max()
        func publish(
            _ text: String, _ name: String, _ fileExtension: String, _ mediaType: String,
            _ reason: String, over tracks: [SegmentedTrack]
        ) throws(Failure) -> Artifact {
            let keys = tracks.map(\.output.key) + captions.map(\.output.key)
            let what = "over the segments of \(tracks.map(\.output.name).joined(separator: ", "))"
            let file = try scratch.adopt(
                Data(text.utf8), stem: name, fileExtension: fileExtension)
            var description = DerivativeDescription(
                role: .playlist, name: name, mediaType: mediaType,
                key: Fingerprint.playlist(name, over: keys), reason: "\(reason), \(what)")
            description.durationSeconds = seconds
            return Artifact(description: description, file: file)
        }
        var artifacts = [
            try publish(
                hls, "hls", "m3u8", HLSWriter.mediaType, "HLS plays natively on Apple devices",
                over: common + audio),
            try publish(
                dash, "dash", "mpd", DASHWriter.mediaType, "DASH for players that prefer it",
                over: tracks),
        ]
        if families.count > 1 {
            artifacts.append(
                try publish(
                    everything, "hls-all", "m3u8", HLSWriter.mediaType,
                    "HLS for players that choose among codecs, as Apple's do", over: tracks))
        }
        artifacts.append(
            try TrackIndex(tracks: tracks, captions: captions).write(scratch: scratch))
        return artifacts
    }
}
