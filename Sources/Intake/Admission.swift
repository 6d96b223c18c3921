package import Storage

/// Whether there is room for an upload: intake stops before the disk is full, because the queue
/// and the worker need some of it to finish what was accepted.
package struct Admission: Sendable {
    var minimumFreeFraction: Double
    var minimumFreeBytes: UInt64

    /// What is kept free, in bytes.
    package func reserve(on space: FreeSpace) -> UInt64 {
        let fraction = UInt64((Double(space.totalBytes) * minimumFreeFraction).rounded())
        return max(fraction, minimumFreeBytes)
    }

    /// Why an upload must wait, in words; nil = there is room.
    func shortage(for byteCount: Int64, on space: FreeSpace) -> String? {
        let reserve = reserve(on: space)
        let (needed, overflow) = reserve.addingReportingOverflow(UInt64(max(0, byteCount)))
        if overflow || space.availableBytes < needed {
            return "\(space.availableBytes) bytes free, \(needed) needed"
                + " (\(reserve) of them kept in reserve)"
        }
        // Enough for the files of a few items; see `items/<item>` in ARCHITECTURE.md.
        return space.availableInodes < 1_000
            ? "\(space.availableInodes) inodes free, 1000 needed" : nil
    }
}
