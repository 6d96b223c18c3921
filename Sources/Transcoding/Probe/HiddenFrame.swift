import FFmpeg

/// Packets of VP8 and VP9 that only serve as references: they have times, but are never shown.
enum HiddenFrame {
    static func isShown(_ packet: Packet, codec: String) -> Bool {
        guard codec == "vp8" || codec == "vp9" else { return true }
        return packet.withBytes { bytes in
            guard bytes.count > 1 else { return true }
            return codec == "vp8"
                ? isShownVP8(bytes[0]) : isShownVP9(bytes[0], bytes[bytes.count - 1])
        }
    }

    /// RFC 6386, 9.1: bit 4 of the frame tag.
    static func isShownVP8(_ first: UInt8) -> Bool { first & 0x10 != 0 }

    /// VP9 bitstream specification, 6.2: marker (2 bits), profile (2, and one reserved in profile
    /// 3), show_existing_frame, frame_type, show_frame. Annex B: a superframe ends with its marker,
    /// and always shows a frame.
    static func isShownVP9(_ first: UInt8, _ last: UInt8) -> Bool {
        guard first & 0xC0 == 0x80 else { return true }
        if last & 0xE0 == 0xC0 { return true }
        let isProfile3 = first & 0x30 == 0x30
        let bits = isProfile3 ? first << 5 : first << 4
        let showsExisting = bits & 0x80 != 0
        if showsExisting { return true }
        return bits & 0x20 != 0
    }
}
