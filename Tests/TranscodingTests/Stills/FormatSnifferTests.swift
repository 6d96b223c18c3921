import Foundation
import MediaModel
import Testing
import Transcoding
import Vips

@Suite struct FormatSnifferTests {
    private func sniff(_ bytes: [UInt8]) throws -> FormatSniffer.Format {
        try FormatSniffer.sniff(bytes: bytes)
    }

    private func refusal(_ bytes: [UInt8]) throws -> Failure {
        try #require(throws: Failure.self) { try sniff(bytes) }
    }

    @Test func nothingIsRefusedAsEmpty() throws {
        let failure = try refusal([])
        #expect(failure.kind == .invalidMedia)
        #expect(failure.code == "emptyFile")
    }

    @Test(arguments: [
        ("{\"streams\": []}", "JSON text"),
        ("#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1/a.ts", "a playlist"),
        ("ffconcat version 1.0\nfile /etc/passwd", "a playlist"),
        ("v=0\r\no=- 0 0 IN IP4 127.0.0.1", "a session description"),
        ("<!DOCTYPE html><p>hi</p>", "a web page"), ("plain words\n", "text"),
        ("\u{FEFF}<?xml version=\"1.0\"?><MPD/>", "XML text"),
    ])
    func textIsRefusedByWhatItIs(text: String, what: String) throws {
        let failure = try refusal(Array(text.utf8))
        #expect(failure.kind == .invalidMedia)
        #expect(failure.operatorText.contains(what))
    }

    @Test(arguments: [
        ("MThd\0\0", "MIDI"), ("8BPS\0\u{1}", "a Photoshop document"), ("SDPX", "DPX"),
        ("qoif", "QOI"), ("\0\0\u{1}\0\u{1}\0 \0", "an icon"),
        ("\0\0\u{2}\0\u{1}\0 \0", "a cursor"), ("icns", "an Apple icon"),
        ("SIMPLE  =                    T", "FITS"), ("FLIF", "FLIF"), ("PDN3", "Paint.NET"),
        ("farbfeld\0\0\0\u{1}", "farbfeld"), ("RIFF\0\0\0\0ACON", "an animated cursor"),
        ("RIFF\0\0\0\0CDR9", "CorelDRAW"), ("FORM\0\0\0\0ILBM", "Amiga"),
        ("fig-kiwi", "Figma"),
        ("\u{1}\0\0\0l\0\0\0\(String(repeating: "\0", count: 32)) EMF", "metafile"),
        ("PK\u{3}\u{4}\n\0\0\0mimetypeimage/openraster", "OpenRaster"),
        ("%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"), ("gimp xcf v011\0", "GIMP"),
        ("\0\0\0\u{1}g\u{42}", "H.264"), ("\0\0\0\u{1}@\u{1}\u{C}", "H.265"),
        ("nut/multimedia container\0", "NUT"), ("BLENDER-v300", "Blender"),
        ("PK\u{3}\u{4}\n\0\0\0mimetypeapplication/x-kritaPK", "Krita"),
        ("PK\u{3}\u{4}\u{14}\0[Content_Types].xml", "office"),
    ])
    func knownButUnreadFormatsAreUnsupportedNotInvalid(text: String, what: String) throws {
        let failure = try refusal(Array(text.utf8))
        #expect(failure.kind == .unsupported)
        #expect(failure.operatorText.contains(what))
        #expect(failure.uploaderText.contains("Please upload a"), "\(failure.uploaderText)")
    }

    @Test(arguments: [
        ([0x49, 0x49, 0xBC, 0x01], "JPEG XR"), ([0xD7, 0xCD, 0xC6, 0x9A], "metafile"),
        ([0x8A, 0x4D, 0x4E, 0x47, 0x0D], "MNG"), ([0x8B, 0x4A, 0x4E, 0x47, 0x0D], "JNG"),
        ([0x00, 0xFF, 0x4B, 0x41, 0x0A], "Affinity"), ([0x0A, 0x05, 0x01, 0x08], "PCX"),
        ([0, 1, 0, 0, 0xE0, 0xA5, 1, 0, 32, 0, 32, 0, 32, 0], "Aseprite"),
    ])
    func whatBeginsWithNumbersIsNamedToo(bytes: [UInt8], what: String) throws {
        let failure = try refusal(bytes)
        #expect(failure.kind == .unsupported && failure.operatorText.contains(what))
        #expect(failure.uploaderText.contains("Please upload a"), "\(failure.uploaderText)")
    }

