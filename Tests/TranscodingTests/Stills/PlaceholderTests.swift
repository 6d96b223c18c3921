import Foundation
import MediaModel
import Testing
import Transcoding

@Suite struct PlaceholderTests {
    /// A picture by formula, so that other implementations can make the same one.
    private func picture(_ width: Int, _ height: Int, hasAlpha: Bool) -> SmallPicture {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                pixels.append(UInt8(x * 255 / max(1, width - 1)))
                pixels.append(UInt8(y * 255 / max(1, height - 1)))
                pixels.append(UInt8((x * 7 + y * 13) % 256))
                pixels.append(hasAlpha ? UInt8(x * y * 3 % 256) : 255)
            }
        }
        return SmallPicture(width: width, height: height, pixels: pixels)
    }

    // Expected values: the Python packages thumbhash 0.1.2 (its slip with alpha mended, halves rounded
    // up as the JavaScript reference does) and blurhash 1.1.5, over the same pictures.
    @Test(arguments: [
        (
            16, 16, false, "4AcOJxxyd3dgeHeGh3iHeIh3B3rdgI8I",
            "U$Hx$#2-wuoyqIW9jwe:gFfnfOfhs=WmjufS"
        ),
        (
            32, 20, false, "3/cJRJqAh3dgdndXiYZxoAj4eA==",
            "L$Hewc2swyX8qSW8jpe;gGfefUfm"
        ),
        (
            20, 32, true, "IgiGGwwWoKHJR4ijkAb5ZxAzUYdiOEg=",
            "T$HoE|2-wvl^WEjsgIfefOneWnjx"
        ),
        (
            100, 57, false, "3wcKNJqAh3dwd3iIiHdwgAf4eA==",
            "L%HVC+2Y$6Sgl|ayjsf6gdfQfRfQ"
        ),
        (
            7, 50, true, "oxiGEQgW0LKomFizsAv8ZzBUc5iDWVk=",
            "T$IEz,3BWol_aMfPgXf#fPnQaxfP"
        ),
        (
            1, 1, false, "AAgCBwAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ"
        ),
        (
            64, 64, true, "IAiGHQwHgIeAiIiIiIGACPh3AiFSVVAVJQ==",
            "U$HV9w2Y$4Sehqayjuf5gbfifPfhj0a{jufO"
        ),
    ])
    func hashesEqualTheReference(
        width: Int, height: Int, hasAlpha: Bool, thumbHash: String, blurHash: String
    ) {
        let picture = picture(width, height, hasAlpha: hasAlpha)
        #expect(Data(ThumbHash.encode(picture)).base64EncodedString() == thumbHash)
        let components = BlurHash.components(width: width, height: height)
        #expect(BlurHash.encode(picture, components: components) == blurHash)
    }

    @Test func theDominantColourIsThatOfMostPixels() {
        var pixels: [UInt8] = []
        for index in 0..<100 {
            pixels += index < 60 ? [200, 30, 40, 255] : [10, 10, 250, 255]
        }
        #expect(DominantColor.of(SmallPicture(width: 10, height: 10, pixels: pixels)) == "#c81e28")
    }

    @Test func transparentPixelsHaveNoColour() {
        let pixels: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 255, 255, 0, 0, 0]
        let picture = SmallPicture(width: 2, height: 2, pixels: pixels)
        #expect(DominantColor.of(picture) == "#00ff00")
        let nothing = SmallPicture(width: 1, height: 1, pixels: [1, 2, 3, 0])
        #expect(DominantColor.of(nothing) == nil)
        #expect(Placeholder(nothing, aspectRatio: 1, matte: "#abcdef").dominantColor == "#abcdef")
    }

    @Test func theSmallSizeKeepsTheShapeAndNeverGrows() {
        #expect(SmallPicture.size(for: 4_000, 3_000) == (100, 75))
        #expect(SmallPicture.size(for: 10, 20) == (10, 20))
        #expect(SmallPicture.size(for: 100_000, 10) == (100, 1))
    }
}
