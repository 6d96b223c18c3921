import MediaModel

/// The HTML that shows an item, ready to paste beside the manifest; every value escaped.
enum HTMLSnippet {
    static func html(
        kind: MediaKind, title: String, alt: String?, derivatives: [Manifest.Derivative],
        play: Manifest.Play?, plays: Int = 0, pageCount: Int = 1
    ) -> String {
        switch kind {
        case .video: video(title: title, derivatives: derivatives, play: play)
        case .audio: audio(title: title, derivatives: derivatives, play: play)
        case .animation:
            animation(
                alt: alt ?? title, derivatives: derivatives, play: play, repeats: plays == 0)
        case .image: picture(alt: alt ?? title, derivatives: derivatives)
        case .document:
            document(title: title, alt: alt, derivatives: derivatives, pageCount: pageCount)
        }
    }

    private static func video(
        title: String, derivatives: [Manifest.Derivative], play: Manifest.Play?
    ) -> String {
        let largest = derivatives.filter { $0.description.role == .rendition }
            .max { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
        var html = "<video controls playsinline preload=\"metadata\""
        if let width = largest?.description.width, let height = largest?.description.height {
            html += " width=\"\(width)\" height=\"\(height)\""
        }
        if let poster = play?.poster { html += " poster=\"\(escape(poster))\"" }
        html += " title=\"\(escape(title))\">"
        // The one with transparency has no sound: first where there is none to miss.
        let isSilent = !derivatives.contains { $0.description.role == .audio }
        if isSilent, let alpha = derivatives.first(where: { $0.path == play?.alpha }) {
            html += source(alpha)
        }
        if let hls = play?.hls {
            html += "<source src=\"\(escape(hls))\" type=\"application/vnd.apple.mpegurl\">"
        }
        if let mp4 = play?.mp4 {
            html += "<source src=\"\(escape(mp4))\" type=\"video/mp4\">"
        }
        return html + tracks(play) + "</video>"
    }

    private static func audio(
        title: String, derivatives: [Manifest.Derivative], play: Manifest.Play?
    ) -> String {
        var html = "<audio controls preload=\"metadata\" title=\"\(escape(title))\">"
        // Opus first: browsers take the first source they can play.
        for derivative in derivatives where derivative.description.role == .audio {
            guard derivative.files.isEmpty else { continue }
            if derivative.description.mediaType == "audio/ogg" {
                html += source(derivative)
            }
        }
        for derivative in derivatives where derivative.description.role == .audio {
            guard derivative.files.isEmpty else { continue }
            if derivative.description.mediaType != "audio/ogg" { html += source(derivative) }
        }
        return html + tracks(play) + "</audio>"
    }

    /// Text tracks; a language is asked for where subtitles are, so "undetermined" is said too.
    private static func tracks(_ play: Manifest.Play?) -> String {
        var html = ""
        for track in play?.captions ?? [] {
            html += "<track kind=\"\(escape(track.kind))\" src=\"\(escape(track.path))\""
            html += " srclang=\"\(escape(track.language ?? "und"))\""
            html += " label=\"\(escape(track.label))\">"
        }
        if let chapters = play?.chapters {
            html += "<track kind=\"chapters\" src=\"\(escape(chapters))\" label=\"Chapters\">"
        }
        return html
    }

    /// - Parameter media: for whom it is; nil = everybody.
    static func source(_ derivative: Manifest.Derivative, media: String? = nil) -> String {
        var type = derivative.description.mediaType
        if let codecs = derivative.description.codecs { type += "; codecs=\(codecs)" }
        let condition = media.map { " media=\"\(escape($0))\"" } ?? ""
        return "<source src=\"\(escape(derivative.path))\" type=\"\(escape(type))\"\(condition)>"
    }

    static func picture(
        alt: String, derivatives: [Manifest.Derivative], role: Role = .image,
        moving: Manifest.Derivative? = nil
    ) -> String {
        let all = derivatives.filter { $0.description.role == role }
        let images = all.filter { $0.description.gamut == nil }
        let wide = all.filter { $0.description.gamut != nil }
        func set(_ mediaType: String) -> String? {
            let sorted = images.filter { $0.description.mediaType == mediaType }
                .sorted { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
            guard !sorted.isEmpty else { return nil }
            return sorted.map { "\($0.path) \($0.description.width ?? 0)w" }
                .joined(separator: ", ")
        }
        let fallbackType =
            images.contains { $0.description.mediaType == "image/png" }
            ? "image/png" : "image/jpeg"
        let fallbacks = images.filter { $0.description.mediaType == fallbackType }
            .sorted { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
        guard let largest = fallbacks.last else { return "" }
        // What a browser without srcset loads: the widest up to 1280.
        let plain = fallbacks.last { ($0.description.width ?? 0) <= 1280 } ?? largest
        var html = "<picture>"
        if let moving {
            // The stills are for those who want no motion; everybody else sees what moves. First in
            // order: browsers take the first source that fits.
            let width = moving.description.width ?? 0
            html += "<source media=\"(prefers-reduced-motion: no-preference)\""
            html += " type=\"\(escape(moving.description.mediaType))\""
            html += " srcset=\"\(escape(moving.path)) \(width)w\" sizes=\"100vw\">"
        }
        if !wide.isEmpty {
            let set = wide.sorted { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
                .map { "\($0.path) \($0.description.width ?? 0)w" }.joined(separator: ", ")
            html += "<source media=\"(color-gamut: p3)\" type=\"image/avif\""
            html += " srcset=\"\(escape(set))\" sizes=\"100vw\">"
        }
        for type in ["image/avif", "image/webp"] {
            if let set = set(type) {
                html += "<source type=\"\(type)\" srcset=\"\(escape(set))\" sizes=\"100vw\">"
            }
        }
        html += "<img src=\"\(escape(plain.path))\""
        if let set = set(fallbackType) { html += " srcset=\"\(escape(set))\" sizes=\"100vw\"" }
        html += " width=\"\(largest.description.width ?? 0)\""
        html += " height=\"\(largest.description.height ?? 0)\""
        return html + " alt=\"\(escape(alt))\" loading=\"lazy\" decoding=\"async\"></picture>"
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
