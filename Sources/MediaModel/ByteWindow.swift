/// A part of a file: where a picture inside another file lies.
package struct ByteWindow: Codable, Hashable, Sendable {
    /// From the start of the file, in bytes.
    package var offset: Int64
    /// In bytes.
    package var length: Int64

    package init(offset: Int64, length: Int64) {
        self.offset = offset
        self.length = length
    }

    /// Whether it holds anything and ends within a file of that size.
    package func fits(in byteCount: Int64) -> Bool {
        offset >= 0 && length > 0 && offset <= byteCount && length <= byteCount - offset
    }
}
