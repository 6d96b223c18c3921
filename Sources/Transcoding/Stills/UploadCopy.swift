import MediaModel
import Planning

/// The upload's own coded pixels as a derivative: nothing is lost by coding them again, and nothing
/// private is kept.
enum UploadCopy {
    /// Metadata that may lie around the pixels of an upload that is worth looking at, in bytes.
    private static let mostMetadata: Int64 = 4 << 20

    /// - Parameters:
    ///   - upload: the open upload; its offset is neither used nor moved.
    ///   - own: the same picture as coded here, with the metadata that derivatives have.
    ///   - isTransparent: whether some pixel is.
    /// - Returns: nil unless the upload has no more bytes and a form in which everything but its
    ///   pixels can be told apart and dropped.
    static func bytes(
        of upload: Int32, like own: [UInt8], format: Picture.Format, isTransparent: Bool
    ) throws(Failure) -> [UInt8]? {
        let head = try FileHead(descriptor: upload)
        guard head.byteCount <= Int64(own.count) + mostMetadata else { return nil }
        let bytes = head.bytes(at: 0, count: Int(head.byteCount))
        let copy: [UInt8]? =
            switch format {
            case .jpeg: PlainJPEG.stripped(bytes, metadataOf: own)
            case .png: PlainPNG.stripped(bytes, metadataOf: own, isTransparent: isTransparent)
            case .avif, .webp: nil
            }
        guard let copy, copy.count <= own.count else { return nil }
        return copy
    }
}
