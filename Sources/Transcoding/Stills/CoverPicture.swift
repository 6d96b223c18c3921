import MediaModel
import Planning
import Vips

/// An attached picture, decoded: upright 8-bit sRGB in memory.
struct CoverPicture {
    let image: Image
    let attribution: Attribution
    let warnings: [MediaWarning]

    var size: PixelSize { PixelSize(width: image.width, height: image.height) }

    /// Longest side kept, in pixels: four times what covers are shown at.
    private static let longestSide = 4_096

    init(bytes: [UInt8], limits: Limits) throws(Failure) {
        let format = try FormatSniffer.sniff(bytes: bytes)
        guard let loader = Loader(rawValue: format.loader) else {
            throw Failure(
                kind: .invalidMedia, code: "coverFormat",
                operatorText: "the attached picture is \(format.name), no picture.",
                uploaderText: "The recording's cover is not a picture.")
        }
        var conversion = SRGBConversion()
        do {
            let options = LoadOptions(
                access: .sequential, page: format.page > 0 ? format.page : nil)
            let opened = try Image.load(
                Source(bytes: Self.picture(in: bytes, format)), with: loader, options)
            guard opened.width * opened.height <= limits.stillPixels else {
                throw Failure.limit(
                    "stillPixels", "the cover's area", limit: "\(limits.stillPixels) pixels",
                    found: "\(opened.width * opened.height) pixels",
                    uploader: "The recording's cover has too many pixels.")
            }
            attribution = Attribution(of: opened)
            let scale = min(1, Double(Self.longestSide) / Double(max(opened.width, opened.height)))
            image = try conversion.convert(opened)
                .scaled(
                    toWidth: max(1, Int((Double(opened.width) * scale).rounded())),
                    height: max(1, Int((Double(opened.height) * scale).rounded()))
                )
                .copiedToMemory()
                .editingMetadata { $0.set(Field.orientation, opened.orientation) }
                .autorotated()
        } catch let failure as Failure {
            throw failure
        } catch let error as VipsError {
            throw StillSource.unreadable(error)
        } catch {
            throw .internalError(code: "cover", "\(error)")
        }
        warnings = conversion.warnings
    }

    /// The part of the bytes that is read: all of them but in camera RAW.
    private static func picture(in bytes: [UInt8], _ format: FormatSniffer.Format) -> [UInt8] {
        guard let window = format.preview?.window else { return bytes }
        return Array(bytes.dropFirst(Int(window.offset)).prefix(Int(window.length)))
    }

    /// The plan's upper bounds brought down to this picture: never enlarged, none made twice.
    func fitted(_ pictures: [Picture]) -> [Picture] {
        let widths = Set(pictures.compactMap { $0.isInside ? $0.size.width : nil }).sorted()
        // Of the widths at or above the own one, the smallest stands for it.
        let last = widths.first { $0 >= size.width } ?? Int.max
        return pictures.compactMap { picture in
            var fitted = picture
            switch picture.fit {
            case .inside:
                guard picture.size.width <= last else { return nil }
                let width = min(picture.size.width, size.width)
                let height = (Double(width) * Double(size.height) / Double(size.width)).rounded()
                fitted.size = PixelSize(width: width, height: max(1, Int(height)))
            case .crop(let planned):
                let (fits, framing) = Framing.fitting(
                    picture.size, display: size, focalPoint: planned.focalPoint)
                fitted.size = fits
                fitted.fit = .crop(framing)
            }
            return fitted
        }
    }
}

extension Picture {
    fileprivate var isInside: Bool { fit == .inside }
}
