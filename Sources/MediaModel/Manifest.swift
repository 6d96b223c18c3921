/// The document a web page uses as it is: written last and atomically, the commit point of an item.
///
/// Contract: `config/manifest.schema.json`. Readers ignore unknown fields.
package struct Manifest: Codable, Hashable, Sendable {
    package static let currentSchemaVersion = 1

    package enum State: String, Codable, Hashable, Sendable {
        case partial, ready
    }

    package var schemaVersion: Int
    package var item: ItemID
    /// Counts up from 1; earlier generations stay for rollback.
    package var generation: Int
    package var state: State
    package var kind: MediaKind
    package var title: String
    package var alt: String?
    package var credit: Credit?
    package var owner: String?
    package var source: Source
    package var derivatives: [Derivative]
    package var play: Play?
    /// Ready to paste; every value in it is escaped.
    package var html: String
    package var placeholder: Placeholder?
    package var loudness: Loudness?
    /// Of a film's picture.
    package var analysis: FilmAnalysis?
    package var warnings: [MediaWarning]
    package var provenance: Provenance

    package init(
        item: ItemID, generation: Int, state: State, kind: MediaKind, title: String, alt: String?,
        credit: Credit?, owner: String?, source: Source, derivatives: [Derivative], play: Play?,
        html: String, placeholder: Placeholder?, loudness: Loudness?,
        analysis: FilmAnalysis? = nil, warnings: [MediaWarning], provenance: Provenance
    ) {
        self.schemaVersion = Self.currentSchemaVersion
        self.item = item
        self.generation = generation
        self.state = state
        self.kind = kind
        self.title = title
        self.alt = alt
        self.credit = credit
        self.owner = owner
        self.source = source
        self.derivatives = derivatives
        self.play = play
        self.html = html
        self.placeholder = placeholder
        self.loudness = loudness
        self.analysis = analysis
        self.warnings = warnings
        self.provenance = provenance
    }
}

extension Manifest {
    package struct Source: Codable, Hashable, Sendable {
        package var fileName: String
        package var byteCount: Int64
        package var sha256: String
        package var mediaType: String
        package var receivedAt: Timestamp
        package var info: SourceInfo

        package init(upload: Upload, info: MediaInfo) {
            fileName = upload.fileName
            byteCount = upload.byteCount
            sha256 = upload.sha256
            mediaType = info.mediaType
            receivedAt = upload.receivedAt
            self.info = SourceInfo(info)
        }
    }

    /// The probe's findings that a page or an operator can use.
    package struct SourceInfo: Codable, Hashable, Sendable {
        package var format: String
        package var durationSeconds: Double?
        package var width: Int?
        package var height: Int?
        /// Clockwise, in degrees.
        package var rotation: Int?
        package var frameRate: Double?
        package var pageCount: Int?
        /// Of a document's pages, in points; consecutive pages of one size together.
        package var pageSizes: [DocumentInfo.PageRun]?
        /// How often an animation plays; 0 for ever.
        package var plays: Int?
        /// The brighter form for HDR displays that lies beside a picture; nothing is made of it.
        package var gainMap: GainMap?
        /// `c2pa`: the upload carries signed statements of its making, which were not validated.
        package var contentCredentials: String?
        package var streams: [StreamSummary]

        package init(_ info: MediaInfo) {
            format = info.format
            durationSeconds = info.durationSeconds
            width = info.video?.displaySize.width ?? info.image?.displaySize.width
            height = info.video?.displaySize.height ?? info.image?.displaySize.height
            rotation = info.video?.rotation
            frameRate = info.video?.frameRate?.value
            pageCount = info.document?.pageCount ?? info.image?.pageCount
            pageSizes = info.document?.pageSizes.filter(\.isReadable)
            plays = info.image?.animation?.plays
            gainMap = info.image?.gainMap
            contentCredentials = info.contentCredentials
            streams = info.streams
        }
    }

    /// One published thing; `description`'s fields stand beside these in the JSON.
    package struct Derivative: Hashable, Sendable {
        package var description: DerivativeDescription
        /// Relative to the manifest. For a directory of segments: its playlist.
        package var path: String
        package var byteCount: Int64
        package var sha256: String
        /// The other files that belong to it, each complete and digested.
        package var files: [ArtifactFile]
        /// Of the item, in which it was made; later ones keep it as it is.
        package var generation: Int

        package init(_ artifact: Artifact, generation: Int = 1) {
            self.generation = generation
            description = artifact.description
            path = artifact.file.path
            byteCount = artifact.file.byteCount
            sha256 = artifact.file.sha256
            files = artifact.companions
        }

        /// The file that stands for it.
        package var file: ArtifactFile {
            ArtifactFile(path: path, byteCount: byteCount, sha256: sha256)
        }

        /// Everything it consists of.
        package var allFiles: [ArtifactFile] { [file] + files }

        /// As a worker's artifact again.
        package var artifact: Artifact {
            Artifact(description: description, file: file, companions: files)
        }
    }

