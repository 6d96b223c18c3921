import Foundation
import MediaModel
import TestSupport

@testable import FFmpeg
@testable import Intake
@testable import Pipeline
@testable import Planning
@testable import Transcoding
@testable import WorkerProtocol

/// One reader of bytes that others have made.
struct Parser: Sendable {
    let name: String
    /// Longest input; longer ones find nothing more here.
    var mostBytes = 16_384
    var isJSON = false
    /// Inputs that need code to be made.
    var seeds: @Sendable () -> [[UInt8]] = { [] }
    /// May say no to anything, and must come back from everything.
    let read: @Sendable ([UInt8]) -> Void

    static let all: [Parser] = uploads + words

    /// What the worker reads of an upload before a library does, or in place of one.
    private static let uploads = [
        Parser(name: "format") { bytes in
            _ = try? FormatSniffer.sniff(bytes: bytes)
            _ = ContentCredentials.arePresent(in: FileHead(bytes: bytes))
        },
        Parser(name: "boxes") { bytes in
            let file = FileHead(bytes: bytes)
            _ = HEIFProperties(file)
            _ = SequenceLoop(file)
            _ = CleanAperture(bytes[...])
            Scratch.with(bytes) { _ = MP4Boxes($0, byteCount: Int64(bytes.count)) }
        },
        Parser(name: "raw") { bytes in
            let file = FileHead(bytes: bytes)
            _ = CameraRaw(file)
            _ = TIFFDirectories(file).map { RawContents($0) }
            _ = RawContents(cr3: file)
            _ = RawContents(raf: file)
        },
        Parser(name: "jpeg") { bytes in
            let file = FileHead(bytes: bytes)
            _ = JPEGHeader(file, in: ByteWindow(offset: 0, length: file.byteCount))
            _ = JPEGGainMap.find(file)
            _ = PlainJPEG.stripped(bytes, metadataOf: bytes)
        },
        Parser(name: "png") { bytes in
            _ = PNGColor(FileHead(bytes: bytes))
            _ = Attribution(png: FileHead(bytes: bytes))
            _ = PlainPNG.stripped(bytes, metadataOf: bytes, isTransparent: true)
            Scratch.with(bytes) { _ = try? PNGAnimation(descriptor: $0) }
        },
        Parser(name: "whole-pictures") { bytes in
            let file = FileHead(bytes: bytes)
            for loader in WholeLoader.allCases { _ = loader.header(file) }
        },
        Parser(name: "drawing") { bytes in
            let limits = Limits()
            guard let text = try? DrawingText.utf8(bytes),
                let drawing = try? SafeDrawing(text, limits: limits)
            else { return }
            _ = DrawingCost.elements(of: drawing.root, atMost: limits.drawingElements)
            let size = DrawingSize(of: drawing.root)
            size?.apply(to: drawing.root)
            // What was made safe is well-formed, and as safe when it is read again.
            let safe = drawing.text()
            guard let again = try? SafeDrawing(Array(safe.utf8), limits: limits) else {
                fatalError("what was made safe cannot be read")
            }
            precondition(again.text() == safe, "made safe twice, it is something else")
        },
        Parser(name: "metadata") { bytes in
            _ = IPTCReader(bytes)
            _ = XMPReader(bytes)
            _ = ICCProfile(bytes)
            _ = XMLRoot.name(bytes)
            _ = AV1SequenceHeader(bytes)
        },
        Parser(name: "compressed") { bytes in
            _ = GzipHead.inflate(bytes, atMost: 65_536)
            _ = ZipArchive(FileHead(bytes: bytes))
        },
        Parser(name: "captions") { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let cues = [CaptionText.webVTT(ass: text), CaptionText.webVTT(plain: text)]
                .compactMap { $0 }
                .map { CaptionCue(startMilliseconds: 0, endMilliseconds: 1000, text: $0) }
            // Our own verifier reads what we write.
            precondition(WebVTT.parse(WebVTT.text(cues)) != nil, "captions that are not WebVTT")
            _ = WebVTT.parse(text)
        },
    ]

    /// What the daemon reads: of uploaders, of the kernel, and of workers, which may be taken over.
    private static let words = [
        Parser(
            name: "sidecar", isJSON: true, seeds: { sidecars },
            read: { bytes in
                _ = try? SidecarReader.read(Data(bytes))
            }),
        Parser(name: "inotify") { bytes in _ = InotifyEvent.parse(bytes[...]) },
        Parser(
            name: "report", seeds: { reports },
            read: { bytes in
                var reader = ReportReader(limit: 1 << 20)
                let half = bytes.count / 2
                _ = reader.take(Array(bytes[..<half])) + reader.take(Array(bytes[half...]))
            }),
        Parser(
            name: "plan", isJSON: true, seeds: { findings },
            read: { bytes in
                guard let info = try? LineCodec.decode(MediaInfo.self, from: Data(bytes)),
                    (try? InfoCheck.check(info, byteCount: info.byteCount)) != nil
                else { return }
                let planner = Planner(cores: 4)
                let source = PlanSource(sha256: "0", sidecar: Sidecar())
                _ = try? planner.plan(info, recipe: Recipe(), source: source)
            }),
    ]
}

extension Parser {
    private static let sidecars = [
        #"{"id":"a-1","title":"T","alt":"A","recipe":"default","owner":"anna","position":1.5,"#
            + #""priority":3,"posterTime":1.5,"focalPoint":{"x":0.5,"y":1},"#
            + #""credit":{"creator":"C","copyright":"©","license":"L"}}"#,
        #"{"id":null,"x":[[[[1]]],true,"é"]}"#,
    ].map { Array($0.utf8) }

    /// What a probe could say, as the tests of the planner draw it.
    private static var findings: [[UInt8]] {
        (0..<200).compactMap { number in
            var random = SplitMix(seed: UInt64(number))
            let info = MediaInfo.random(using: &random)
            return (try? LineCodec.encode(info)).map { Array($0.dropLast()) }
        }
    }

    private static var reports: [[UInt8]] {
        let reports: [Report] = [
            .progress(Progress(stage: "decode", fraction: 0.5)),
            .finished(Summary(cpuSeconds: 1, peakResidentBytes: 1 << 20)),
            .forked(ForkedWorker(processID: 17)),
        ]
        return reports.compactMap { (try? LineCodec.encode($0)).map { [UInt8]($0) } }
    }
}

/// Bytes as an open file, for what reads descriptors. One file, written anew each time.
private enum Scratch {
    private static let descriptor: Int32 = {
        let file = tmpfile()
        guard let file = unsafe file else { fatalError("no temporary file: errno \(errno)") }
        return unsafe fileno(file)
    }()

    static func with(_ bytes: [UInt8], _ body: (Int32) -> Void) {
        guard ftruncate(descriptor, 0) == 0,
            unsafe bytes.withUnsafeBytes({ unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) })
                == bytes.count
        else { fatalError("the temporary file cannot be written: errno \(errno)") }
        body(descriptor)
    }
}
