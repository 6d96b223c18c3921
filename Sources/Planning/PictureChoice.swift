package import MediaModel

/// What only the decoded pixels tell of a picture.
package struct ContentTraits: Hashable, Sendable {
    /// Some pixel is not opaque.
    package var isTransparent: Bool
    /// Flat areas in few colours: what lossless coding is made for.
    package var isGraphic: Bool
    /// Some colour lies outside sRGB.
    package var isWide: Bool

    package init(isTransparent: Bool, isGraphic: Bool, isWide: Bool = false) {
        self.isTransparent = isTransparent
        self.isGraphic = isGraphic
        self.isWide = isWide
    }
}

extension Picture {
    /// Content that a form is meant for, where the header does not tell which it is.
    package enum Condition: String, Codable, Hashable, Sendable {
        case photographic, graphic
        /// What JPEG can hold without harm.
        case photographicAndOpaque
        /// What JPEG cannot.
        case graphicOrTransparent
        /// What sRGB cannot.
        case wide

        package func holds(for traits: ContentTraits) -> Bool {
            switch self {
            case .photographic: !traits.isGraphic
            case .graphic: traits.isGraphic
            case .photographicAndOpaque: !traits.isGraphic && !traits.isTransparent
            case .graphicOrTransparent: traits.isGraphic || traits.isTransparent
            case .wide: traits.isWide
            }
        }
    }
}

/// Which of the made pictures are worth publishing: the rule, without the numbers that only the
/// encoders know.
///
/// Browsers take the first format they can show, so a format is offered as a whole or not at all:
/// one that is smaller at some widths only would hide the widths it lacks.
package struct PictureChoice: Codable, Hashable, Sendable {
    /// Size of the upload, in bytes, where a picture of it should not have more; nil where the
    /// comparison says nothing: frames of films, drawings without pixels.
    package var sourceByteCount: Int64?

    /// Below, a picture that every browser shows is published though it is larger than the upload, in
    /// bytes: a drawing of a few kilobytes must not become small for being light.
    package static let lightByteCount: Int64 = 64 << 10

    package init(sourceByteCount: Int64? = nil) { self.sourceByteCount = sourceByteCount }

    /// A picture that was written.
    package struct Made: Hashable, Sendable {
        package var picture: Picture
        package var byteCount: Int64
        /// The upload's own pixels: attribution may make them a little larger than the upload.
        package var isUpload: Bool

        package init(_ picture: Picture, byteCount: Int64, isUpload: Bool = false) {
            self.picture = picture
            self.byteCount = byteCount
            self.isUpload = isUpload
        }
    }

    /// - Parameter made: everything that suits the content.
    /// - Returns: what is not published. Crops always are: a page needs them as they are.
    package func leftOut(of made: [Made]) -> [LeftOut] {
        var result: [LeftOut] = []
        var remaining = made.filter { $0.picture.fit == .inside }
        if let limit = sourceByteCount {
            let narrowest = Self.narrowestFallback(remaining)
            remaining.removeAll { made in
                guard made.byteCount > limit, !made.isUpload else { return false }
                if made.picture.isFallback,
                    made.byteCount <= Self.lightByteCount || made.picture.size.width == narrowest
                {
                    return false
                }
                result.append(
                    made.leftOut(.largerThanSource, "larger than the upload (\(limit) bytes)"))
                return true
            }
        }
        result += Self.outweighed(&remaining)
        // From the form that everybody can show to the one that few can: each must earn its place.
        var formats = Self.offered(remaining.filter { $0.picture.isFallback })
        let reach = formats.last?.keys.max() ?? 0
        for format in [Picture.Format.webp, .avif] {
            let set = remaining.filter {
                $0.picture.format == format && $0.picture.gamut == .sRGB
            }
            guard let sizes = Self.offered(set).first, let best = formats.last else { continue }
            let made = made.filter {
                $0.picture.format == format && $0.picture.gamut == .sRGB
            }
            let lost = made.count > set.count && (sizes.keys.max() ?? 0) < reach
            let common = sizes.keys.filter { best[$0] != nil }
            let own = common.reduce(0) { $0 + (sizes[$1] ?? 0) }
            let others = common.reduce(0) { $0 + (best[$1] ?? 0) }
            if lost || (own >= others && others > 0) {
                let reason =
                    lost
                    ? "its widest picture is larger than the upload"
                    : "all widths together have \(own) bytes, those of another format \(others)"
                result += set.map { $0.leftOut(.heavier, reason) }
            } else {
                formats.append(sizes)
            }
        }
        return result
    }

    /// Takes out fallbacks that a wider one of no more bytes stands beside, often the upload itself:
    /// nobody gains by them.
    private static func outweighed(_ made: inout [Made]) -> [LeftOut] {
        let fallbacks = made.filter { $0.picture.isFallback }
        let narrowest = narrowestFallback(made)
        var result: [LeftOut] = []
        made.removeAll { one in
            guard one.picture.isFallback, one.picture.size.width != narrowest,
                let wider = fallbacks.first(where: {
                    $0.picture.size.width > one.picture.size.width && $0.byteCount <= one.byteCount
                })
            else { return false }
            result.append(
                one.leftOut(
                    .heavier,
                    "\(wider.picture.size.width) pixels wide, it has \(wider.byteCount) bytes"))
            return true
        }
        return result
    }

    /// Of the pictures that every browser shows, the width that is always published.
    private static func narrowestFallback(_ made: [Made]) -> Int? {
        made.filter { $0.picture.isFallback }.map(\.picture.size.width).min()
    }

    /// Bytes by width; nothing for no pictures.
    private static func offered(_ set: [Made]) -> [[Int: Int64]] {
        if set.isEmpty { return [] }
        return [
            Dictionary(
                set.map { ($0.picture.size.width, $0.byteCount) }, uniquingKeysWith: { $0 + $1 })
        ]
    }
}

extension Picture {
    /// In a form that every browser shows.
    package var isFallback: Bool { format == .jpeg || format == .png }

    /// What is said of it when it does not suit the content.
    package func leftOut(_ traits: ContentTraits) -> LeftOut? {
        guard let condition, !condition.holds(for: traits) else { return nil }
        if condition == .wide {
            return LeftOut(
                name: output.name, key: output.key, code: .otherContent,
                reason: "sRGB has all of the picture's colours")
        }
        let content = traits.isGraphic ? "flat graphics" : "photographic"
        let cover = traits.isTransparent ? "with transparency" : "opaque"
        return LeftOut(
            name: output.name, key: output.key, code: .otherContent,
            reason: "the picture is \(content), \(cover)")
    }
}

extension PictureChoice.Made {
    fileprivate func leftOut(_ code: LeftOut.Code, _ reason: String) -> LeftOut {
        LeftOut(
            name: picture.output.name, key: picture.output.key, code: code, reason: reason,
            byteCount: byteCount)
    }
}
