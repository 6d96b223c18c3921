import CPoppler
import Glibc

/// An open PDF document.
///
/// Nothing in it is run, followed or unpacked: poppler-glib has no JavaScript, opens no other file,
/// and attachments are only counted. Reference-counted and not copied, because a thread that draws
/// for too long keeps it while everybody else goes on. Used by one thread at a time.
@safe
package final class Document {
    let handle: OpaquePointer

    /// Opens a file without a password. Wraps `poppler_document_new_from_fd`.
    ///
    /// - Parameter descriptor: duplicated; the offset, which both have in common, may move.
    package init(descriptor: Int32) throws(PopplerError) {
        Complaints.install()
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw PopplerError(.unreadable, "errno \(errno)") }
        var error: UnsafeMutablePointer<GError>?
        // Takes the descriptor over, whatever happens.
        guard let handle = unsafe poppler_document_new_from_fd(copy, nil, &error) else {
            throw unsafe PopplerError.taking(error)
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe g_object_unref(UnsafeMutableRawPointer(handle))
    }

    /// Pages by the document's own count; 0 for one that cannot be. Wraps
    /// `poppler_document_get_n_pages`.
    package var pageCount: Int { max(0, Int(unsafe poppler_document_get_n_pages(handle))) }

    /// Loads a page; from 0. Wraps `poppler_document_get_page`.
    package func page(_ index: Int) throws(PopplerError) -> Page {
        guard let narrow = Int32(exactly: index), narrow >= 0,
            let page = unsafe poppler_document_get_page(handle, narrow)
        else { throw PopplerError(.noPage, "there is no page of index \(index)") }
        return unsafe Page(owning: page)
    }

    /// Whether its maker lets the text be copied. Wraps `poppler_document_get_permissions`.
    package var allowsCopying: Bool { unsafe cpoppler_allows_copying(handle) != 0 }

    /// Wraps `poppler_document_has_javascript`.
    package var hasScripts: Bool { unsafe poppler_document_has_javascript(handle) != 0 }

    /// Whether files are embedded in it. Wraps `poppler_document_has_attachments`.
    package var hasAttachments: Bool { unsafe poppler_document_has_attachments(handle) != 0 }

    /// Wraps `poppler_document_get_title`.
    package var title: String? { unsafe Self.text(poppler_document_get_title(handle)) }

    /// Wraps `poppler_document_get_author`.
    package var author: String? { unsafe Self.text(poppler_document_get_author(handle)) }

    /// The XMP packet. Wraps `poppler_document_get_metadata`.
    package var metadata: String? { unsafe Self.text(poppler_document_get_metadata(handle)) }

    /// Takes over a C string.
    static func text(_ string: UnsafeMutablePointer<CChar>?) -> String? {
        guard let string = unsafe string else { return nil }
        defer { unsafe g_free(string) }
        return unsafe String(cString: string)
    }
}

// The handle is immutable here, and GObject's reference count is atomic.
extension Document: @unchecked Sendable {}
