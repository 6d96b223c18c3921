import MediaModel

extension FormatSniffer {
    /// Pictures that are decoded whole, each by its header; and Radiance HDR, which is not.
    ///
    /// - Throws: `unsupported` for documents of those formats that are not shown.
    static func wholePictures(_ file: FileHead) throws(Failure) -> Format? {
        if file.has("8BPS") { return try photoshop(file) }
        if file.has([0x76, 0x2F, 0x31, 0x01]) {
            guard WholeLoader.exr.header(file) != nil else {
                throw Refusal.known(
                    "an OpenEXR picture without a layer of colours", instead: Refusal.picture
                ).failure
            }
            return picture("exr", "image/x-exr", "exr")
        }
        if file.has("#?RADIANCE") || file.has("#?RGBE") {
            return picture("hdr", "image/vnd.radiance", "radload_source")
        }
        if WholeLoader.bmp.header(file) != nil { return picture("bmp", "image/bmp", "bmp") }
        if let header = WholeLoader.netpbm.header(file) {
            // IANA has no names for these; the freedesktop.org database has.
            let isFloat = ["pfm", "phm"].contains(header.decoder)
            return picture(
                header.decoder, "image/x-portable-\(isFloat ? "floatmap" : "anymap")", "netpbm")
        }
        // IANA has no names for these two either.
        if WholeLoader.qoi.header(file) != nil { return picture("qoi", "image/x-qoi", "qoi") }
        if WholeLoader.dpx.header(file) != nil { return picture("dpx", "image/x-dpx", "dpx") }
        if PictureHeader.isFilmDensity(dpx: file) {
            throw Refusal.known(
                "a DPX film frame of logarithmic densities",
                instead: "a graded TIFF or PNG in sRGB or Rec. 709"
            ).failure
        }
        // Last: its only signature is at its end.
        if WholeLoader.targa.header(file) != nil {
            return picture("targa", "image/x-tga", "targa")
        }
        if PictureHeader.isGreyWithAlpha(targa: file) {
            throw Refusal.known("a grey Targa with transparency", instead: Refusal.picture).failure
        }
        return nil
    }

    private static func photoshop(_ file: FileHead) throws(Failure) -> Format {
        guard let document = PhotoshopFile(file) else {
            throw Refusal.known(
                "a Photoshop document of a kind that is not read here", instead: Refusal.picture
            ).failure
        }
        guard document.hasPicture else {
            throw Failure(
                kind: .unsupported, code: "noFlattenedPicture",
                operatorText: "the Photoshop document was saved without its flattened picture, and "
                    + "layers are not put together here.",
                uploaderText: "This Photoshop document holds layers only. Please save it with "
                    + "“Maximize Compatibility”, or export it as TIFF or PNG, and upload that.")
        }
        return picture("psd", "image/vnd.adobe.photoshop", "psd")
    }
}
