import CVips

/// Where an encoded image is written to: an open file, or memory. Never a path.
@safe
package final class Target {
    let handle: UnsafeMutablePointer<VipsTarget>

    /// Writes to an open file at its offset; the descriptor is duplicated, the caller closes its own.
    ///
    /// Wraps `vips_target_new_to_descriptor`. Nothing is synced: durability is the caller's.
    package init(descriptor: Int32) throws(VipsError) {
        guard let target = unsafe vips_target_new_to_descriptor(descriptor) else {
            throw VipsError.taking("vips_target_new_to_descriptor")
        }
        unsafe handle = target
    }

    /// Collects the bytes in memory, for ``bytes``.
    package init() throws(VipsError) {
        guard let target = unsafe vips_target_new_to_memory() else {
            throw VipsError.taking("vips_target_new_to_memory")
        }
        unsafe handle = target
    }

    /// The bytes that a saver which has finished wrote to memory; empty for a descriptor.
    package var bytes: [UInt8] {
        guard let area = unsafe cvips_target_get_blob(handle) else { return [] }
        defer { unsafe vips_area_unref(area) }
        guard let data = unsafe area.pointee.data else { return [] }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: data, count: area.pointee.length))
    }

    deinit {
        unsafe g_object_unref(handle)
    }
}

// A target is handed to one save operation, which writes from one thread at a time.
extension Target: @unchecked Sendable {}
