import MediaModel
import Testing

@testable import Pipeline

/// What a worker says about an upload is bounded before anything is computed from it.
@Suite struct InfoCheckTests {
    private func info(_ window: ByteWindow?, page: Int = 0) -> MediaInfo {
        MediaInfo(
            kind: .image, format: "nef", mediaType: "image/x-nikon-nef", byteCount: 1_000,
            image: ImageInfo(
                loader: "jpegload_source", codedSize: PixelSize(width: 640, height: 480), bands: 3,
                window: window, page: page))
    }

    /// As of an upload that has what the worker says.
    private func check(_ info: MediaInfo) throws {
        try InfoCheck.check(info, byteCount: info.byteCount)
    }

    @Test func aPartOfTheUploadIsFine() throws {
        try check(info(nil))
        try check(info(ByteWindow(offset: 0, length: 1_000)))
        try check(info(ByteWindow(offset: 999, length: 1), page: 31))
    }

    @Test(
        arguments: [
            (-1, 10), (0, 0), (0, -1), (0, 1_001), (1_000, 1), (999, 2), (.max, .max), (1, .max),
            (.min, 1),
        ] as [(Int64, Int64)])
    func aPartOutsideTheUploadIsNotBelieved(offset: Int64, length: Int64) {
        #expect(throws: Failure.self) {
            try check(info(ByteWindow(offset: offset, length: length)))
        }
    }

    @Test func anotherSizeThanTheUploadsIsNotBelieved() throws {
        try InfoCheck.check(info(nil), byteCount: 1_000)
        for byteCount in [0, 999, 1_001] as [Int64] {
            #expect(throws: Failure.self, "\(byteCount)") {
                try InfoCheck.check(info(nil), byteCount: byteCount)
            }
        }
    }

    /// What is planned is a multiple of these: a worker that was taken over could end the daemon by one.
    @Test func numbersThatOverflowArithmeticAreNotBelieved() throws {
        for byteCount in [-1, .max, .max / 4, (1 << 50) + 1] as [Int64] {
            var info = info(nil)
            info.byteCount = byteCount
            #expect(throws: Failure.self, "\(byteCount)") { try check(info) }
        }
        for side in [4_000_000_000, (1 << 30) + 1] {
            var info = info(nil)
            info.image?.codedSize = PixelSize(width: side, height: side)
            #expect(throws: Failure.self, "\(side)") { try check(info) }
        }
        var largest = info(nil)
        largest.byteCount = 1 << 50
        largest.image?.codedSize = PixelSize(width: 1 << 30, height: 1 << 30)
        try check(largest)
    }

    @Test func aNegativePageIsNotBelieved() {
        #expect(throws: Failure.self) { try check(info(nil, page: -1)) }
    }

    @Test func whatIsSaidOfEveryStreamIsBounded() throws {
        func saying(_ change: (inout StreamSummary) -> Void) -> MediaInfo {
            var stream = StreamSummary(index: 0, type: "audio", codec: "flac", sampleRate: 48_000)
            change(&stream)
            var info = info(nil)
            info.streams = [stream]
            return info
        }
        try check(saying { _ in })
        let long = "e" + String(repeating: "\u{301}", count: 4096)
        for bad in [
            saying { $0.index = -1 }, saying { $0.width = -1 }, saying { $0.sampleRate = .max },
            saying { $0.channels = .min }, saying { $0.type = long }, saying { $0.codec = long },
            saying { $0.language = long }, saying { $0.title = long },
        ] {
            #expect(throws: Failure.self) { try check(bad) }
        }
        var cover = saying { _ in }
        cover.coverStreamIndex = -1
        #expect(throws: Failure.self) { try check(cover) }
        var many = info(nil)
        many.warnings = Array(repeating: MediaWarning(code: "a", message: "b"), count: 1_001)
        #expect(throws: Failure.self) { try check(many) }
    }
}
