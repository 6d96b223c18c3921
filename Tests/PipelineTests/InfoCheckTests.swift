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

    @Test func aPartOfTheUploadIsFine() throws {
        try InfoCheck.check(info(nil))
        try InfoCheck.check(info(ByteWindow(offset: 0, length: 1_000)))
        try InfoCheck.check(info(ByteWindow(offset: 999, length: 1), page: 31))
    }

    @Test(
        arguments: [
            (-1, 10), (0, 0), (0, -1), (0, 1_001), (1_000, 1), (999, 2), (.max, .max), (1, .max),
            (.min, 1),
        ] as [(Int64, Int64)])
    func aPartOutsideTheUploadIsNotBelieved(offset: Int64, length: Int64) {
        #expect(throws: Failure.self) {
            try InfoCheck.check(info(ByteWindow(offset: offset, length: length)))
        }
    }

    @Test func aNegativePageIsNotBelieved() {
        #expect(throws: Failure.self) { try InfoCheck.check(info(nil, page: -1)) }
    }
}
