import MediaModel

extension HTMLSnippet {
    /// The pages below each other, each at the width that its reader's screen asks for; the cover
    /// where there are no pages.
    ///
    /// - Parameter pageCount: of the whole document: not all of them may be shown.
    static func document(
        title: String, alt: String?, derivatives: [Manifest.Derivative], pageCount: Int
    ) -> String {
        let pages = derivatives.filter { $0.description.role == .page }
        guard !pages.isEmpty else {
            return picture(alt: alt ?? title, derivatives: derivatives, role: .cover)
        }
        let numbers = Set(pages.compactMap(\.description.page)).sorted()
        var html = "<section aria-label=\"\(escape(alt ?? title))\">"
        for number in numbers {
            html += page(
                pages.filter { $0.description.page == number },
                alt: "\(title), page \(number) of \(pageCount)")
        }
        return html + "</section>"
    }

    private static func page(_ pictures: [Manifest.Derivative], alt: String) -> String {
        let sorted = pictures.sorted { ($0.description.width ?? 0) < ($1.description.width ?? 0) }
        guard let smallest = sorted.first, let largest = sorted.last else { return "" }
        let set = sorted.map { "\($0.path) \($0.description.width ?? 0)w" }.joined(separator: ", ")
        // The numbers of the largest are the shape of the place that is kept free.
        return "<img src=\"\(escape(smallest.path))\" srcset=\"\(escape(set))\" sizes=\"100vw\""
            + " width=\"\(largest.description.width ?? 0)\""
            + " height=\"\(largest.description.height ?? 0)\""
            + " alt=\"\(escape(alt))\" loading=\"lazy\" decoding=\"async\">"
    }
}