    /// An output that was planned, tried, and for a good reason is not there: a poster of a moment
    /// that a short film does not have, the larger of two forms.
    package struct Omission: Codable, Hashable, Sendable {
        package var name: String
        /// Tried again only when this changes.
        package var key: String
        package var reason: String

        package init(name: String, key: String, reason: String) {
            self.name = name
            self.key = key
            self.reason = reason
        }
    }

    /// Where a player starts; paths relative to the manifest.
    package struct Play: Codable, Hashable, Sendable {
        package var hls: String?
        package var dash: String?
        package var mp4: String?
        /// An animated picture as WebP.
        package var webp: String?
        /// A film with its transparency.
        package var alpha: String?
        package var audio: String?
        package var poster: String?
        package var storyboard: String?
        package var hover: String?
        package var waveform: String?
        package var captions: [Captions]
        package var chapters: String?

        package init() { captions = [] }
    }

    /// A text track that a viewer can switch on.
    package struct Captions: Codable, Hashable, Sendable {
        package var path: String
        /// `subtitles` or `captions`, as the `<track>` element knows them.
        package var kind: String
        /// RFC 5646; nil = not said.
        package var language: String?
        /// For people. Plain text, not HTML.
        package var label: String

        package init(path: String, kind: String, language: String?, label: String) {
            self.path = path
            self.kind = kind
            self.language = language
            self.label = label
        }
    }

    package struct Provenance: Codable, Hashable, Sendable {
        package var vitrine: String
        package var ffmpeg: String?
        package var libvips: String?
        package var encoders: [String: String]
        package var recipe: String
        package var recipeDigest: String
        package var engineRevision: Int
        /// `active` or `reduced`: how the worker was confined.
        package var sandbox: String
        /// The layers that were missing, `landlock`, `seccomp`, `proof`; nil when it was active.
        package var sandboxMissing: [String]?
        package var startedAt: Timestamp
        package var finishedAt: Timestamp
        /// Of the worker process, user + system.
        package var cpuSeconds: Double
        /// Counted attempts, this one included.
        package var attempts: Int
        /// Every decision of the planner with its reason.
        package var decisions: [Decision]
        /// Keys of what was found out about the item, by name: `placeholder`, `loudness`, `analysis`.
        package var measured: [String: String]
        /// Planned, tried and left out.
        package var omitted: [Omission]
        /// Parts of the attempt that made this generation, in the order they began.
        package var stages: [Stage]
        /// What the encoders and filters of each derivative were given, in words, by its name.
        package var settings: [String: String]
        /// Codes of the warnings that came up while something was made: they stay true as long as it
        /// is kept. nil in manifests that did not tell them apart.
        package var noticed: [String]?
        /// The earlier generation that an operator went back to; nil = it was made.
        package var restoredFrom: Int?

        /// Versions of everything that derivatives are made with, by the library's name.
        package var tools: [String: String] {
            var tools = encoders
            tools["ffmpeg"] = ffmpeg
            tools["libvips"] = libvips
            return tools
        }

        package init(
            vitrine: String, ffmpeg: String?, libvips: String?, encoders: [String: String],
            recipe: String, recipeDigest: String, engineRevision: Int, sandbox: String,
            sandboxMissing: [String]? = nil,
            startedAt: Timestamp, finishedAt: Timestamp, cpuSeconds: Double, attempts: Int,
            decisions: [Decision], measured: [String: String] = [:],
            omitted: [Omission] = [], stages: [Stage] = [],
            settings: [String: String] = [:], noticed: [String]? = nil
        ) {
            self.settings = settings
            self.noticed = noticed
            self.stages = stages
            self.measured = measured
            self.omitted = omitted
            self.vitrine = vitrine
            self.ffmpeg = ffmpeg
            self.libvips = libvips
            self.encoders = encoders
            self.recipe = recipe
            self.recipeDigest = recipeDigest
            self.engineRevision = engineRevision
            self.sandbox = sandbox
            self.sandboxMissing = sandboxMissing
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.cpuSeconds = cpuSeconds
            self.attempts = attempts
            self.decisions = decisions
        }
    }
}

