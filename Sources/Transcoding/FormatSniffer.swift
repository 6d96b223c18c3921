package import MediaModel

/// Decides by content what an upload is, and which *one* reader may open it.
///
/// FFmpeg's and libvips' own probing offer a file to every parser in turn, playlists included; a
/// `.mp4` that holds a playlist made libavformat fetch from the network. So the first bytes are
/// looked at here, and what is not on this list is refused with what it was found to be.
package struct FormatSniffer: Sendable {
    /// Bytes looked at from the start, in bytes; only an MP3 may begin further on.
    static let headLength = 65_536

    /// What was recognised.
    package struct Format: Hashable, Sendable {
        /// `jpeg`, `png`, `heic`, `mov`, `matroska`, `mp3` …
        package var name: String
        /// IANA media type.
        package var mediaType: String
        package var reader: Reader
        /// The page of a TIFF that is the picture, from 0.
        package var page = 0
        /// Pages of a TIFF that are smaller versions of others, and no pages of their own.
        var reducedPages = 0
        /// Whether the page itself is marked as a smaller version of something that is no page.
        var isReduced = false
        /// Of camera RAW: the part of the file that is read instead of all of it.
        var preview: RawPreview?
    }

    /// The one thing that may open it.
    package enum Reader: Hashable, Sendable {
        /// libvips, with the loader of that nickname: `jpegload_source`; or what decodes pictures
        /// whole: `psd`, `exr`.
        case image(loader: String)
        /// FFmpeg, with the demuxer of that name: `mov`, `matroska`.
        case container(demuxer: String)
        /// librsvg, but only what was taken apart and put together again here.
        case drawing
        /// poppler.
        case document
    }

    /// Looks at an open file; its offset is neither used nor moved.
    ///
    /// - Throws: `invalidMedia` for what is no media at all, `unsupported` for media that nothing
    ///   here reads.
    package static func sniff(descriptor: Int32) throws(Failure) -> Format {
        try sniff(FileHead(descriptor: descriptor))
    }

    /// Looks at bytes in memory, such as an attached picture.
    package static func sniff(bytes: [UInt8]) throws(Failure) -> Format {
        try sniff(FileHead(bytes: bytes))
    }

    static func sniff(_ file: FileHead) throws(Failure) -> Format {
        guard file.byteCount > 0 else { throw Refusal.empty.failure }
        if let format = try pictures(file) { return format }
        if let format = try isoMedia(file) { return format }
        if let format = containers(file) { return format }
        if let format = documents(file) { return format }
        if let format = drawings(file) { return format }
        if let format = try wholePictures(file) { return format }
        if let refusal = Refusal.recognise(file) { throw refusal.failure }
        // Last, because frames are found anywhere in anything, given enough bytes.
        if let format = bareAudio(file) { return format }
        throw Refusal.unknown(file.head).failure
    }
}
