import CFFmpeg

extension CodecParameters {
    /// The codec as manifests name it (RFC 6381): "avc1.640028", "mp4a.40.2", "opus",
    /// "hvc1.1.6.L93.B0", "av01.0.08M.08", "vp09.00.31.08"; nil when the headers do not say enough.
    ///
    /// H.264: ISO/IEC 14496-15; HEVC: annex E of the same; AV1 and VP9: their ISOBMFF bindings.
    package var codecString: String? {
        switch codecName {
        case "h264": h264String
        case "hevc": hevcString
        case "av1": av1String
        case "vp9": vp9String
        case "vp8": "vp8"
        case "aac": "mp4a.40.\(audioObjectType)"
        case "mp3": "mp4a.40.34"
        case "opus": "opus"
        case "flac": "flac"
        case "vorbis": "vorbis"
        case "ac3": "ac-3"
        case "eac3": "ec-3"
        case "webvtt": "wvtt"
        default: nil
        }
    }

    /// Profile, constraint flags and level from avcC, or from the sequence parameter set that an
    /// encoder puts into its headers (Annex B).
    private var h264String: String? {
        let data = extradata
        if data.count >= 4, data[0] == 1 { return "avc1." + hexBytes(data[1...3]) }
        guard let start = nalUnit(in: data, where: { $0 & 0x1f == 7 }), start + 3 < data.count
        else { return nil }
        return "avc1." + hexBytes(data[(start + 1)...(start + 3)])
    }

    /// General profile, compatibility, tier, level and constraints from hvcC, or from the sequence
    /// parameter set in Annex B headers: there they begin at its fourth byte.
    private var hevcString: String? {
        let data = extradata
        let fields: [UInt8]
        if data.count >= 23, data[0] == 1 {
            fields = Array(data[1...12])
        } else if let start = nalUnit(in: data, where: { $0 >> 1 & 0x3f == 33 }) {
            let payload = withoutEmulationPrevention(data[start...])
            guard payload.count >= 15 else { return nil }
            fields = Array(payload[3...14])
        } else {
            return nil
        }
        let space = ["", "A", "B", "C"][Int(fields[0] >> 6)]
        let tier = fields[0] & 0x20 != 0 ? "H" : "L"
        let compatibility = fields[1...4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        var constraints = Array(fields[5...10])
        while constraints.last == 0 { constraints.removeLast() }
        let parts =
            [
                "hvc1", space + String(fields[0] & 0x1f),
                String(reversedBits(compatibility), radix: 16, uppercase: true),
                tier + String(fields[11]),
            ] + constraints.map { String($0, radix: 16, uppercase: true) }
        return parts.joined(separator: ".")
    }

    /// Profile, level, tier and depth from av1C, or from the sequence header that an encoder puts
    /// into its headers; without either from what the decoder found.
    private var av1String: String? {
        let data = extradata
        let depth = pixelFormat?.bitDepth ?? 8
        if data.count >= 4, data[0] == 0x81 {
            let isHigh = data[2] & 0x80 != 0
            let isTwelve = data[2] & 0x20 != 0
            let bits = data[2] & 0x40 == 0 ? 8 : isTwelve ? 12 : 10
            return "av01.\(data[1] >> 5).\(twoDigits(Int(data[1] & 0x1f)))\(isHigh ? "H" : "M")."
                + twoDigits(bits)
        }
        if let header = AV1SequenceHeader(data) {
            return "av01.\(header.profile).\(twoDigits(header.level))"
                + "\(header.isHighTier ? "H" : "M").\(twoDigits(depth))"
        }
        guard let profileNumber, let level else { return nil }
        return "av01.\(profileNumber).\(twoDigits(level))M.\(twoDigits(depth))"
    }

    /// Profile, level and depth; the level by picture size where the stream does not carry it.
    private var vp9String: String? {
        let depth = pixelFormat?.bitDepth ?? 8
        let profile = profileNumber ?? (depth > 8 ? 2 : 0)
        let level = level ?? vp9Level(pixels: width * height)
        return "vp09.\(twoDigits(profile)).\(twoDigits(level)).\(twoDigits(depth))"
    }

    /// The audio object type of an AudioSpecificConfig; 2 (LC) without one.
    private var audioObjectType: Int {
        let data = extradata
        guard data.count >= 2 else { return profileNumber.map { $0 + 1 } ?? 2 }
        let type = Int(data[0] >> 3)
        guard type == 31 else { return type == 0 ? 2 : type }
        return 32 + (Int(data[0] & 7) << 3 | Int(data[1] >> 5))
    }
}

/// The index of the first byte of the first NAL unit whose header byte fits, in Annex B data.
private func nalUnit(in data: [UInt8], where fits: (UInt8) -> Bool) -> Int? {
    var index = 0
    while index + 3 < data.count {
        if data[index] == 0, data[index + 1] == 0, data[index + 2] == 1 {
            if fits(data[index + 3]) { return index + 3 }
            index += 3
        } else {
            index += 1
        }
    }
    return nil
}

/// The bytes without the 3 that follows two zeros.
private func withoutEmulationPrevention(_ data: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var zeros = 0
    for byte in data {
        if zeros >= 2, byte == 3 {
            zeros = 0
            continue
        }
        zeros = byte == 0 ? zeros + 1 : 0
        result.append(byte)
    }
    return result
}

private func reversedBits(_ value: UInt32) -> UInt32 {
    (0..<32).reduce(UInt32(0)) { $0 | (value >> $1 & 1) << (31 - $1) }
}

private func hexBytes(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

/// The level by luma picture size alone, as in the WebM project's table of VP9 levels.
private func vp9Level(pixels: Int) -> Int {
    let table = [
        (36_864, 10), (73_728, 11), (122_880, 20), (245_760, 21), (552_960, 30), (983_040, 31),
        (2_228_224, 40), (8_912_896, 50), (35_651_584, 60),
    ]
    return table.first { pixels <= $0.0 }?.1 ?? 62
}