extension Manifest.Provenance {
    /// Earlier manifests of the same schema version did not have everything.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            vitrine: try container.decode(String.self, forKey: .vitrine),
            ffmpeg: try container.decodeIfPresent(String.self, forKey: .ffmpeg),
            libvips: try container.decodeIfPresent(String.self, forKey: .libvips),
            encoders: try container.decode([String: String].self, forKey: .encoders),
            recipe: try container.decode(String.self, forKey: .recipe),
            recipeDigest: try container.decode(String.self, forKey: .recipeDigest),
            engineRevision: try container.decode(Int.self, forKey: .engineRevision),
            sandbox: try container.decode(String.self, forKey: .sandbox),
            sandboxMissing: try container.decodeIfPresent([String].self, forKey: .sandboxMissing),
            startedAt: try container.decode(Timestamp.self, forKey: .startedAt),
            finishedAt: try container.decode(Timestamp.self, forKey: .finishedAt),
            cpuSeconds: try container.decode(Double.self, forKey: .cpuSeconds),
            attempts: try container.decode(Int.self, forKey: .attempts),
            decisions: try container.decode([Decision].self, forKey: .decisions),
            measured: try container.decodeIfPresent([String: String].self, forKey: .measured)
                ?? [:],
            omitted: try container.decodeIfPresent(
                [Manifest.Omission].self, forKey: .omitted) ?? [],
            stages: try container.decodeIfPresent([Stage].self, forKey: .stages) ?? [],
            settings: try container.decodeIfPresent([String: String].self, forKey: .settings)
                ?? [:],
            noticed: try container.decodeIfPresent([String].self, forKey: .noticed)
        )
        restoredFrom = try container.decodeIfPresent(Int.self, forKey: .restoredFrom)
    }
}

extension Manifest.Derivative: Codable {
    private enum CodingKeys: String, CodingKey {
        case path, byteCount, sha256, files, generation
    }

    package init(from decoder: any Decoder) throws {
        description = try DerivativeDescription(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = try container.decode(String.self, forKey: .path)
        byteCount = try container.decode(Int64.self, forKey: .byteCount)
        sha256 = try container.decode(String.self, forKey: .sha256)
        files = try container.decodeIfPresent([ArtifactFile].self, forKey: .files) ?? []
        generation = try container.decodeIfPresent(Int.self, forKey: .generation) ?? 1
    }

    package func encode(to encoder: any Encoder) throws {
        try description.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(byteCount, forKey: .byteCount)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(generation, forKey: .generation)
        if !files.isEmpty { try container.encode(files, forKey: .files) }
    }
}

/// One decision of the planner: about what, what was chosen, and why.
package struct Decision: Codable, Hashable, Sendable {
    package var subject: String
    package var choice: String
    package var reason: String

    package init(_ subject: String, _ choice: String, because reason: String) {
        self.subject = subject
        self.choice = choice
        self.reason = reason
    }
}

/// What a page shows before anything has loaded.
package struct Placeholder: Codable, Hashable, Sendable {
    /// Base64 of the ThumbHash bytes.
    package var thumbHash: String
    package var blurHash: String
    /// `#rrggbb`.
    package var dominantColor: String
    /// A colour of a picture.
    package struct Swatch: Codable, Hashable, Sendable {
        /// `#rrggbb`.
        package var color: String
        /// Of what is seen of the picture, 0 to 1.
        package var share: Double

        package init(color: String, share: Double) {
            self.color = color
            self.share = share
        }
    }

    /// Up to six colours, the largest share first; nil in manifests that did not have it.
    package var palette: [Swatch]?
    /// Width ÷ height.
    package var aspectRatio: Double

    package init(
        thumbHash: String, blurHash: String, dominantColor: String, palette: [Swatch]? = nil,
        aspectRatio: Double
    ) {
        self.palette = palette
        self.thumbHash = thumbHash
        self.blurHash = blurHash
        self.dominantColor = dominantColor
        self.aspectRatio = aspectRatio
    }
}

/// EBU R128 figures of the sound. `nil` = silence: there is nothing to measure.
package struct Loudness: Codable, Hashable, Sendable {
    package var integratedLUFS: Double?
    package var rangeLU: Double?
    package var truePeakDBTP: Double?
    /// What a player adds to reach the recipe's target without clipping, in dB.
    package var gainDB: Double?

    package init(
        integratedLUFS: Double?, rangeLU: Double?, truePeakDBTP: Double?, gainDB: Double?
    ) {
        self.integratedLUFS = integratedLUFS
        self.rangeLU = rangeLU
        self.truePeakDBTP = truePeakDBTP
        self.gainDB = gainDB
    }
}
