import Glibc
import MediaModel
import Planning
import Vips

/// Reads a written picture back, from disk: header, full decode, no private metadata.
struct PictureVerifier {
    let scratch: ScratchDirectory
    /// What was written for IPTC; anything else there is somebody's.
    let iptc: [UInt8]?

    /// Of its failures.
    static let code = "verification"

    /// - Parameter hasAlpha: nil where either will do.
    /// - Throws: `internalError` when the file is not what was meant to be written.
    func verify(
        _ path: String, as format: Picture.Format, size: PixelSize, hasAlpha: Bool?
    ) throws(Failure) {
        let file = try scratch.open(path)
        defer { close(file) }
        do {
            let image = try Image.load(
                Source(descriptor: file), with: format.verifyingLoader,
                LoadOptions(access: .sequential, failOn: .error))
            guard image.width == size.width, image.height == size.height else {
                throw Self.failure(path, "is \(image.width)x\(image.height), not \(size)")
            }
            guard hasAlpha == nil || image.hasAlpha == hasAlpha else {
                throw Self.failure(
                    path, hasAlpha == true ? "lost its alpha" : "has an alpha channel")
            }
            let forbidden = image.fields.first {
                $0.hasPrefix("exif-ifd3-") || $0 == "exif-ifd1-Compression"
                    || $0 == Field.iptc && image.blob($0) != iptc
            }
            if let forbidden { throw Self.failure(path, "carries the private field \(forbidden)") }
            // Decodes every pixel.
            _ = try image.average()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.failure(path, "cannot be read back: \(error)")
        }
    }

    private static func failure(_ path: String, _ what: String) -> Failure {
        .internalError(code: code, "the written picture \(path) \(what).")
    }
}

extension Picture.Format {
    fileprivate var verifyingLoader: Loader {
        switch self {
        case .avif: .heif
        case .webp: .webp
        case .jpeg: .jpeg
        case .png: .png
        }
    }
}