    @Test(arguments: [
        "<svg xmlns='x'/>", "\u{FEFF}  \n<SVG >", "<?xml version='1.0'?>\n<svg:svg xmlns:svg='x'>",
        "<!-- a > <p> -->\n<!DOCTYPE svg [ <!ENTITY a \"<b>\"> ]>\n<svg\n>",
        "<?xml version='1.0'?><!--\(String(repeating: "long ", count: 6_000))--><svg/>",
    ])
    func aDrawingIsKnownByItsFirstElement(text: String) throws {
        let format = try sniff(Array(text.utf8))
        #expect(format.name == "svg" && format.reader == .drawing)
    }

    @Test(arguments: [
        ("<html><body><svg></svg></body></html>", "a web page"),
        ("<!DOCTYPE html>\n<p>\n<svg></svg>", "a web page"),
        ("<!-- <svg> --><note/>", "XML text"), ("words <svg>", "text"), ("<svgs/>", "XML text"),
        ("<svg", "XML text"), ("<", "XML text"), ("<!--", "XML text"), ("<!DOCTYPE [", "XML text"),
    ])
    func whatOnlyMentionsADrawingIsNone(text: String, what: String) throws {
        let failure = try refusal(Array(text.utf8))
        #expect(failure.operatorText.contains(what))
        #expect(!failure.operatorText.contains("SVG"))
    }

    @Test(arguments: ["-1", "-9"], [true, false])
    func aCompressedDrawingIsKnownAsADrawing(level: String, isDrawing: Bool) throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("svgz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        // Numbers that do not repeat: more comes out than is looked at, of many kinds of blocks.
        let paths = (0..<9_000).map { "<path d='M\($0 &* 7_919 % 10_007) \($0)'/>" }.joined()
        let name = isDrawing ? "svg" : "note"
        for text in ["<\(name)/>", "<?xml version='1.0'?>\n<\(name)>\(paths)</\(name)>"] {
            let file = directory.appendingPathComponent("a.svg")
            try Data(text.utf8).write(to: file)
            try Oracle.run("gzip", ["-f", "-k", level, file.path])
            let packed = file.appendingPathExtension("gz")
            let bytes = try [UInt8](Data(contentsOf: packed))
            if isDrawing {
                #expect(try sniff(bytes).name == "svg")
            } else {
                #expect(try refusal(bytes).operatorText.contains("a gzip archive"))
            }
        }
    }

