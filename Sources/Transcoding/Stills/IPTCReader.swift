/// Finds texts of the application record in IPTC metadata, bare or inside Photoshop's wrapping.
///
/// https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf
struct IPTCReader {
    enum DataSet: UInt8 {
        case byline = 80
        case credit = 110
        case copyright = 116
    }

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The first value of a data set of record 2.
    func text(_ dataSet: DataSet) -> String? {
        var index = 0
        while index + 5 <= bytes.count {
            // A tag marker stands before each; in Photoshop's wrapping they are searched for.
            guard bytes[index] == 0x1C, bytes[index + 1] == 2 else {
                index += 1
                continue
            }
            let length = Int(bytes[index + 3]) << 8 | Int(bytes[index + 4])
            let start = index + 5
            guard length < 0x8000, start + length <= bytes.count else { return nil }
            if bytes[index + 2] == dataSet.rawValue {
                let value = bytes[start..<start + length]
                return String(undeclared: value)
            }
            index = start + length
        }
        return nil
    }
}
