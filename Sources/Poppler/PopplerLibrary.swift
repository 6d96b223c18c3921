import CPoppler

/// The poppler that is loaded.
package enum PopplerLibrary {
    /// As "22.12.0". Wraps `poppler_get_version`.
    package static var version: String {
        unsafe poppler_get_version().map { unsafe String(cString: $0) } ?? ""
    }
}
