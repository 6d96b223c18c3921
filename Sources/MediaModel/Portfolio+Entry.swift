extension Portfolio {
    /// One item as a card on a page shows it.
    package struct Entry: Codable, Hashable, Sendable {
        package var id: ItemID
        /// Of the manifest that it was taken from.
        package var generation: Int
        package var state: Manifest.State
        package var kind: MediaKind
        package var title: String
        package var alt: String?
        /// What the sidecar says; nil = after all that have one.
        package var position: Double?
        package var receivedAt: Timestamp
        /// Width ÷ height; nil for what has no picture.
        package var aspectRatio: Double?
        package var durationSeconds: Double?
        package var pageCount: Int?
        package var poster: Picture?
        package var placeholder: Placeholder?
        /// The picture for links in social media.
        package var share: String?
        package var manifest: String

        /// - Parameters:
        ///   - position: of the sidecar, which the manifest does not repeat.
        ///   - receivedAt: of the catalogue.
        package init(_ manifest: Manifest, position: Double?, receivedAt: Timestamp) {
            let base = "../items/\(manifest.item.rawValue)/"
            let info = manifest.source.info
            id = manifest.item
            generation = manifest.generation
            state = manifest.state
            kind = manifest.kind
            title = manifest.title
            alt = manifest.alt
            self.position = position
            self.receivedAt = receivedAt
            placeholder = manifest.placeholder
            aspectRatio = manifest.placeholder?.aspectRatio
            if aspectRatio == nil, let width = info.width, let height = info.height, height > 0 {
                aspectRatio = Double(width) / Double(height)
            }
            durationSeconds = info.durationSeconds
            pageCount = info.pageCount
            poster = Picture(of: manifest, base: base)
            share = manifest.derivatives.first { $0.description.role == .share }
                .map { base + $0.path }
            self.manifest = base + "manifest.json"
        }

        /// By `position`, then newest first; the id decides where nothing else does.
        func isBefore(_ other: Entry) -> Bool {
            let (mine, theirs) = (position ?? .infinity, other.position ?? .infinity)
            if mine != theirs { return mine < theirs }
            if receivedAt != other.receivedAt { return receivedAt > other.receivedAt }
            return id.rawValue < other.id.rawValue
        }
    }

    /// A picture with everything a `<picture>` element offers.
    package struct Picture: Codable, Hashable, Sendable {
        /// JPEG or PNG where there is one: what every browser shows.
        package var path: String
        package var width: Int?
        package var height: Int?
        /// Every size and format, in the manifest's order.
        package var sources: [Source]

        package struct Source: Codable, Hashable, Sendable {
            package var path: String
            package var mediaType: String
            package var width: Int?
            package var height: Int?
        }

        /// The widest that a card needs: as wide as a player's poster.
        private static let usualWidth = 1280

        /// nil for an item without one: a recording that has no cover.
        init?(of manifest: Manifest, base: String) {
            // The picture chosen for it, the cover of a recording or document, the work itself.
            let candidates = [Role.poster, .cover, .image].lazy.map { role in
                manifest.derivatives.filter {
                    $0.description.role == role && $0.description.gamut == nil
                        && $0.description.mediaType.hasPrefix("image/")
                }
            }
            guard let pictures = candidates.first(where: { !$0.isEmpty }), let any = pictures.first
            else { return nil }
            let plain = pictures.filter {
                ["image/jpeg", "image/png"].contains($0.description.mediaType)
            }.sorted { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
            let chosen =
                plain.last { ($0.description.width ?? 0) <= Self.usualWidth } ?? plain.first ?? any
            path = base + chosen.path
            width = chosen.description.width
            height = chosen.description.height
            sources = pictures.map {
                Source(
                    path: base + $0.path, mediaType: $0.description.mediaType,
                    width: $0.description.width, height: $0.description.height)
            }
        }
    }
}
