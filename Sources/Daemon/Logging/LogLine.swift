import FoundationEssentials
import Logging
import MediaModel

/// One log entry, complete, before it is written in a format.
struct LogLine: Sendable {
    var time: Timestamp
    var level: Logger.Level
    var label: String
    /// Constant: what varies stands in the metadata.
    var message: String
    /// Flattened to text, sorted by key.
    var metadata: [(key: String, value: String)]

    /// `time=… level=info message="attempt ended" item.id=…`: one line whatever it holds, because
    /// a file name with a newline in it must not be able to forge an entry.
    func logfmt() -> String {
        var text = "time=\(time) level=\(level.rawValue) message=\(Self.quote(message))"
        text += " logger=\(Self.quote(label))"
        for (key, value) in metadata { text += " \(Self.key(key))=\(Self.quote(value))" }
        return text
    }

    /// One JSON object; metadata beside the four fixed keys.
    func json() -> String {
        var fields = Dictionary(metadata.map { ($0.key, $0.value) }) { first, _ in first }
        fields["time"] = time.description
        fields["level"] = level.rawValue
        fields["logger"] = label
        fields["message"] = message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(fields) else {
            preconditionFailure("a dictionary of strings always encodes")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The journal's native protocol: https://systemd.io/JOURNAL_NATIVE_PROTOCOL/. `item.id`
    /// becomes the field `ITEM_ID`.
    func journal() -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ name: String, _ value: String) {
            // The form with a length: the value may hold anything, also newlines.
            bytes += Array(name.utf8)
            bytes.append(UInt8(ascii: "\n"))
            let value = Array(value.utf8)
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: UInt64(value.count) >> UInt64(shift)))
            }
            bytes += value
            bytes.append(UInt8(ascii: "\n"))
        }
        let tail = metadata.map { " \($0.key)=\(Self.quote($0.value))" }.joined()
        add("MESSAGE", message + tail)
        add("PRIORITY", String(Self.priority(level)))
        add("SYSLOG_IDENTIFIER", "vitrined")
        add("LOGGER", label)
        for (key, value) in metadata { add(Self.journalField(key), value) }
        return bytes
    }

    /// syslog(3).
    static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    private static func key(_ key: String) -> String {
        String(String.UnicodeScalarView(key.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
    }

    /// A–Z, digits and underscores, no underscore first (those fields belong to the journal).
    private static func journalField(_ key: String) -> String {
        let name = key.uppercased().utf8.map { byte -> UInt8 in
            let isAllowed = (65...90).contains(byte) || (48...57).contains(byte)
            return isAllowed ? byte : UInt8(ascii: "_")
        }
        let text = String(decoding: name.drop { $0 == UInt8(ascii: "_") }.prefix(60), as: UTF8.self)
        return text.first?.isLetter == true ? text : "FIELD_\(text)"
    }

    private static func quote(_ text: String) -> String {
        if !text.isEmpty, text.unicodeScalars.allSatisfy(isPlain) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where isHarmless(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return quoted + "\""
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F && scalar != "\""
            && scalar != "=" && scalar != "\\"
    }

    /// Neither moves a terminal's cursor nor turns the direction of what follows.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: true
        }
    }
}
