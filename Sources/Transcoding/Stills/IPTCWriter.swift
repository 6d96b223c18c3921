/// Writes an attribution as IPTC metadata in Photoshop's wrapping, as JPEG carries it.
///
/// https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf. The terms of a licence have no field there.
enum IPTCWriter {
    /// - Returns: nil when there is nothing to say.
    static func block(_ attribution: Attribution) -> [UInt8]? {
        // The longest texts that each field may have, in bytes.
        let texts: [(IPTCReader.DataSet, String?, Int)] = [
            (.byline, attribution.creator, 32), (.credit, attribution.credit, 32),
            (.copyright, attribution.copyright, 128),
        ]
        let fields = texts.flatMap { dataSet, text, most in
            text.map { field(2, dataSet.rawValue, Array(cut($0, to: most).utf8)) } ?? []
        }
        guard !fields.isEmpty else { return nil }
        // The texts are UTF-8 (1:90), by the fourth version of the record (2:00).
        let data = field(1, 90, [0x1B, 0x25, 0x47]) + field(2, 0, [0, 4]) + fields
        let padding = [UInt8](repeating: 0, count: data.count % 2)
        return Array("Photoshop 3.0\0".utf8) + Array("8BIM".utf8) + [4, 4, 0, 0]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: data.count >> $0) } + data + padding
    }

    private static func field(_ record: UInt8, _ dataSet: UInt8, _ value: [UInt8]) -> [UInt8] {
        [0x1C, record, dataSet, UInt8(value.count >> 8), UInt8(value.count & 255)] + value
    }

    /// Whole characters only; XMP has the whole text.
    private static func cut(_ text: String, to most: Int) -> String {
        var kept = ""
        for character in text {
            guard kept.utf8.count + character.utf8.count <= most else { break }
            kept.append(character)
        }
        return kept
    }
}
