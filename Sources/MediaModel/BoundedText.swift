extension String {
    /// The front of a text that somebody else may have written, in at most so many bytes of UTF-8.
    ///
    /// Cut between scalars. What is counted in characters has no bound: one character can be
    /// megabytes of accents.
    package func bounded(toBytes limit: Int) -> String {
        if utf8.count <= limit { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end])
    }
}
