import MediaModel

/// Makes a snippet's addresses, which are relative to the manifest, absolute.
enum SnippetAddresses {
    /// - Parameter base: where the storage directory is found; with or without a slash at its end.
    static func html(_ html: String, of item: ItemID, below base: String) -> String {
        let directory = escape(base.hasSuffix("/") ? base : base + "/") + "items/\(item)/"
        // Values are escaped, so that a quote ends an attribute and nothing else.
        return html.replacing(/\s(src|poster|srcset)="([^"]*)"/) { match in
            let paths =
                match.1 == "srcset"
                ? match.2.split(separator: ", ").map { directory + $0 }.joined(separator: ", ")
                : directory + match.2
            return " \(match.1)=\"\(paths)\""
        }
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
            .replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
