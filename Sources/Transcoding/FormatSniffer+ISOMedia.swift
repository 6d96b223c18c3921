import MediaModel

extension FormatSniffer {
    /// Brands whose file is a picture or a sequence of pictures. ISO/IEC 23008-12, AV1-AVIF.
    private static let hevcPictureBrands: Set<String> = [
        "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
    ]
    private static let av1PictureBrands: Set<String> = ["avif", "avis"]
    /// These say "pictures" and leave the codec to the compatible brands.
    private static let neutralPictureBrands: Set<String> = ["mif1", "mif2", "msf1", "miaf"]

    /// Boxes that begin a QuickTime or MP4 file which has no `ftyp`.
    private static let openingBoxes: Set<String> = [
        "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof", "sidx",
    ]

    /// MP4, QuickTime, 3GP, M4A, and the pictures that share their boxes: the brand decides.
    static func isoMedia(_ file: FileHead) throws(Failure) -> Format? {
        guard file.has("ftyp", at: 4) else {
            let size = file.bigEndian32(at: 0)
            // 0 = to the end of the file, 1 = a 64-bit size follows.
            let isBox = size == 0 || size == 1 || size >= 8
            guard isBox, openingBoxes.contains(file.fourCharacters(at: 4)) else { return nil }
            return Format(
                name: "mov", mediaType: "video/quicktime", reader: .container(demuxer: "mov"))
        }
        let major = file.fourCharacters(at: 8)
        let length = min(Int(file.bigEndian32(at: 0)), 1_024)
        let compatible = stride(from: 16, to: max(16, length - 3), by: 4).map {
            file.fourCharacters(at: $0)
        }
        if hevcPictureBrands.contains(major) {
            return picture("heic", "image/heic", "heifload_source")
        }
        if av1PictureBrands.contains(major) {
            return picture("avif", "image/avif", "heifload_source")
        }
        if neutralPictureBrands.contains(major) {
            return compatible.contains(where: av1PictureBrands.contains)
                ? picture("avif", "image/avif", "heifload_source")
                : picture("heic", "image/heic", "heifload_source")
        }
        if major == "jp2 " || major == "jpx " {
            throw Refusal.known("a JPEG 2000 picture", instead: Refusal.picture).failure
        }
        let mediaType =
            switch major {
            case "qt  ": "video/quicktime"
            case "M4A ", "M4B ", "M4P ", "F4A ": "audio/mp4"
            case _ where major.hasPrefix("3gp"): "video/3gpp"
            case _ where major.hasPrefix("3g2"): "video/3gpp2"
            default: "video/mp4"
            }
        return Format(name: "mov", mediaType: mediaType, reader: .container(demuxer: "mov"))
    }

    /// Whether an ISO picture file says that it holds a sequence shown in time.
    static func isPictureSequence(_ file: FileHead) -> Bool {
        guard file.has("ftyp", at: 4) else { return false }
        let major = file.fourCharacters(at: 8)
        return ["avis", "hevc", "hevx", "hevm", "hevs", "msf1"].contains(major)
    }
}
