extension FormatSniffer {
    private static func container(_ name: String, _ mediaType: String, _ demuxer: String) -> Format
    {
        Format(name: name, mediaType: mediaType, reader: .container(demuxer: demuxer))
    }

    /// Film and sound files that have a signature at their start.
    static func containers(_ file: FileHead) -> Format? {
        if file.has([0x1A, 0x45, 0xDF, 0xA3]) {
            // The document type stands in the EBML header, which is at most a few dozen bytes.
            if file.contains("webm", within: 128) {
                return container("webm", "video/webm", "matroska")
            }
            if file.contains("matroska", within: 128) {
                return container("matroska", "video/x-matroska", "matroska")
            }
            return nil
        }
        if file.has("RIFF") || file.has("RIFX") || file.has("RF64") || file.has("BW64") {
            if file.has("WAVE", at: 8) { return container("wav", "audio/wav", "wav") }
            if file.has("AVI ", at: 8) || file.has("AVIX", at: 8) {
                return container("avi", "video/x-msvideo", "avi")
            }
            return nil
        }
        if file.has("FORM"), file.has("AIFF", at: 8) || file.has("AIFC", at: 8) {
            return container("aiff", "audio/aiff", "aiff")
        }
        if file.has("OggS") {
            let isFilm =
                file.contains("theora", within: 256) || file.contains("BBCD", within: 256)
            return container("ogg", isFilm ? "video/ogg" : "audio/ogg", "ogg")
        }
        if file.has("fLaC") { return container("flac", "audio/flac", "flac") }
        if file.has("FLV\u{1}") { return container("flv", "video/x-flv", "flv") }
        if file.has([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) {
            return container("asf", "video/x-ms-asf", "asf")
        }
        // SMPTE 377: partition pack key.
        if file.has([0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0D, 0x01, 0x02]) {
            return container("mxf", "application/mxf", "mxf")
        }
        if file.has([0x00, 0x00, 0x01, 0xBA]) { return container("mpeg", "video/mpeg", "mpeg") }
        if file.has([0x00, 0x00, 0x01, 0xB3]) {
            return container("mpegvideo", "video/mpeg", "mpegvideo")
        }
        if isTransportStream(file) { return container("mpegts", "video/mp2t", "mpegts") }
        if file.has("#!AMR\n") || file.has("#!AMR-WB\n") {
            return container("amr", "audio/amr", "amr")
        }
        if file.has("caff") { return container("caf", "audio/x-caf", "caf") }
        if file.has(".snd") { return container("au", "audio/basic", "au") }
        if file.has("wvpk") { return container("wv", "audio/x-wavpack", "wv") }
        if file.has("TTA1") { return container("tta", "audio/x-tta", "tta") }
        if file.has("MAC ") { return container("ape", "audio/x-ape", "ape") }
        if file.has("DKIF") { return container("ivf", "video/x-ivf", "ivf") }
        if file.has("riff"), file.has([0x2E, 0x91, 0xCF, 0x11], at: 4) {
            return container("w64", "audio/x-w64", "w64")
        }
        // Raw DV: a header block, then the next section's at a fixed distance.
        if file.has([0x1F, 0x07, 0x00]), file.has([0x3F, 0x07, 0x00], at: 80) {
            return container("dv", "video/x-dv", "dv")
        }
        return nil
    }

    /// Sync bytes at the packet distance: 188, or 192 with a time code in front (AVCHD).
    private static func isTransportStream(_ file: FileHead) -> Bool {
        let packets = 4
        return [(188, 0), (192, 4), (204, 0)].contains { distance, start in
            file.head.count >= start + distance * packets
                && (0..<packets).allSatisfy { file.head[start + distance * $0] == 0x47 }
        }
    }
}
