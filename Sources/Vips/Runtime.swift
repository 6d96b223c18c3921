import CVips
import Glibc
import Synchronization

/// The process-wide libvips.
package enum Runtime {
    /// What `start` was first given; libvips is initialised once per process.
    private static let started = Mutex(false)

    /// Initialises libvips, safe for untrusted input; further calls only allow more.
    ///
    /// No operation cache (a worker has one job), loaders with untrusted parsers blocked, GLib's
    /// messages collected instead of printed. It also loads libvips' modules (HEIF is one), so call
    /// it before a sandbox closes the file system.
    /// https://www.libvips.org/API/8.14/libvips-vips.html#vips-init
    ///
    /// - Parameters:
    ///   - concurrency: worker threads per pipeline. Two, with `MALLOC_ARENA_MAX=2`, peaked at
    ///     131 MB where eight took 426 MB.
    ///   - allowing: class names of blocked operations to allow after all (`VipsForeignLoadJxl`).
    package static func start(
        concurrency: Int = 2, allowing: [String] = []
    ) throws(VipsError) {
        let failure: VipsError? = started.withLock { started in
            if started {
                for name in allowing { unsafe vips_operation_block_set(name, 0) }
                return nil
            }
            Warnings.install()
            // Up to 8.14 libvips compiles vector code while it runs (orc), for which memory must become
            // executable, and orc aborts where that is forbidden. Two words are needed: libvips
            // prepares some programs even where it will not use them. Later versions compile ahead.
            let usesOrc = (vips_version(0), vips_version(1)) < (8, 15)
            if usesOrc { _ = unsafe setenv("ORC_CODE", "emulate", 1) }
            guard unsafe vips_init("vitrine") == 0 else { return VipsError.taking("vips_init") }
            vips_cache_set_max(0)
            vips_cache_set_max_mem(0)
            vips_cache_set_max_files(0)
            vips_concurrency_set(Int32(clamping: concurrency))
            vips_block_untrusted_set(1)
            if usesOrc { vips_vector_set_enabled(0) }
            for name in allowing { unsafe vips_operation_block_set(name, 0) }
            started = true
            return nil
        }
        if let failure { throw failure }
    }

    /// Frees what libvips keeps for the calling thread. Wraps `vips_thread_shutdown`.
    ///
    /// Every thread that used libvips and ends before the process calls it.
    package static func shutdownThread() {
        vips_thread_shutdown()
    }

    /// The version that is loaded now, as "8.14.1". Wraps `vips_version`.
    package static var version: String {
        "\(vips_version(0)).\(vips_version(1)).\(vips_version(2))"
    }

    /// Whether this libvips has an operation of that nickname, blocked or not.
    package static func hasOperation(_ nickname: String) -> Bool {
        unsafe cvips_has_operation(nickname) != 0
    }

    /// Whether the operation exists and is not blocked.
    package static func canUse(_ nickname: String) -> Bool {
        guard hasOperation(nickname), let object = unsafe vips_operation_new(nickname) else {
            return false
        }
        defer { unsafe g_object_unref(object) }
        return unsafe cvips_operation_is_blocked(object) == 0
    }

    /// Bytes of pixel memory that libvips holds at present. Wraps `vips_tracked_get_mem`.
    package static var trackedByteCount: Int {
        vips_tracked_get_mem()
    }
}
