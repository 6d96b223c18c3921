import CFFmpeg

/// Options on their way into a C call, freed afterwards whatever happens. Wraps AVDictionary.
/// <https://ffmpeg.org/doxygen/5.1/group__lavu__dict.html>
@safe struct OptionDictionary: ~Copyable {
    private var raw: OpaquePointer?

    init(_ options: [String: String]) {
        unsafe raw = nil
        for (key, value) in options { set(key, value) }
    }

    deinit {
        var raw = unsafe self.raw
        unsafe av_dict_free(&raw)
    }

    mutating func set(_ key: String, _ value: String) { unsafe av_dict_set(&raw, key, value, 0) }

    /// Hands the dictionary to a call that takes the options it knows out of it.
    mutating func consume(
        _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Int32
    ) -> Int32 { unsafe withUnsafeMutablePointer(to: &raw, body) }

    /// The names nothing has consumed.
    var remaining: [String] { unsafe metadata(raw).keys.sorted() }

    /// Throws if an option was not consumed: a misspelt option must not pass silently.
    func requireConsumed(by operation: StaticString, path: String?) throws(FFmpegError) {
        let remaining = remaining
        guard !remaining.isEmpty else { return }
        throw FFmpegError(
            .optionNotFound, operation: "\(operation)", path: path,
            logLine: "not recognised: " + remaining.joined(separator: ", "))
    }
}

/// A C dictionary as a value; of repeated keys the last one stays.
func metadata(_ raw: OpaquePointer?) -> [String: String] {
    var values: [String: String] = [:]
    var entry: UnsafeMutablePointer<AVDictionaryEntry>? = nil
    while let next = unsafe av_dict_get(raw, "", entry, AV_DICT_IGNORE_SUFFIX) {
        unsafe values[String(cString: next.pointee.key)] = String(cString: next.pointee.value)
        unsafe entry = next
    }
    return values
}

/// A C string that may be NULL.
func string(_ raw: UnsafePointer<CChar>?) -> String? {
    guard let raw = unsafe raw else { return nil }
    return unsafe String(cString: raw)
}
