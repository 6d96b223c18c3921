extension FormatSniffer.Refusal {
    /// Bytes that say what a file is, where that is nothing which is read here.
    struct Signature {
        /// nil stands for any byte.
        var bytes: [UInt8?]
        var offset = 0
        /// What it is, with its article.
        var what: String
        /// What its maker can upload instead; nil = it is not media at all.
        var instead: String?

        private init(_ bytes: [UInt8?], at offset: Int, _ what: String, _ instead: String?) {
            (self.bytes, self.offset, self.what, self.instead) = (bytes, offset, what, instead)
        }

        fileprivate static func bytes(
            _ bytes: [UInt8?], at offset: Int = 0, _ what: String, _ instead: String? = nil
        ) -> Signature { Signature(bytes, at: offset, what, instead) }

        fileprivate static func text(
            _ text: String, at offset: Int = 0, _ what: String, _ instead: String? = nil
        ) -> Signature { Signature(Array(text.utf8), at: offset, what, instead) }

        var refusal: FormatSniffer.Refusal {
            instead.map { .known(what, instead: $0) } ?? .other(what)
        }
    }

    static let picture = "a JPEG, PNG or TIFF"
    private static let film = "an MP4 or MOV"
    private static let recording = "a WAV, FLAC or MP3"
    private static let document = "a PDF"

    /// In this order: what begins like something else comes before it.
    static let signatures: [Signature] = [
        // Pictures, and what artists' programs save.
        .text("icns", "an Apple icon", picture),
        .bytes([0, 0, 1, 0, nil, 0], "an icon", picture),
        .text("SDPX", "a DPX film frame of a kind that is not read here", picture),
        .text("XPDS", "a DPX film frame of a kind that is not read here", picture),
        .bytes([0x42, 0x50, 0x47, 0xFB], "a BPG picture", picture),
        .text("gimp xcf", "a GIMP document", picture),
        .text("CSFCHUNK", "a Clip Studio document", picture),
        .text("qoif", "a QOI picture that is damaged", picture),
        .bytes([0x49, 0x49, 0xBC], "a JPEG XR picture", picture),
        .text("FLIF", "a FLIF picture", picture),
        .text("farbfeld", "a farbfeld picture", picture),
        .bytes([0x8A, 0x4D, 0x4E, 0x47], "an MNG animation", "a GIF, WebP or MP4"),
        .bytes([0x8B, 0x4A, 0x4E, 0x47], "a JNG picture", picture),
        .bytes([0x00, 0xFF, 0x4B, 0x41], "an Affinity document", picture),
        .text("PDN3", "a Paint.NET document", picture),
        .text("fig-kiwi", "a Figma document", "an SVG, PNG or PDF"),
        .bytes(
            [0xE0, 0xA5, nil, nil, nil, nil, nil, nil, nil, 0], at: 4, "an Aseprite document",
            "a PNG or GIF"),
        .text("ILBM", at: 8, "an Amiga picture", picture),
        .text("ACON", at: 8, "an animated cursor", "a PNG or GIF"),
        .text("CDR", at: 8, "a CorelDRAW document", "an SVG or PDF"),
        .text(" EMF", at: 40, "a Windows metafile", "an SVG or PNG"),
        .text("DDS ", "a DirectDraw texture", picture),
        .text("Paint Shop Pro", "a Paint Shop Pro document", picture),
        .bytes([0x01, 0xDA, nil, nil, 0, nil], "an SGI picture", picture),
        .bytes([0x0A, nil, 0x01, 0x08], "a PCX picture", picture),
        .bytes([0x0A, nil, 0x01, 0x01], "a PCX picture", picture),
        .bytes([0x59, 0xA6, 0x6A, 0x95], "a Sun raster picture", picture),
        .text("SIMPLE  =", "a FITS picture", picture),
        .text("AT&TFORM", "a DjVu document", document),
        .text("%!PS", "a PostScript document", document),
        .bytes([0xC5, 0xD0, 0xD3, 0xC6], "a PostScript document with a preview", document),
        .bytes([0x06, 0x06, 0xED, 0xF5, 0xD8, 0x1D, 0x46, 0xE5], "an InDesign document", document),
        .bytes(
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            "a document of an older office program", document),
        .bytes([0xD7, 0xCD, 0xC6, 0x9A], "a Windows metafile", "an SVG or PNG"),
        .text("AC10", "a drawing of AutoCAD", document),
        .text("BLENDER", "a Blender scene", film),
        .text("glTF", "a scene in three dimensions", film),
        .text("Kaydara FBX Binary", "a scene in three dimensions", film),
        // Films.
        .text(".RMF", "RealMedia", film),
        .text("RED1", at: 4, "a RED camera's film", film),
        .text("RED2", at: 4, "a RED camera's film", film),
        .text("nut/multimedia container", "a film in a NUT container", film),
        .text("FWS", "a Flash animation", film), .text("CWS", "a Flash animation", film),
        .text("ZWS", "a Flash animation", film),
        .text("BBCD", "a Dirac stream without a container", film),
        .bytes([0x12, 0x00, 0x0A], "an AV1 stream without a container", film),
        .bytes([0, 0, 0, 1, 0x40, 0x01], "an H.265 stream without a container", film),
        .bytes([0, 0, 0, 1, 0x46, 0x01], "an H.265 stream without a container", film),
        .bytes([0, 0, 0, 1, 0x67], "an H.264 stream without a container", film),
        .bytes([0, 0, 0, 1, 0x27], "an H.264 stream without a container", film),
        .bytes([0, 0, 0, 1, 0x09], "an H.264 stream without a container", film),
        // Sound, and what musicians' programs save.
        .text("MThd", "MIDI", recording),
        .text("Creative Voice File", "a Creative Voice file", recording),
        .text("FLhd", "a project of FL Studio", recording),
        .text("IMPM", "a module of Impulse Tracker", recording),
        .text("Extended Module: ", "a module of FastTracker", recording),
        .bytes([0xF8, 0x72, 0x6F, 0xBA], at: 4, "a TrueHD stream without a container", recording),
        .bytes([0xF8, 0x72, 0x6F, 0xBB], at: 4, "an MLP stream without a container", recording),
        // What is no media.
        .text("OTTO", "a font"), .text("wOFF", "a font"), .text("wOF2", "a font"),
        .text("PK\u{3}\u{4}", "a ZIP archive"),
        .text("7z", "a 7-Zip archive"), .text("Rar!", "a RAR archive"),
        .text("\u{7F}ELF", "a program"), .text("SQLite format 3", "a database"),
        .bytes([0x1F, 0x8B], "a gzip archive"),
    ]

    /// What stands first in a ZIP archive says whose document it is.
    static func archived(_ file: FileHead) -> FormatSniffer.Refusal? {
        guard file.has("PK\u{3}\u{4}") else { return nil }
        let contents: [(String, String, String)] = [
            ("application/x-krita", "a Krita document", picture),
            ("image/openraster", "an OpenRaster document", picture),
            ("application/epub+zip", "an e-book", document),
            ("application/vnd.oasis.opendocument", "a document of an office program", document),
            ("[Content_Types].xml", "a document of an office program", document),
            ("Document.archive", "a Procreate document", picture),
        ]
        for (mark, what, instead) in contents where file.contains(mark, within: 256) {
            return .known(what, instead: instead)
        }
        return nil
    }
}