    @Test func damagedArchivesAreStillArchives() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...200, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(try refusal([0x1F, 0x8B, 0x08] + bytes).operatorText.contains("gzip"))
        }
    }

    @Test(arguments: Loader.allCases)
    func forEveryLoaderItIsSaidWhatToInstall(loader: Loader) throws {
        let remedy = try #require(FormatSniffer.remedy(for: loader.rawValue))
        #expect(remedy.hasPrefix("Install"))
        #expect(FormatSniffer.remedy(for: "copy") == nil)
    }

    @Test(arguments: [
        ("heic", ["mif1", "heic"], "heic"), ("mif1", ["avif", "miaf"], "avif"),
        ("msf1", ["hevc", "mif1"], "heic"), ("avis", ["avif"], "avif"),
        ("isom", ["mp42"], "mov"), ("qt  ", [], "mov"), ("M4A ", [], "mov"),
    ])
    func theBrandDecidesBetweenPictureAndFilm(
        major: String, compatible: [String], name: String
    ) throws {
        let length = UInt8(16 + 4 * compatible.count)
        var bytes: [UInt8] = [0, 0, 0, length] + Array("ftyp".utf8) + Array(major.utf8)
        bytes += [0, 0, 0, 0] + compatible.flatMap { Array($0.utf8) }
        #expect(try sniff(bytes).name == name)
    }

    @Test func theAnimationChunkMakesAPNGAnAnimation() throws {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        func chunk(_ type: String, _ length: Int) -> [UInt8] {
            [0, 0, 0, UInt8(length)] + Array(type.utf8) + [UInt8](repeating: 0, count: length + 4)
        }
        let header = signature + chunk("IHDR", 13)
        #expect(try sniff(header + chunk("IDAT", 4)).name == "png")
        #expect(try sniff(header + chunk("acTL", 8) + chunk("IDAT", 4)).name == "apng")
        #expect(try sniff(header + chunk("IDAT", 4) + chunk("acTL", 8)).name == "png")
    }

    @Test func longChunksDoNotHideTheAnimationChunk() throws {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        func chunk(_ type: String, _ length: Int) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array(type.utf8)
                + [UInt8](repeating: 0, count: length + 4)
        }
        // A colour profile and a text of more than what is read at first.
        let start = signature + chunk("IHDR", 13) + chunk("iCCP", 70_000) + chunk("iTXt", 300_000)
        let animated = start + chunk("acTL", 8) + chunk("IDAT", 4)
        #expect(try sniff(animated).name == "apng")
        #expect(try sniff(start + chunk("IDAT", 4) + chunk("acTL", 8)).name == "png")
        #expect(try sniff(start).name == "png")
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("apng-\(UUID().uuidString)")
        try Data(animated).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forReadingFrom: file)
        #expect(try FormatSniffer.sniff(descriptor: handle.fileDescriptor).name == "apng")
        // Chunks without end, each as long as can be said.
        let endless = (0..<6_000).flatMap { _ in chunk("tEXt", 0) }
        #expect(try sniff(signature + endless + chunk("acTL", 8)).name == "png")
        #expect(try sniff(signature + [0xFF, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8)).name == "png")
    }

    @Test func randomBytesAreNotSound() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            var bytes = (0..<60_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes.replaceSubrange(0..<4, with: [1, 2, 3, 4])
            #expect(try refusal(bytes).code == "unknownFormat")
        }
    }

    @Test func everyPrefixOfEverySignatureIsHandled() {
        // Short files must neither trap nor be taken for something.
        let starts: [[UInt8]] = [
            Array("RIFF\0\0\0\0WEBP".utf8), Array("ID3\u{3}\0\0\0\0\0\0".utf8),
            [0, 0, 0, 0x20, 0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66, 0, 0, 0, 0],
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
            [0xFF, 0xFB, 0x90, 0x00], [0x0B, 0x77, 0, 0, 0, 0x80],
        ]
        for start in starts {
            for length in 1...start.count { _ = try? sniff(Array(start.prefix(length))) }
        }
    }

    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("audio-aac-chapters-cover.m4a", "mov"), ("audio-aiff-16bit.aiff", "aiff"),
            ("audio-flac-51.flac", "flac"), ("audio-mp3-garbage-prefix.mp3", "mp3"),
            ("audio-mp3-vbr-cover1400.mp3", "mp3"), ("audio-opus-51.mka", "matroska"),
            ("audio-opus.opus", "ogg"), ("audio-wav-51-float-extensible.wav", "wav"),
            ("broken-mp4-moov-not-found.mp4", "mov"), ("broken-vp9-bitstream.webm", "webm"),
            ("image-apng-animated.apng", "apng"), ("image-avif-animated-alpha.avif", "avif"),
            ("image-gif-animated-380f.gif", "gif"), ("broken-heif-metadata-overflow.heif", "heic"),
            ("image-heic-iphone-12MP-displayp3-gps.heic", "heic"),
            ("image-tiff-16bit.tiff", "tiff"),
            ("image-webp-lossy.webp", "webp"), ("mislabelled-m4a-named.aac", "mov"),
            ("video-h263-176x144.3gp", "mov"), ("video-h264-aac.flv", "flv"),
            ("video-jpeg2000-4k-hdr-rgb48.mxf", "mxf"), ("video-mpeg1-anamorphic-mp2.mpg", "mpeg"),
            ("video-mpeg2-mp2-1080p.ts", "mpegts"), ("video-mpeg4asp-mp3.avi", "avi"),
            ("video-vp9-alpha.webm", "webm"), ("video-pgs-subs.mkv", "matroska"),
            ("image-bmp-24bit.bmp", "bmp"), ("image-psd-layers-icc.psd", "psd"),
        ])
    func realFilesAreRecognised(file: String, name: String) throws {
        let handle = try FileHandle(forReadingFrom: Corpus.file(file))
        #expect(try FormatSniffer.sniff(descriptor: handle.fileDescriptor).name == name)
        #expect(try handle.offset() == 0)
    }

    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("broken-zero-bytes.webm", FailureKind.invalidMedia, "0 bytes"),
            ("mislabelled-json-named.mp4", .invalidMedia, "JSON text"),
            ("image-ico-multi.ico", .unsupported, "icon"),
        ])
    func realFilesAreRefusedWithWhatTheyAre(file: String, kind: FailureKind, what: String) throws {
        let handle = try FileHandle(forReadingFrom: Corpus.file(file))
        let failure = try #require(throws: Failure.self) {
            try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        }
        #expect(failure.kind == kind)
        #expect(failure.operatorText.contains(what))
    }

    /// So many frames of MPEG audio, empty but for their headers, behind and before what is none.
    private func frames(
        _ count: Int, header: [UInt8], length: Int, behind junk: Int, before rest: Int
    ) -> [UInt8] {
        let frame = header + [UInt8](repeating: 0x55, count: length - header.count)
        let noise = (0..<max(junk, rest)).map { UInt8(truncatingIfNeeded: $0 * 7 % 251) }
        return Array(noise.prefix(junk)) + (0..<count).flatMap { _ in frame } + noise.prefix(rest)
    }

    /// Where sound begins behind junk, what looks like a few frames is a chance, and what looks like
    /// many tiny ones a table of numbers.
    @Test func soundBehindJunkIsMoreThanAChance() throws {
        // 128 kbit/s at 44.1 kHz; 8 kbit/s at 22.05 kHz.
        let (usual, tiny): ([UInt8], [UInt8]) = (
            [0xFF, 0xFB, 0x90, 0x44], [0xFF, 0xF3, 0x10, 0xC4]
        )
        func found(_ bytes: [UInt8]) -> String {
            do throws(Failure) {
                return try FormatSniffer.sniff(bytes: bytes).name
            } catch {
                return error.code
            }
        }
        #expect(found(frames(4, header: usual, length: 417, behind: 0, before: 999)) == "mp3")
        #expect(found(frames(60, header: usual, length: 417, behind: 9_000, before: 999)) == "mp3")
        #expect(found(frames(5, header: usual, length: 417, behind: 9_000, before: 0)) == "mp3")
        let chance = frames(5, header: usual, length: 417, behind: 9_000, before: 999)
        #expect(found(chance) == "unknownFormat")
        let table = frames(200, header: tiny, length: 26, behind: 9_000, before: 999)
        #expect(found(table) == "unknownFormat")
        // Two kinds in turn are none.
        let other = frames(1, header: [0xFF, 0xFB, 0x94, 0x44], length: 384, behind: 0, before: 0)
        let one = frames(1, header: usual, length: 417, behind: 0, before: 0)
        let mixed = (0..<40).flatMap { _ in one + other }
        #expect(found(mixed + [0, 0, 0, 0]) == "unknownFormat")
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing))
    func everyFileOfTheCorpusIsEitherRecognisedOrRefusedForAKnownReason() throws {
        for name in Corpus.names("audio-") + Corpus.names("video-") + Corpus.names("image-") {
            let handle = try FileHandle(forReadingFrom: Corpus.file(name))
            do {
                let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
                let isPicture =
                    switch format.reader {
                    case .image, .drawing: true
                    case .container, .document: false
                    }
                #expect(isPicture == name.hasPrefix("image-"), "\(name): \(format)")
            } catch {
                #expect(error.code == "unsupportedFormat", "\(name): \(error)")
                #expect(name.hasPrefix("image-"), "\(name): \(error)")
            }
        }
    }
}
