import MediaModel
import Vips

extension PictureHeader {
    /// Most attributes of a header that are looked at; renderers write about fifty.
    private static let maximumAttributes = 1_024
    /// Most channels that are looked at; films' layers are hundreds.
    private static let maximumChannels = 4_096
    /// Longest list of channels, in bytes.
    private static let maximumChannelList = 262_144

    /// Reads the header of the first part of an OpenEXR picture.
    /// https://openexr.com/en/latest/OpenEXRFileLayout.html
    init?(openEXR file: FileHead) {
        guard file.has([0x76, 0x2F, 0x31, 0x01]) else { return nil }
        var offset: Int64 = 8
        var window: [Int]?
        var channels: [String] = []
        for _ in 0..<Self.maximumAttributes {
            guard let name = Self.text(file, &offset), !name.isEmpty,
                let type = Self.text(file, &offset)
            else { break }
            let length = file.bytes(at: offset, count: 4)
            guard length.count == 4 else { return nil }
            offset += 4
            let count = length.littleEndian
            if name == "displayWindow", type == "box2i", count == 16 {
                let box = file.bytes(at: offset, count: 16)
                guard box.count == 16 else { return nil }
                window = (0..<4).map { part in
                    Int(Int32(truncatingIfNeeded: box[(part * 4)..<(part * 4 + 4)].littleEndian))
                }
            } else if name == "channels", type == "chlist" {
                channels = Self.channels(
                    file.bytes(at: offset, count: min(count, Self.maximumChannelList)))
            }
            offset += Int64(count)
        }
        guard let window, let layer = Self.layer(channels) else { return nil }
        let alpha = channels.contains(layer.isEmpty ? "A" : "\(layer).A")
        let isGrey = !channels.contains(layer.isEmpty ? "R" : "\(layer).R")
        self.init(
            width: window[2] - window[0] + 1, height: window[3] - window[1] + 1,
            // libavcodec knows no grey with transparency in floating point.
            colours: isGrey && !alpha ? 1 : 3, hasAlpha: alpha, format: .float, decoder: "exr")
        if !layer.isEmpty { decoderOptions["layer"] = layer }
    }

    /// The layer that is the picture: the one without a name, else the first with colours; what is
    /// called combined or beauty before others, as renderers call the sum of their layers so.
    /// - Returns: nil where there is none, as in files of nothing but depth.
    private static func layer(_ channels: [String]) -> String? {
        let names = Set(channels)
        if names.isSuperset(of: ["R", "G", "B"]) || names.contains("Y") { return "" }
        let layers = channels.filter { $0.hasSuffix(".R") }.map { String($0.dropLast(2)) }
            .filter { names.isSuperset(of: ["\($0).G", "\($0).B"]) }
        return layers.first { name in
            ["combined", "beauty", "rgba"].contains { name.lowercased().hasSuffix($0) }
        } ?? layers.first
    }

    /// The names in a list of channels: each ends with a zero and has 16 bytes behind it.
    private static func channels(_ list: [UInt8]) -> [String] {
        var names: [String] = []
        var start = 0
        while names.count < maximumChannels,
            let end = list.dropFirst(start).firstIndex(of: 0), end > start
        {
            names.append(String(decoding: list[start..<end], as: UTF8.self))
            start = end + 17
        }
        return names
    }

    /// Text up to a zero; at most the 255 bytes that the format allows.
    private static func text(_ file: FileHead, _ offset: inout Int64) -> String? {
        let bytes = file.bytes(at: offset, count: 256)
        guard let end = bytes.firstIndex(of: 0) else { return nil }
        offset += Int64(end) + 1
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
