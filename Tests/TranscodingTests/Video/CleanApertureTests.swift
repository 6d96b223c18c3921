import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// The `clap` box: what lies outside the clean aperture is not shown.
@Suite(.serialized) struct CleanApertureTests {
    @Test func whatLiesOutsideIsCutOff() async throws {
        let file = try await Fixtures.shared.file("clap.mov") { url in
            // Red edges of 16 pixels at the left and right, 8 above and below.
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=red:size=352x196:rate=10:duration=0.5,format=rgb24,"
                    + "drawbox=x=16:y=8:w=320:h=180:color=blue:t=fill",
                "-c:v", "libx264", "-qp", "5", "-pix_fmt", "yuv444p", "-preset", "ultrafast",
                url.path,
            ])
            try Self.insertClap([320, 1, 180, 1, 0, 1, 0, 1], into: url)
        }
        let run = try await FilmRun(file)
        #expect(run.info.video?.cleanAperture?.size == PixelSize(width: 320, height: 180))
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.width == 320 && video.height == 180)
        let pixels = try await FilmOracle.pixels(try run.rung())
        var reddest = -255
        for start in stride(from: 0, to: pixels.count, by: 3) {
            reddest = max(reddest, Int(pixels[start]) - Int(pixels[start + 2]))
        }
        #expect(reddest < 0, "a red edge is left")
    }

    @Test func boxesThatMakeNoSenseAreIgnored() {
        let coded = PixelSize(width: 352, height: 196)
        func rectangle(_ numbers: [Int32]) -> PixelRect? {
            CleanAperture(numbers.flatMap(Self.bytes)[...])?.rectangle(in: coded)
        }
        #expect(rectangle([352, 1, 196, 1, 0, 1, 0, 1]) == nil)
        #expect(rectangle([400, 1, 180, 1, 0, 1, 0, 1]) == nil)
        #expect(rectangle([320, 0, 180, 1, 0, 1, 0, 1]) == nil)
        #expect(rectangle([10, 1, 180, 1, 0, 1, 0, 1]) == nil)
        #expect(rectangle([320, 1, 180, 1, 300, 1, 0, 1]) == nil)
        #expect(rectangle([-320, 1, 180, 1, 0, 1, 0, 1]) == nil)
        #expect(
            rectangle([320, 1, 180, 1, 8, 1, -4, 1])
                == PixelRect(x: 24, y: 4, size: PixelSize(width: 320, height: 180)))
    }

    private static func bytes(_ number: Int32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }

    /// Appends a `clap` box to the first sample entry and lets every box around it grow. The index
    /// lies behind the media data, so no offset in it changes.
    private static func insertClap(_ numbers: [Int32], into url: URL) throws {
        var file = [UInt8](try Data(contentsOf: url))
        let box = bytes(40) + Array("clap".utf8) + numbers.flatMap(bytes)
        func size(at offset: Int) -> Int {
            file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        func child(_ name: String, in parent: Int, skipping header: Int) throws -> Int {
            var offset = parent + header
            while offset < parent + size(at: parent) {
                if Array(file[offset + 4..<offset + 8]) == Array(name.utf8) { return offset }
                offset += size(at: offset)
            }
            throw FilmRunError("no \(name)")
        }
        var path: [Int] = []
        var offset = 0
        while Array(file[offset + 4..<offset + 8]) != Array("moov".utf8) {
            offset += size(at: offset)
        }
        path.append(offset)
        for name in ["trak", "mdia", "minf", "stbl", "stsd"] {
            path.append(try child(name, in: path[path.count - 1], skipping: 8))
        }
        path.append(path[path.count - 1] + 16)
        let end = path[path.count - 1] + size(at: path[path.count - 1])
        for offset in path {
            file.replaceSubrange(
                offset..<offset + 4, with: bytes(Int32(size(at: offset) + box.count)))
        }
        file.insert(contentsOf: box, at: end)
        try Data(file).write(to: url)
    }
}
