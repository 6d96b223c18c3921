/// What a worker made and verified, still in its scratch directory.
///
/// Said by a worker, so tainted: the daemon re-checks every number, length and string, hashes the
/// bytes itself, and refuses an artifact whose digests differ.
package struct Artifact: Codable, Hashable, Sendable {
    /// What it is; everything but the bytes.
    package var description: DerivativeDescription
    /// The file that stands for the artifact, relative to scratch, with its final, content-carrying
    /// name: `poster-1280.4be1c9d2.avif`, `video-720p.91c2d0aa/media.m3u8`.
    package var file: ArtifactFile
    /// The other files of its directory (segments, init), final names; empty for a single file.
    package var companions: [ArtifactFile]

    /// Of all its files.
    package var byteCount: Int64 { companions.reduce(file.byteCount) { $0 + $1.byteCount } }

    package init(
        description: DerivativeDescription, file: ArtifactFile, companions: [ArtifactFile] = []
    ) {
        self.description = description
        self.file = file
        self.companions = companions
    }
}

/// One file with its size and digest.
package struct ArtifactFile: Codable, Hashable, Sendable {
    /// At most four directories deep; see `ContentName.isValidPath`.
    package var path: String
    /// In bytes.
    package var byteCount: Int64
    /// Lower-case hex.
    package var sha256: String

    package init(path: String, byteCount: Int64, sha256: String) {
        self.path = path
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// What a derivative is, shared by a worker's artifact and the manifest's entry.
package struct DerivativeDescription: Codable, Hashable, Sendable {
    package var role: Role
    /// Name of the thing inside the plan, unique in an item: `video-720p`, `poster-1280.avif`.
    package var name: String
    /// IANA media type.
    package var mediaType: String
    package var width: Int?
    package var height: Int?
    /// `p3`: which colours a picture can have; nil = sRGB.
    package var gamut: String?
    package var durationSeconds: Double?
    /// RFC 6381.
    package var codecs: String?
    /// Average bits per second, measured.
    package var bitrate: Int?
    /// Highest bits per second of any segment, measured.
    package var peakBitrate: Int?
    package var frameRate: Double?
    /// In hertz.
    package var sampleRate: Int?
    package var channels: Int?
    package var language: String?
    /// The moment of the film it shows, in seconds from the start.
    package var atSeconds: Double?
    /// The page of a document that it shows, from 1.
    package var page: Int?
    /// Of a track that is chosen by people. Plain text.
    package var title: String?
    package var quality: Quality?
    /// Digest of (source, parameters, engine revision): what makes reprocessing incremental.
    package var key: String
    /// Why it is the way it is, in words.
    package var reason: String

    package init(role: Role, name: String, mediaType: String, key: String, reason: String) {
        self.role = role
        self.name = name
        self.mediaType = mediaType
        self.key = key
        self.reason = reason
    }
}

/// A measured likeness to the source.
package struct Quality: Codable, Hashable, Sendable {
    /// `ssim`.
    package var metric: String
    package var score: Double

    package init(metric: String, score: Double) {
        self.metric = metric
        self.score = score
    }
}
