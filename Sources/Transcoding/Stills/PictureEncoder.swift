import Glibc
import MediaModel
import Planning
import Vips

/// Writes one picture of a plan into scratch and reads it back.
struct PictureEncoder {
    let scratch: ScratchDirectory
    let attribution: Attribution
    /// The moment of a film that is shown, in seconds; nil for stills.
    var atSeconds: Double?

    /// - Parameter image: upright 8-bit sRGB of the final size.
    /// - Returns: the artifact, under its content name, verified.
    func encode(_ image: Image, as picture: Picture) throws(Failure) -> Artifact {
        let stem = Self.stem(of: picture)
        let working = "\(stem).working"
        let file = try scratch.create(working)
        let keepsAlpha: Bool
        do {
            defer { close(file) }
            let prepared = try Self.prepare(image, for: picture)
            keepsAlpha = prepared.hasAlpha
            try DerivativeMetadata.apply(attribution, to: prepared)
                .save(as: picture.encoding, to: Target(descriptor: file))
        } catch {
            throw Self.encodingFailure(picture, error)
        }
        let size = PixelSize(width: image.width, height: image.height)
        try PictureVerifier(scratch: scratch)
            .verify(working, as: picture.format, size: size, hasAlpha: keepsAlpha)
        let adopted = try scratch.adopt(
            working, stem: stem, fileExtension: picture.format.fileExtension)
        var description = DerivativeDescription(
            role: picture.output.role, name: picture.output.name,
            mediaType: picture.format.mediaType, key: picture.output.key,
            reason: picture.output.reason)
        description.width = size.width
        description.height = size.height
        description.atSeconds = atSeconds
        return Artifact(description: description, file: adopted)
    }

    /// Alpha is laid on the matte where the format has none, and dropped where it says nothing:
    /// WebP's encoder would drop it by itself.
    private static func prepare(_ image: Image, for picture: Picture) throws(VipsError) -> Image {
        guard image.hasAlpha else { return image }
        if picture.format == .jpeg {
            return try image.flattened(on: HexColor.channels(picture.matte).map(Double.init))
        }
        guard try image.extractingBands(from: 3).minimum() == 255 else { return image }
        return try image.extractingBands(from: 0, count: 3)
    }

    /// `image-640.avif` → `image-640`; names without an extension stay.
    static func stem(of picture: Picture) -> String {
        let name = picture.output.name
        let suffix = ".\(picture.format.fileExtension)"
        return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }

    /// Encoders fail for want of space or memory; the pixels themselves are known to be good.
    private static func encodingFailure(_ picture: Picture, _ error: VipsError) -> Failure {
        .io(code: "encode", "\(picture.output.name) could not be written: \(error).")
    }
}

extension Picture {
    /// The plan's numbers as libvips' arguments.
    var encoding: Encoding {
        switch format {
        case .avif: .avif(quality: quality, effort: effort, lossless: lossless)
        case .webp: .webp(quality: quality, effort: effort, lossless: lossless)
        case .jpeg: .jpeg(quality: quality)
        case .png: .png(compression: effort)
        }
    }
}
