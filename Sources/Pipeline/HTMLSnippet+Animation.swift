import MediaModel

extension HTMLSnippet {
    /// What moves, for those who have not asked their system for less motion; the poster for those
    /// who have.
    ///
    /// - Parameter repeats: HTML knows once and for ever; other numbers play once in a film, and are
    ///   kept in a WebP.
    static func animation(
        alt: String, derivatives: [Manifest.Derivative], play: Manifest.Play?, repeats: Bool
    ) -> String {
        let stills = picture(alt: alt, derivatives: derivatives)
        // Where there is a WebP it is the better one: smaller, transparent or sharper.
        if let webp = derivatives.first(where: { $0.path == play?.webp }) {
            return picture(alt: alt, derivatives: derivatives, moving: webp)
        }
        guard let film = derivatives.first(where: { $0.path == play?.mp4 }) else { return stills }
        var html = "<video autoplay muted playsinline"
        if repeats { html += " loop" }
        if let width = film.description.width, let height = film.description.height {
            html += " width=\"\(width)\" height=\"\(height)\""
        }
        if let poster = play?.poster { html += " poster=\"\(escape(poster))\"" }
        html += " aria-label=\"\(escape(alt))\">"
        html += source(film, media: "(prefers-reduced-motion: no-preference)")
        // For what shows no films at all: mail, readers.
        return html + stills + "</video>"
    }
}
