import MediaModel

/// Moments as HTTP writes them: RFC 9110, 5.6.7.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Parameter time: not before 1970.
    static func text(_ time: Timestamp) -> String {
        // 1994-11-06T08:49:37.000Z
        let words = time.description.split { "-T.".contains($0) }
        // The first of January 1970 was a Thursday.
        let weekday = days[Int((time.millisecondsSince1970 / 86_400_000 + 4) % 7)]
        let month = Int(words[1]).map { months[$0 - 1] } ?? ""
        return "\(weekday), \(words[2]) \(month) \(words[0]) \(words[3]) GMT"
    }
}
