import FFmpeg
import MediaModel
import Vips

/// Formats that no loader of libvips is used for: their pictures are decoded whole, into memory, by
/// one named decoder of libavcodec (no demuxer, no guessing), or by the reader of PSD here.
enum WholeLoader: String, CaseIterable {
    case psd, exr, bmp, targa, netpbm, dpx, qoi
    /// JPEG 2000 with a palette; the other ones are libvips'.
    case palettedJPEG2000

    /// What the picture is, by its header; nil when that is not one, or not whole.
    func header(_ file: FileHead) -> PictureHeader? {
        switch self {
        case .psd: PhotoshopFile(file)?.header
        case .exr: PictureHeader(openEXR: file)
        case .bmp: PictureHeader(bitmap: file)
        case .targa: PictureHeader(targa: file)
        case .netpbm: PictureHeader(netpbm: file)
        case .dpx: PictureHeader(dpx: file)
        case .qoi: PictureHeader(qoi: file)
        case .palettedJPEG2000: PictureHeader(palettedJPEG2000: file)
        }
    }

    /// The picture without its pixels: nothing is decoded, and no memory taken.
    func openHeader(_ descriptor: Int32) throws(Failure) -> Image {
        let header = try known(FileHead(descriptor: descriptor))
        do {
            return try header.described(
                Image.blank(
                    width: header.size.width, height: header.size.height, bands: header.bands,
                    format: header.format))
        } catch {
            throw StillSource.unreadable(error)
        }
    }

    /// The picture, decoded.
    ///
    /// - Parameter isStrict: whether damage fails; else what can be had of the picture is.
    func load(_ descriptor: Int32, isStrict: Bool) throws(Failure) -> Image {
        let file = try FileHead(descriptor: descriptor)
        let header = try known(file)
        do {
            if self == .psd {
                guard let photoshop = PhotoshopFile(file) else { throw unreadable("no header") }
                return try photoshop.picture(descriptor, isStrict: isStrict)
            }
            // The decoder fills up what is missing without a word.
            if self == .qoi, isStrict, !PictureHeader.hasEnd(qoi: file) {
                throw unreadable("it ends early")
            }
            let picture = try CodecPicture(
                descriptor: descriptor, byteCount: file.byteCount, header: header
            ).decode(isStrict: isStrict)
            return try header.described(picture)
        } catch let failure as Failure {
            throw failure
        } catch let error as VipsError {
            throw StillSource.unreadable(error)
        } catch let error as FFmpegError {
            throw failure(error)
        } catch {
            throw .internalError(code: "picture", "\(error)")
        }
    }

    private func known(_ file: FileHead) throws(Failure) -> PictureHeader {
        guard let header = header(file) else { throw unreadable("its header is damaged") }
        return header
    }

    private func failure(_ error: FFmpegError) -> Failure {
        switch error.code {
        case .outOfMemory, .interrupted: Failure(error, while: "decoding \(rawValue)")
        case .unsupported:
            Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "libavcodec does not decode this kind of \(rawValue): \(error).",
                uploaderText: "This kind of picture cannot be read here. "
                    + "Please export it in another form, such as an ordinary JPEG or PNG.")
        case .decoderNotFound:
            Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "the installed libavcodec has no decoder for \(rawValue): \(error). "
                    + "Debian's libavcodec59 has it.",
                uploaderText: "This picture's format cannot be read here yet.")
        default: unreadable("\(error)")
        }
    }

    private func unreadable(_ why: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "unreadablePicture",
            operatorText: "the picture (\(rawValue)) cannot be decoded: \(why).",
            uploaderText: "This picture is damaged and cannot be read. "
                + "Please export it again and upload it once more.")
    }
}
