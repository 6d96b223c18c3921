import FFmpeg
package import MediaModel
package import Planning
import Vips

/// Reads a picture's header: what it is, how large, in which colours. Decodes nothing.
package enum StillProbe {
    /// - Parameters:
    ///   - descriptor: the open upload; its offset is neither used nor moved.
    ///   - format: what ``FormatSniffer`` found; its reader must be an image loader.
    ///   - byteCount: size of the upload, in bytes.
    /// - Throws: `invalidMedia` when the header cannot be read, `limitExceeded` when it declares more
    ///   than the limits allow.
    package static func probe(
        descriptor: Int32, format: FormatSniffer.Format, byteCount: Int64, limits: Limits
    ) throws(Failure) -> MediaInfo {
        let head = try FileHead(descriptor: descriptor)
        if FormatSniffer.isPictureSequence(head),
            let sequence = try SequenceProbe.probe(
                descriptor: descriptor, format: format, byteCount: byteCount, limits: limits,
                head: head)
        {
            return sequence
        }
        // Counted here first: what libvips lists of a million frames is memory already.
        let motion = try AnimationHead.read(descriptor: descriptor, format: format)
        if let motion, motion.frameCount > 1 {
            try check(motion.canvas, limits)
            try limits.checkAnimation(frames: motion.frameCount, size: motion.canvas)
        }
        let whole = WholeLoader(rawValue: format.loader)?.header(head)
        if let whole { try check(whole.size, limits) }
        let image = try StillSource.openHeader(descriptor, format: format)
        try check(PixelSize(width: image.width, height: image.height), limits)
        try whole?.checkMemory(byteCount: byteCount, limits: limits)
        let held = UnstreamedPicture(image, loader: format.loader)
        try held?.check(limits)
        if ["gif", "webp"].contains(format.name), image.pageCount > 1 {
            // By the library's own count, which is what will be decoded.
            try limits.checkAnimation(
                frames: image.pageCount,
                size: PixelSize(width: image.width, height: image.height))
        }
        var info = describe(image, format: format)
        info.decodingBytes = whole?.decodingBytes(byteCount: byteCount) ?? held?.decodingBytes
        if whole?.hasFewColours == true || hasFewColours(head, format) { info.isGraphic = true }
        var warnings: [MediaWarning] = []
        if let preview = format.preview {
            let sensor = preview.sensorSize.map { "; the sensor's picture has \($0) pixels" } ?? ""
            warnings.append(
                MediaWarning(
                    code: "embeddedPreview",
                    message: "Camera RAW is shown by the preview in it, which has "
                        + "\(info.codedSize) pixels\(sensor)."))
        }
        if format.isReduced {
            warnings.append(
                MediaWarning(
                    code: "reducedPicture",
                    message: "The file says that this is a smaller version of its picture; the "
                        + "picture itself is not where it can be read."))
        }
        if let motion, motion.frameCount > 1 {
            let probe = AnimationProbe(
                descriptor: descriptor,
                interrupt: Interrupt(deadline: .now + .seconds(limits.probeSeconds)))
            info.animation = try probe.examine(
                format.name == "apng" ? .png : .roll(loader: format.loader), plays: motion.plays)
            info.isAnimated = info.animation != nil
            info.pageCount = info.animation?.frameCount ?? 1
            if !motion.isComplete {
                warnings.append(
                    MediaWarning(
                        code: "truncatedSource",
                        message: "The animation ends early; the frames that are there are shown."))
            }
        }
        let isTagged =
            image.has(Field.iccProfile)
            || format.loader == Loader.png.rawValue && PNGColor(head).hasProfile
        if isTagged, info.hasProfile == false {
            warnings.append(
                MediaWarning(
                    code: "profileIgnored",
                    message: "The embedded colour profile does not fit the picture and is ignored.")
            )
        }
        // Of what moves, every frame would have to be converted: those are shown by their profile.
        if info.animation == nil, format.preview == nil {
            info.color = SignalledColor.find(
                image, head, loader: format.loader, profile: Self.profile(of: image))
            info.gainMap = gainMap(head, format)
        }
        return MediaInfo(
            kind: info.isAnimated ? .animation : .image, format: format.name,
            mediaType: format.mediaType, byteCount: byteCount,
            durationSeconds: info.animation == nil ? nil : seconds(motion?.delays ?? []),
            image: info,
            tags: Attribution(of: image).completed(
                by: format.preview?.attribution ?? Attribution(beside: head)
            ).tags,
            warnings: warnings)
    }

    static func describe(
        _ image: Image, format: FormatSniffer.Format
    ) -> ImageInfo {
        let colours = image.colourCount
        let profile = profile(of: image)
        let palette = image.int(Field.palette)
        var info = ImageInfo(
            loader: format.loader, codedSize: PixelSize(width: image.width, height: image.height),
            orientation: orientation(image, format),
            bands: image.bands,
            bitDepth: palette ?? image.int(Field.bitDepthHEIF) ?? image.format.bitCount,
            hasAlpha: image.hasAlpha && image.bands == colours + 1,
            interpretation: image.interpretation.rawValue,
            hasProfile: profile != nil, profileDescription: profile?.description,
            // libvips 8.14 counts a JPEG 2000's resolutions and a HEIC's thumbnails apart; what is
            // counted here are pages and frames.
            pageCount: format.name == "jp2" ? 1 : max(1, image.pageCount - format.reducedPages),
            isGraphic: palette != nil || format.name == "gif", window: format.preview?.window,
            sensorSize: format.preview?.sensorSize, page: format.page)
        info.isWideGamut = profile?.isWide ?? false
        // Formats for light as it falls; TIFF in floating point is most often something else.
        info.isSceneLinear =
            image.format.isFloat && image.interpretation != .lab
            && (format.loader == Loader.rad.rawValue
                || WholeLoader(rawValue: format.loader) != nil)
        return info
    }

    /// The embedded profile, if the pixels can be meant by it.
    private static func profile(of image: Image) -> ICCProfile? {
        image.blob(Field.iccProfile).flatMap(ICCProfile.init)
            .flatMap { $0.fits(colourChannels: image.colourCount) ? $0 : nil }
    }

    private static func gainMap(_ head: FileHead, _ format: FormatSniffer.Format) -> GainMap? {
        switch format.loader {
        case Loader.jpeg.rawValue: JPEGGainMap.find(head)
        case Loader.heif.rawValue: HEIFProperties(head)?.gainMap
        default: nil
        }
    }

    /// Of a TIFF, whose pixels libvips has in full colours.
    private static func hasFewColours(_ head: FileHead, _ format: FormatSniffer.Format) -> Bool {
        guard format.name == "tiff" else { return false }
        return TIFFDirectories(head)?.pages.dropFirst(format.page).first?.hasFewColours ?? false
    }

    private static func orientation(_ image: Image, _ format: FormatSniffer.Format) -> Int {
        // The preview's own orientation, or that of the RAW file, was read with its place.
        if let preview = format.preview { return preview.orientation ?? 1 }
        return (1...8).contains(image.orientation) ? image.orientation : 1
    }

    /// How long an animation plays once, as it is shown.
    static func seconds(_ delays: [Int]) -> Double {
        let shown = delays.map {
            $0 < Planner.shortestDelay ? Planner.replacementDelay : $0
        }
        return Double(shown.reduce(0, +)) / 1000
    }

    /// The limits of the planner, applied before even a header is believed further.
    static func check(_ size: PixelSize, _ limits: Limits) throws(Failure) {
        guard size.width > 0, size.height > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noPicture",
                operatorText: "the picture declares a size of \(size).",
                uploaderText: "This picture cannot be read.")
        }
        if size.area > limits.stillPixels {
            throw .limit(
                "stillPixels", "the picture's area", limit: "\(limits.stillPixels) pixels",
                found: "\(size.area) pixels (\(size))",
                uploader: "This picture has too many pixels; up to "
                    + "\(limits.stillPixels / 1_000_000) megapixels can be processed.")
        }
        if max(size.width, size.height) > limits.stillSide {
            throw .limit(
                "stillSide", "the longest side", limit: "\(limits.stillSide) pixels",
                found: "\(max(size.width, size.height)) pixels",
                uploader: "This picture is too long or too wide to be processed.")
        }
    }
}

extension FormatSniffer.Format {
    /// The loader's nickname, empty when an image loader is not what reads it.
    var loader: String {
        if case .image(let loader) = reader { loader } else { "" }
    }
}
