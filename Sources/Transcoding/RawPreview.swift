import MediaModel

/// The picture that a camera put into its RAW file beside the sensor's data.
struct RawPreview: Hashable {
    /// Where its JPEG lies in the file.
    let window: ByteWindow
    /// As its JPEG says.
    let size: PixelSize
    /// Of the sensor's picture, when the file says it.
    let sensorSize: PixelSize?
    /// EXIF orientation 1…8: the preview's own, else the RAW file's.
    let orientation: Int?
    /// Who made it, as the RAW file says: previews often have no metadata.
    let attribution: Attribution

    /// The preview with the most pixels.
    /// - Returns: nil when nothing in the file that claims to be one is a JPEG for display.
    init?(in file: FileHead, of contents: RawContents) {
        let candidates = contents.candidates.prefix(Self.maximumCandidates).compactMap { window in
            JPEGHeader(file, in: window).map { (window: window, header: $0) }
        }
        let largest = candidates.filter { $0.header.isForDisplay }
            .max {
                // Of two places that begin alike, the shorter one may end too early.
                ($0.header.size.area, $0.window.length) < ($1.header.size.area, $1.window.length)
            }
        guard let (window, header) = largest else { return nil }
        self.window = window
        size = header.size
        let own = header.exifOffset.flatMap { TIFFDirectories(file, at: $0)?.pages.first }
        orientation = own?.orientation ?? contents.main?.orientation
        attribution = contents.main.map(Attribution.init(of:)) ?? Attribution()
        // Less than the preview has is no sensor's size: then nothing better is known.
        sensorSize = contents.sensorSize.flatMap { $0.area >= header.size.area ? $0 : nil }
    }

    /// Cameras write up to four.
    private static let maximumCandidates = 256
}

extension TIFFDirectory {
    /// EXIF orientation, when it is one.
    fileprivate var orientation: Int? {
        number(TIFFTag.orientation).flatMap { (1...8).contains($0) ? Int($0) : nil }
    }
}

/// A RAW file as far as it is looked into.
struct CameraRaw {
    let format: RawFormat
    let preview: RawPreview?

    /// - Returns: nil when the file is no camera RAW.
    init?(_ file: FileHead) {
        let contents: RawContents
        if let unread = RawFormat.unread(file) {
            format = unread
            contents = RawContents()
        } else if file.has("FUJIFILMCCD-RAW") {
            format = .raf
            contents = RawContents(raf: file)
        } else if file.has("ftypcrx ", at: 4) {
            format = .cr3
            contents = RawContents(cr3: file)
        } else if let directories = TIFFDirectories(file),
            let found = RawFormat.tiff(file, directories)
        {
            format = found
            contents = RawContents(directories)
        } else {
            return nil
        }
        preview = RawPreview(in: file, of: contents)
    }
}
