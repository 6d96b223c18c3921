import Foundation
import MediaModel

/// Believes a worker's placeholder only as far as a page could show it.
enum PlaceholderCheck {
    /// Most colours of a palette.
    private static let mostColors = 6

    static func check(_ placeholder: Placeholder) throws(Failure) {
        let hash = Data(base64Encoded: placeholder.thumbHash) ?? Data()
        guard (5...64).contains(hash.count) else { throw bad("a ThumbHash that is none") }
        guard (6...200).contains(placeholder.blurHash.utf8.count),
            placeholder.blurHash.unicodeScalars.allSatisfy(blurHashCharacters.contains)
        else { throw bad("a BlurHash that is none") }
        guard placeholder.aspectRatio.isFinite, placeholder.aspectRatio > 0 else {
            throw bad("an aspect ratio of \(placeholder.aspectRatio)")
        }
        let palette = placeholder.palette ?? []
        guard ([placeholder.dominantColor] + palette.map(\.color)).allSatisfy(isColor) else {
            throw bad("a colour that is none")
        }
        guard palette.count <= mostColors, palette.allSatisfy({ (0...1).contains($0.share) }),
            palette.reduce(0, { $0 + $1.share }) < 1.01
        else { throw bad("a palette that cannot be") }
    }

    private static let blurHashCharacters = Set(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
            .unicodeScalars)

    /// `#rrggbb`.
    private static func isColor(_ text: String) -> Bool {
        text.utf8.count == 7 && text.hasPrefix("#")
            && text.utf8.dropFirst().allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }

    private static func bad(_ what: String) -> Failure {
        .internalError(code: "badPlaceholder", "the worker reported \(what)")
    }
}
