import CPoppler

/// A page of an open document.
@safe
package struct Page: ~Copyable {
    private let handle: OpaquePointer

    /// Takes over one reference; the page keeps its document.
    init(owning handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe g_object_unref(UnsafeMutableRawPointer(handle))
    }

    /// Width and height as seen, in points (1/72 inch); rotation is applied. Wraps
    /// `poppler_page_get_size`.
    package var size: (width: Double, height: Double) {
        var width = 0.0
        var height = 0.0
        unsafe poppler_page_get_size(handle, &width, &height)
        return (width, height)
    }

    /// The text in its order of reading; empty when there is none. Wraps `poppler_page_get_text`.
    package var text: String { unsafe Document.text(poppler_page_get_text(handle)) ?? "" }

    /// Draws the page on white, filling exactly that many pixels. Wraps `poppler_page_render`.
    ///
    /// - Returns: packed 8-bit sRGB, three bytes per pixel, rows from the top.
    package func drawn(width: Int, height: Int) throws(PopplerError) -> [UInt8] {
        precondition(
            width > 0 && height > 0 && width <= 32_767 && height <= 32_767, "cairo's sides")
        let count = width * height
        var pixels = [UInt8](repeating: 0, count: count * 4)
        let status = unsafe pixels.withUnsafeMutableBufferPointer { bytes in
            unsafe cpoppler_draw(handle, bytes.baseAddress, Int32(width), Int32(height))
        }
        guard status == 0 else {
            let code = cairo_status_t(rawValue: UInt32(bitPattern: status))
            throw PopplerError(.undrawable, unsafe String(cString: cairo_status_to_string(code)))
        }
        pixels.removeLast(count)
        return pixels
    }
}
