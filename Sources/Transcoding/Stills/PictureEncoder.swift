import Foundation
import Glibc
import MediaModel
import Planning
import Vips

/// Writes pictures of a plan into scratch and reads them back.
struct PictureEncoder {
    let scratch: ScratchDirectory
    let attribution: Attribution
    /// The moment of a film that is shown, in seconds; nil for stills.
    var atSeconds: Double?
    /// Where the coded pixels of an undamaged upload can be had; nil = not to be published.
    var upload: Int32?

    /// A picture that lies in scratch, verified, under a working name.
    struct Written {
        let picture: Picture
        let size: PixelSize
        let byteCount: Int64
        let working: String
        /// The upload's own pixels.
        var isUpload = false
        /// Of JPEG, when it is less than the plan's.
        var lessQuality: Int?
    }

    /// Least quality of a JPEG that is made lighter than its upload: below, blocks are seen.
    private static let leastQuality = 50

    /// - Parameters:
    ///   - image: upright 8-bit sRGB of the final size.
    ///   - most: bytes above which a JPEG is tried with less quality. An upload with fewer has lost
    ///     more than that already.
    func write(
        _ image: Image, as picture: Picture, atMost most: Int64? = nil
    ) throws(Failure) -> Written {
        let written = try write(image, picture)
        guard let most, picture.format == .jpeg, !written.isUpload, written.byteCount > most
        else { return written }
        var less = picture
        while less.quality - 10 >= Self.leastQuality {
            less.quality -= 10
            try scratch.remove(written.working)
            var lighter = try write(image, less)
            lighter.lessQuality = less.quality
            if lighter.byteCount <= most { return lighter }
        }
        try scratch.remove(written.working)
        return try write(image, picture)
    }

    private func write(_ image: Image, _ picture: Picture) throws(Failure) -> Written {
        let working = "\(picture.output.name).working"
        let keepsAlpha = try encode(image, as: picture, to: working)
        let size = PixelSize(width: image.width, height: image.height)
        let verifier = PictureVerifier(
            scratch: scratch, iptc: DerivativeMetadata.iptc(attribution, in: picture.format))
        try verifier.verify(working, as: picture.format, size: size, hasAlpha: keepsAlpha)
        let byteCount = try scratch.byteCount(of: working)
        guard picture.mayKeepUpload, let upload, image.hasAlpha == keepsAlpha,
            let kept = try UploadCopy.bytes(
                of: upload, like: try scratch.bytes(of: working), format: picture.format,
                isTransparent: keepsAlpha)
        else {
            return Written(picture: picture, size: size, byteCount: byteCount, working: working)
        }
        let copy = "\(working)-copy"
        try scratch.write(Data(kept), to: copy)
        do throws(Failure) {
            try verifier.verify(copy, as: picture.format, size: size, hasAlpha: keepsAlpha)
        } catch  where error.code == PictureVerifier.code {
            // An upload with damage that its reader got over; ours is whole.
            try scratch.remove(copy)
            return Written(picture: picture, size: size, byteCount: byteCount, working: working)
        }
        try scratch.remove(working)
        return Written(
            picture: picture, size: size, byteCount: Int64(kept.count), working: copy,
            isUpload: true)
    }

    /// Gives a written picture its content name.
    func adopt(_ written: Written) throws(Failure) -> Artifact {
        let picture = written.picture
        let adopted = try scratch.adopt(
            written.working, stem: Self.stem(of: picture),
            fileExtension: picture.format.fileExtension)
        var description = DerivativeDescription(
            role: picture.output.role, name: picture.output.name,
            mediaType: picture.format.mediaType, key: picture.output.key,
            reason: picture.output.reason
                + (written.lessQuality.map { "; quality \($0), as more would outweigh the upload" }
                    ?? ""))
        description.width = written.size.width
        description.height = written.size.height
        description.atSeconds = atSeconds
        if picture.gamut != .sRGB { description.gamut = picture.gamut.rawValue }
        return Artifact(description: description, file: adopted)
    }

    func discard(_ written: Written) throws(Failure) { try scratch.remove(written.working) }

    /// - Returns: whether the file has an alpha channel.
    private func encode(
        _ image: Image, as picture: Picture, to working: String
    ) throws(Failure) -> Bool {
        let file = try scratch.create(working)
        defer { close(file) }
        do {
            let prepared = try Self.prepare(image, for: picture)
            try DerivativeMetadata.apply(
                attribution, to: prepared, keepsProfile: picture.gamut != .sRGB,
                format: picture.format
            )
            .save(as: picture.encoding, to: Target(descriptor: file))
            return prepared.hasAlpha
        } catch {
            throw Self.encodingFailure(picture, error)
        }
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
        // Trying again does not bring an encoder.
        if picture.format == .avif, "\(error)".contains("Unsupported compression") {
            return Failure(
                kind: .unsupported, code: "noEncoder",
                operatorText: "\(picture.output.name) could not be written: libheif has no AV1 "
                    + "encoder (Debian 13 and newer: install libheif-plugin-aomenc, then retry; or take avif "
                    + "out of the recipe's image.formats).",
                uploaderText: "Something is missing on our side. We are told of it.")
        }
        return .unwritten(picture.output.name, because: error)
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
