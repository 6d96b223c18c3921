import Foundation
import MediaModel

/// Looks at the ranges that an I-frame playlist offers, as bytes: each must be a fragment that holds
/// the segment's key frame and nothing else.
enum KeyFrameVerifier {
    /// - Parameter sizes: of the key frame that was demuxed from each segment, in bytes.
    static func verify(
        _ track: SegmentedTrack, sizes: [Int], scratch: ScratchDirectory
    ) throws(Failure) {
        guard track.keyFramePlaylist != nil else { return }
        for (segment, size) in zip(track.segments, sizes) {
            guard let count = segment.keyFrameByteCount, count > 0,
                count <= segment.file.byteCount
            else {
                throw MediaVerifier.wrong(
                    segment.file.path, "no range of a key frame", "one inside the segment")
            }
            let boxes = boxes(in: try head(of: segment.file.path, count: Int(count), scratch))
            // ISO/IEC 14496-12: 8 bytes of header in front of the samples.
            guard boxes?.map(\.name) == ["moof", "mdat"], boxes?.last?.size == size + 8 else {
                throw MediaVerifier.wrong(
                    segment.file.path,
                    "\((boxes ?? []).map { "\($0.name) of \($0.size)" }) in its first \(count) bytes",
                    "a key frame of \(size) bytes alone")
            }
        }
    }

    /// The boxes that fill the bytes exactly; nil when they do not.
    private static func boxes(in bytes: [UInt8]) -> [(name: String, size: Int)]? {
        var all: [(name: String, size: Int)] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + 8 <= bytes.count else { return nil }
            let size = bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
            guard size >= 8, offset + size <= bytes.count else { return nil }
            all.append((String(decoding: bytes[(offset + 4)..<(offset + 8)], as: UTF8.self), size))
            offset += size
        }
        return all
    }

    private static func head(
        of path: String, count: Int, _ scratch: ScratchDirectory
    ) throws(Failure) -> [UInt8] {
        let handle = FileHandle(fileDescriptor: try scratch.open(path), closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: count), data.count == count else {
            throw MediaVerifier.wrong(path, "fewer than \(count) bytes", "its key frame")
        }
        return Array(data)
    }
}
