/// The beginning of an AV1 sequence header, as far as a codec string needs it.
///
/// AV1 Bitstream & Decoding Process Specification, 5.3 (OBU header) and 5.5 (sequence header).
struct AV1SequenceHeader {
    let profile: Int
    /// seq_level_idx of the first operating point.
    let level: Int
    let isHighTier: Bool

    /// nil when the bytes do not begin with a sequence header, or one with timing information, which
    /// no encoder here writes.
    init?(_ bytes: [UInt8]) {
        // obu_type 1 in bits 3…6 of the first byte, obu_has_size_field in bit 1.
        guard let first = bytes.first, first >> 3 & 0xf == 1, first & 0x80 == 0 else { return nil }
        var reader = BitReader(bytes, at: first & 4 != 0 ? 2 : 1)
        if first & 2 != 0 {
            // leb128: bytes with their uppermost bit set continue.
            while let byte = reader.read(8), byte & 0x80 != 0 {}
        }
        guard let profile = reader.read(3), reader.read(1) != nil, let isReduced = reader.read(1)
        else { return nil }
        self.profile = profile
        if isReduced == 1 {
            guard let level = reader.read(5) else { return nil }
            self.level = level
            isHighTier = false
            return
        }
        // timing_info_present_flag; initial_display_delay_present_flag,
        // operating_points_cnt_minus_1, operating_point_idc.
        guard reader.read(1) == 0, reader.read(1) != nil, reader.read(5) != nil,
            reader.read(12) != nil, let level = reader.read(5)
        else { return nil }
        self.level = level
        isHighTier = level > 7 && reader.read(1) == 1
    }
}

/// Bits of bytes, most significant first.
private struct BitReader {
    private let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8], at byte: Int) {
        self.bytes = bytes
        position = byte * 8
    }

    /// The next bits as a number; nil past the end.
    mutating func read(_ count: Int) -> Int? {
        guard position + count <= bytes.count * 8 else { return nil }
        var value = 0
        for _ in 0..<count {
            value = value << 1 | Int(bytes[position / 8] >> (7 - position % 8) & 1)
            position += 1
        }
        return value
    }
}
