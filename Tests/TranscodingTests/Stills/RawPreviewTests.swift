import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding
import Vips

/// Camera RAW through its embedded preview. ExifTool says which picture the preview is.
@Suite struct RawPreviewTests {
    let run: StillRun

    init() throws {
        run = try StillRun()
    }

    /// A JPEG without any metadata.
    private func jpeg(_ name: String, width: Int, height: Int) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: run.testPicture(name, width: width, height: height)))
    }

    private func write(_ data: Data, _ name: String) throws -> URL {
        let file = run.fixture(name)
        try data.write(to: file)
        return file
    }

    /// What ExifTool takes out of a file under one of these names: the largest.
    private func extracted(_ tags: [String], _ file: URL) throws -> [UInt8] {
        let output = run.fixture("extracted.bin")
        return try tags.map { tag in
            try Oracle.run("sh", ["-c", "exiftool -b -\(tag) '\(file.path)' > '\(output.path)'"])
            return try [UInt8](Data(contentsOf: output))
        }.max { $0.count < $1.count } ?? []
    }

    /// The bytes that will be read.
    private func shown(_ info: MediaInfo, _ file: URL) throws -> [UInt8] {
        let window = try #require(info.image?.window)
        return try [UInt8](Data(contentsOf: file))
            .dropFirst(Int(window.offset)).prefix(Int(window.length)).map { $0 }
    }

    // MARK: What is shown

    @Test(arguments: RawFile.allCases)
    func theLargestPreviewIsThePicture(format: RawFile) throws {
        let preview = try jpeg("preview.jpg", width: 640, height: 400)
        let thumbnail = try jpeg("thumbnail.jpg", width: 160, height: 100)
        let file = try write(
            format.data(preview: preview, thumbnail: thumbnail), "a.\(format.rawValue)")
        let info = try run.probe(file)
        #expect(info.kind == .image)
        #expect(info.format == format.rawValue)
        #expect(info.mediaType == format.mediaType)
        let image = try #require(info.image)
        #expect(image.codedSize == PixelSize(width: 640, height: 400))
        #expect(
            image.sensorSize
                == PixelSize(width: RawFile.sensorWidth, height: RawFile.sensorHeight))
        #expect(try shown(info, file) == preview)
        #expect(info.warnings.map(\.code) == ["embeddedPreview"])
        let message = info.warnings.first?.message ?? ""
        #expect(message.contains("640x400") && message.contains("6000x4000"), "\(message)")
        // ExifTool does not take the sample of a CR3's track for a picture: see below.
        if format != .cr3 {
            #expect(try extracted(["JpgFromRaw", "PreviewImage"], file) == preview)
        }
    }

    @Test func thePreviewInTheBoxOfACR3IsFoundToo() throws {
        let preview = try jpeg("preview.jpg", width: 640, height: 400)
        let smaller = try jpeg("thumbnail.jpg", width: 160, height: 100)
        let file = try write(RawFile.cr3.data(preview: smaller, thumbnail: preview), "a.cr3")
        #expect(try shown(run.probe(file), file) == preview)
        #expect(try extracted(["PreviewImage"], file) == preview)
    }

    @Test func everythingIsMadeOfThePreviewAndTurnedAsTheRAWFileSays() throws {
        let halves = run.fixture("halves.jpg")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", run.halves("red", "blue", width: 640, height: 400).path,
                "-q:v", "2", halves.path,
            ])
        let file = try write(
            RawFile.nef.data(
                preview: [UInt8](Data(contentsOf: halves)),
                thumbnail: jpeg("thumbnail.jpg", width: 160, height: 100), orientation: 6),
            "a.nef")
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.orientation == 6)
        #expect(run.plan?.window == run.info?.image?.window)
        let pictures = try #require(run.plan).pictures
        #expect(run.events.artifacts.count + run.events.leftOut.count == pictures.count)
        #expect(!run.events.artifacts.isEmpty)
        for artifact in run.events.artifacts {
            let name = artifact.description.name
            let image = try run.image(name)
            // The left half is on top after a quarter turn clockwise.
            if artifact.description.role == .image {
                #expect(image.width == 320 && image.height == 512, "\(name)")
                #expect(isNear(try pixel(image, 0.5, 0.1), [254, 0, 0], within: 16), "\(name)")
                #expect(isNear(try pixel(image, 0.5, 0.9), [0, 0, 254], within: 16), "\(name)")
            }
            let made = run.directory.appendingPathComponent(artifact.file.path)
            #expect(try Oracle.exif(["-XMP-dc:Creator"], made) == RawFile.artist, "\(name)")
            #expect(try Oracle.exif(["-Make"], made) == "", "\(name)")
        }
        #expect(run.info?.tags["creator"] == RawFile.artist)
        let placeholder = try #require(run.events.placeholders.first)
        #expect(abs(placeholder.aspectRatio - 0.625) < 0.001)
    }

    @Test func whatThePreviewSaysOfItselfComesFirst() throws {
        let file = try run.testPicture("preview.jpg", width: 640, height: 400)
        try Oracle.run(
            "exiftool",
            [
                "-q", "-overwrite_original", "-n", "-Orientation=3", "-EXIF:Artist=Somebody",
                file.path,
            ])
        let raw = try write(
            RawFile.nef.data(
                preview: [UInt8](Data(contentsOf: file)),
                thumbnail: jpeg("thumbnail.jpg", width: 160, height: 100), orientation: 6),
            "a.nef")
        let info = try run.probe(raw)
        #expect(info.image?.orientation == 3)
        #expect(info.tags["creator"] == "Somebody")
    }

    @Test func aPreviewThatEndsEarlyIsShownWithAWarning() throws {
        var preview = try jpeg("preview.jpg", width: 640, height: 400)
        // Its length is right, and its end comes in its middle.
        let middle = preview.count / 2
        preview.replaceSubrange(middle..<middle + 2, with: [0xFF, 0xD9])
        let file = try write(
            RawFile.arw.data(preview: preview, thumbnail: []), "a.arw")
        try run.run(file, recipe: .small)
        #expect(run.info?.warnings.map(\.code) == ["embeddedPreview"])
        #expect(run.events.warnings.count == 1)
    }

    // MARK: What is refused

    /// Of each format one file that has no preview, and what it must be called.
    static let withoutPreview: [(String, Data)] = [
        ("Nikon NEF", TIFFFile([271: .text("NIKON")] + .sensor(width: 60, height: 40)).data),
        ("Sony ARW", TIFFFile([271: .text("SONY")] + .sensor(width: 60, height: 40)).data),
        ("Samsung SRW", TIFFFile([271: .text("SAMSUNG")] + .sensor(width: 9, height: 4)).data),
        (
            "Epson ERF",
            TIFFFile(
                [271: .text("SEIKO EPSON CORP.")]
                    + .sensor(width: 60, height: 40, compression: 32_769)
            ).data
        ),
        ("an unknown camera", TIFFFile(.sensor(width: 60, height: 40)).data),
        ("Adobe DNG", RawFile.dng.data(preview: [], thumbnail: [])),
        ("Canon CR2", RawFile.cr2.data(preview: [], thumbnail: [])),
        ("Olympus ORF", RawFile.orf.data(preview: [], thumbnail: [])),
        ("Panasonic RW2", RawFile.rw2.data(preview: [], thumbnail: [])),
        ("Fujifilm RAF", RawFile.raf.data(preview: [], thumbnail: [])),
        ("Canon CR3", RawFile.cr3.data(preview: [], thumbnail: [])),
        ("Sigma X3F", Data("FOVb\0\0\u{2}\0 and so on".utf8)),
        ("Minolta MRW", Data("\0MRM\0\0\0\0 and so on".utf8)),
        ("Canon CRW", Data("II\u{1A}\0\0\0HEAPCCDR and so on".utf8)),
    ]

    @Test(arguments: withoutPreview)
    func withoutAPreviewItIsRefusedByItsName(title: String, data: Data) throws {
        let failure = try #require(throws: Failure.self) {
            try FormatSniffer.sniff(bytes: [UInt8](data))
        }
        #expect(failure.kind == .unsupported)
        #expect(failure.code == "rawWithoutPreview")
        #expect(failure.operatorText.contains(title))
        #expect(failure.uploaderText.contains(title) && failure.uploaderText.contains("JPEG"))
    }

    @Test(arguments: [
        RawFile.losslessJPEG(width: 6_000, height: 4_000), Array("no JPEG at all".utf8), [0xFF],
        [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xDA, 0, 4, 0, 0, 1, 2, 3, 4],
    ])
    func whatIsNoJPEGForDisplayIsNoPreview(bytes: [UInt8]) throws {
        let thumbnail = try jpeg("thumbnail.jpg", width: 160, height: 100)
        for format in RawFile.allCases where format != .raf && format != .rw2 {
            let file = try write(
                format.data(preview: bytes, thumbnail: thumbnail), "a.\(format.rawValue)")
            // ORF: the thumbnail is another directory's; every format has one.
            #expect(try shown(run.probe(file), file) == thumbnail, "\(format)")
        }
    }

    // MARK: Hostile files

    /// A DNG whose only page has these entries, and a good preview of an even number of bytes at 8.
    private func hostile(
        _ entries: [UInt16: TIFFFile.Value], preview: [UInt8], next: UInt32? = nil
    ) -> TIFFFile {
        var file = TIFFFile([
            .init([50_706: .bytes([1, 4, 0, 0])] + entries, next: next)
        ])
        file.signature = preview
        return file
    }

    @Test func liesAboutPlacesAreNotBelieved() throws {
        var preview = try jpeg("preview.jpg", width: 320, height: 200)
        if preview.count % 2 == 1 { preview.append(0) }
        let (place, length) = (UInt32(8), UInt32(preview.count))
        let good: [UInt16: TIFFFile.Value] = [513: .long(place), 514: .long(length)]
        let most = UInt32.max
        // Beside the good preview each of these changes nothing; alone, nothing is shown.
        let lies: [[UInt16: TIFFFile.Value]] = [
            // A strip that begins or ends outside, at the header, or nowhere.
            [259: .short(7), 273: .long(most), 279: .long(4)],
            [259: .short(7), 273: .long(place), 279: .long(most)],
            [259: .short(7), 273: .long(0), 279: .long(length)],
            [259: .short(7), 273: .long(place), 279: .long(0)],
            // Values that lie outside, or are too many.
            [259: .short(7), 273: .lie(type: 4, count: most, value: most), 279: .long(length)],
            [259: .short(7), 273: .lie(type: 16, count: most, value: 8), 279: .long(length)],
            [0x2E: .lie(type: 7, count: most, value: 8)],
            [0x2E: .lie(type: 12, count: most, value: most)],
            [37_500: .lie(type: 7, count: most, value: 8)],
            // Directories that lie outside, in the header, in the picture, or are too many.
            [330: .lie(type: 4, count: most, value: 8), 34_665: .long(most)],
            [330: .longs([0, 2, 4, 8, 9, most, most - 1]), 34_665: .long(1)],
            [315: .lie(type: 2, count: most, value: 8), 700: .lie(type: 1, count: most, value: 8)],
            [99: .lie(type: 0, count: 1, value: 1), 98: .lie(type: 999, count: most, value: 1)],
        ]
        for (index, lie) in lies.enumerated() {
            let file = try write(hostile(good + lie, preview: preview).data, "\(index).dng")
            let info = try run.probe(file)
            #expect(try shown(info, file) == preview, "\(index)")
            let alone = hostile(lie, preview: preview).data
            let failure = try #require(throws: Failure.self, "\(index)") {
                try FormatSniffer.sniff(bytes: [UInt8](alone))
            }
            #expect(failure.code == "rawWithoutPreview", "\(index)")
        }
    }

    @Test func candidatesThatOverlapAreJudgedByThemselves() throws {
        var preview = try jpeg("preview.jpg", width: 320, height: 200)
        if preview.count % 2 == 1 { preview.append(0) }
        let length = UInt32(preview.count)
        // One begins inside the other, one ends inside.
        let file = try write(
            hostile(
                [
                    513: .long(8), 514: .long(length), 259: .short(7), 273: .long(200),
                    279: .long(length - 192),
                    330: .directories([.init([513: .long(8), 514: .long(length / 2)])]),
                ], preview: preview
            ).data, "a.dng")
        let info = try run.probe(file)
        #expect(info.image?.codedSize == PixelSize(width: 320, height: 200))
        #expect(info.image?.window == ByteWindow(offset: 8, length: Int64(length)))
        try run.run(file, recipe: .small)
        #expect(run.events.warnings == [] && !run.events.artifacts.isEmpty)
    }

    @Test func chainsThatLeadBackEnd() throws {
        var preview = try jpeg("preview.jpg", width: 320, height: 200)
        if preview.count % 2 == 1 { preview.append(0) }
        // The directory begins behind the preview, and is next to itself and its own child.
        let itself = UInt32(8 + preview.count)
        let file = try write(
            hostile(
                [
                    513: .long(8), 514: .long(UInt32(preview.count)), 330: .long(itself),
                    34_665: .long(itself),
                ], preview: preview, next: itself
            ).data, "a.dng")
        #expect(try shown(run.probe(file), file) == preview)
    }

    @Test func thousandsOfDirectoriesAreNotFollowed() throws {
        let preview = try jpeg("preview.jpg", width: 320, height: 200)
        let empty = TIFFFile.Directory([254: .long(1)])
        let first = TIFFFile.Directory([50_706: .bytes([1, 4, 0, 0])] + .jpeg(preview))
        let file = TIFFFile([first] + Array(repeating: empty, count: 3_000))
        let url = try write(file.data, "a.dng")
        #expect(try shown(run.probe(url), url) == preview)
    }

    @Test func nothingMakesTheReaderTrap() throws {
        let seed = UInt64.random(in: 1...UInt64.max)
        print("nothingMakesTheReaderTrap: seed \(seed)")
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let preview = Array(try jpeg("preview.jpg", width: 64, height: 40).prefix(700))
        let files = RawFile.allCases.map {
            [UInt8]($0.data(preview: preview, thumbnail: Array(preview.prefix(650))))
        }
        // Bytes that are often wrong in the worst way, beside any others.
        let extremes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
        for round in 0..<2_700 {
            var bytes = files[round % files.count]
            for _ in 0..<(1 + next(16)) {
                bytes[next(bytes.count)] =
                    next(2) == 0 ? extremes[next(extremes.count)] : UInt8(next(256))
            }
            if round % 5 == 0 { bytes.removeLast(next(bytes.count)) }
            _ = try? FormatSniffer.sniff(bytes: bytes)
        }
        let starts: [[UInt8]] = [
            [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x4D, 0x4D, 0, 43, 0, 8, 0, 0],
            [0x49, 0x49, 43, 0, 8, 0, 0, 0], Array("IIU\0".utf8), Array("IIRO".utf8),
            Array("FUJIFILMCCD-RAW".utf8), [0, 0, 0, 24] + Array("ftypcrx ".utf8),
        ]
        for round in 0..<4_000 {
            let bytes = (0..<next(300)).map { _ in UInt8(next(256)) }
            _ = try? FormatSniffer.sniff(bytes: starts[round % starts.count] + bytes)
        }
    }
}
