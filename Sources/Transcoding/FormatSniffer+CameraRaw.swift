import MediaModel

extension FormatSniffer {
    /// Camera RAW, through the largest preview in it: nothing here develops a sensor's data, and
    /// what the camera made of it is what the photographer saw.
    ///
    /// - Throws: `unsupported` with the format's name when there is no preview.
    static func cameraRaw(_ file: FileHead) throws(Failure) -> Format? {
        guard let raw = CameraRaw(file) else { return nil }
        guard let preview = raw.preview else {
            throw Refusal.rawWithoutPreview(raw.format.title).failure
        }
        var format = picture(raw.format.name, raw.format.mediaType, "jpegload_source")
        format.preview = preview
        return format
    }
}
