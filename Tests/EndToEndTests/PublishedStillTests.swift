import Foundation
import MediaModel
import TestSupport
import Testing

/// Pictures, judged by vipsheader, ExifTool and the colours of their corners.
struct PublishedStillTests {
    private func near(_ found: [UInt8], _ expected: [UInt8]) -> Bool {
        // Lossy codecs at quality 55…82 stay within this on flat colour.
        zip(found, expected).allSatisfy { abs(Int($0) - Int($1)) <= 14 }
    }

    @Test func widthsRunUpToTheSourceInThreeFormats() async throws {
        let still = try await Gallery.published("photograph.jpg")
        // 1600×1200 stored, shown upright as 1200×1600.
        for type in ["image/avif", "image/webp", "image/jpeg"] {
            let widths = still.derivatives(.image).filter { $0.description.mediaType == type }
                .compactMap(\.description.width)
            #expect(widths == [1200, 640, 320], "\(type)")
        }
    }

    @Test func everyPictureIsUprightInSRGB() async throws {
        let still = try await Gallery.published("photograph.jpg")
        for derivative in still.derivatives(.image) {
            let file = still.file(derivative.path)
            let header = try await VipsHeader(file)
            #expect(header.interpretation == "srgb", "\(derivative.path)")
            #expect(header.fields["orientation"].map { $0 == "1" } ?? true, "\(derivative.path)")
            #expect(header.width == derivative.description.width)
            #expect(header.height == derivative.description.height)
            let pixels = try await Pixels(file)
            let (right, bottom) = (pixels.width - 6, pixels.height - 6)
            #expect(near(pixels.pixel(x: 5, y: 5), Still.upperLeft), "\(derivative.path)")
            #expect(near(pixels.pixel(x: right, y: 5), Still.upperRight), "\(derivative.path)")
            #expect(near(pixels.pixel(x: right, y: bottom), Still.lowerRight), "\(derivative.path)")
            #expect(near(pixels.pixel(x: 5, y: bottom), Still.lowerLeft), "\(derivative.path)")
        }
    }

    @Test func placeAndDeviceAreGoneAndCopyrightStays() async throws {
        let still = try await Gallery.published("photograph.jpg")
        for derivative in still.manifest.derivatives {
            let tags = try await ExifTool(still.file(derivative.path))
            #expect(tags.privateTags == [], "\(derivative.path)")
        }
        let jpeg = try #require(
            still.derivatives(.image).first { $0.description.mediaType == "image/jpeg" })
        let tags = try await ExifTool(still.file(jpeg.path)).tags
        #expect(tags.contains { $0.key.hasSuffix(":Copyright") && $0.value == Still.copyright })
    }

    @Test func transparencyIsKeptWhereTheFormatHasIt() async throws {
        let still = try await Gallery.published("drawing.png")
        let types = Set(still.derivatives(.image).map(\.description.mediaType))
        // Flat areas: lossless, and no AVIF.
        #expect(types == ["image/webp", "image/png"])
        for derivative in still.derivatives(.image) {
            let pixels = try await Pixels(still.file(derivative.path))
            #expect(pixels.bands == 4, "\(derivative.path)")
            // The left half of the lower right quarter is clear.
            let clear = pixels.pixel(x: pixels.width * 9 / 16, y: pixels.height * 7 / 8)
            let solid = pixels.pixel(x: pixels.width / 8, y: pixels.height / 8)
            #expect(clear[3] <= 8 && solid[3] >= 247, "\(derivative.path)")
        }
        let share = try #require(still.derivatives(.share).first)
        #expect(try await VipsHeader(still.file(share.path)).bands == 3)
    }

    @Test(arguments: ["picture.webp", "picture.gif", "scan.tif", "picture.avif"])
    func everyFormatComesOutInItsColours(name: String) async throws {
        let still = try await Gallery.published(name)
        let largest = try #require(still.derivatives(.image).first)
        #expect(largest.description.width == 800 && largest.description.height == 600)
        let pixels = try await Pixels(still.file(largest.path))
        #expect(near(pixels.pixel(x: 5, y: 5), Still.upperLeft))
        #expect(near(pixels.pixel(x: 790, y: 590), Still.lowerRight))
    }

    @Test func cameraRAWIsShownByItsPreview() async throws {
        let still = try await Gallery.published("camera.nef")
        #expect(still.manifest.kind == .image)
        #expect(still.manifest.source.mediaType == "image/x-nikon-nef")
        #expect(still.manifest.source.info.format == "nef")
        #expect(still.manifest.warnings.map(\.code) == ["embeddedPreview"])
        #expect(still.manifest.provenance.decisions.contains { $0.subject == "picture" })
        // 1600×1200 stored, shown upright as 1200×1600; the thumbnail has 160×120.
        #expect(still.derivatives(.image).first?.description.width == 1_200)
        for derivative in still.derivatives(.image) {
            let pixels = try await Pixels(still.file(derivative.path))
            let (right, bottom) = (pixels.width - 6, pixels.height - 6)
            #expect(near(pixels.pixel(x: 5, y: 5), Still.upperLeft), "\(derivative.path)")
            #expect(near(pixels.pixel(x: right, y: bottom), Still.lowerRight), "\(derivative.path)")
            let tags = try await ExifTool(still.file(derivative.path)).tags
            #expect(tags.values.contains(RawFile.artist), "\(derivative.path)")
        }
    }

    @Test func aSinglePixelIsAPicture() async throws {
        let still = try await Gallery.published("dot.png")
        let header = try await VipsHeader(
            still.file(try #require(still.derivatives(.image).first).path))
        #expect(header.width == 1 && header.height == 1)
    }

    @Test func theDominantColourIsOneOfThePicture() async throws {
        let placeholder = try #require(
            try await Gallery.published("photograph.jpg").manifest.placeholder)
        #expect(abs(placeholder.aspectRatio - 0.75) < 0.01)
        let number = try #require(Int(placeholder.dominantColor.dropFirst(), radix: 16))
        let colour = [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        let corners = [Still.upperLeft, Still.upperRight, Still.lowerRight, Still.lowerLeft]
        let isCorner = corners.contains { corner in
            zip(corner, colour).allSatisfy { abs(Int($0) - Int($1)) <= 40 }
        }
        #expect(isCorner, "\(placeholder.dominantColor)")
    }

    @Test func theHTMLOffersEveryWidth() async throws {
        let still = try await Gallery.published("photograph.jpg")
        for derivative in still.derivatives(.image) {
            #expect(still.manifest.html.contains(derivative.path), "\(derivative.path)")
        }
    }
}
