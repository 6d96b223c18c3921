import CVips

/// An image: a pipeline that makes pixels when somebody asks for them.
///
/// Immutable and reference-counted, as libvips' own images are; every operation returns a new one.
/// Metadata changes only on a copy (``editingMetadata(_:)``). Most images hold no pixels: reading,
/// converting and scaling happen, strip by strip, when the result is saved or copied to memory.
/// That is also when a damaged source fails.
@safe
package final class Image {
    /// The C object; this class owns one reference.
    let handle: UnsafeMutablePointer<VipsImage>

    /// Takes over one reference.
    init(owning handle: UnsafeMutablePointer<VipsImage>) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe g_object_unref(handle)
    }
}

// libvips: "images are immutable and may be shared by threads". Nothing here writes to an image after
// it has been handed out, and GObject's reference count is atomic.
extension Image: @unchecked Sendable {}

extension Image {
    /// Width in pixels. Wraps `vips_image_get_width`.
    package var width: Int { Int(unsafe vips_image_get_width(handle)) }

    /// Height in pixels; of a multi-page image the height of all pages on top of each other.
    package var height: Int { Int(unsafe vips_image_get_height(handle)) }

    /// Channels per pixel, with alpha. Wraps `vips_image_get_bands`.
    package var bands: Int { Int(unsafe vips_image_get_bands(handle)) }

    /// The type of a channel's value. Wraps `vips_image_get_format`.
    package var format: BandFormat {
        BandFormat(unsafe vips_image_get_format(handle))
    }

    /// What the channels mean. Wraps `vips_image_guess_interpretation`, which mends impossible claims.
    package var interpretation: Interpretation {
        Interpretation(unsafe vips_image_guess_interpretation(handle))
    }

    /// Whether the last channel is transparency. Wraps `vips_image_hasalpha`.
    package var hasAlpha: Bool { unsafe vips_image_hasalpha(handle) != 0 }

    /// EXIF orientation, 1…8; 1 when there is none. Wraps `vips_image_get_orientation`.
    package var orientation: Int { Int(unsafe vips_image_get_orientation(handle)) }

    /// Whether orientation exchanges width and height.
    package var orientationSwapsSides: Bool { (5...8).contains(orientation) }

    /// Pages or frames in the *file*, not how many were loaded. Wraps `vips_image_get_n_pages`.
    package var pageCount: Int { Int(unsafe vips_image_get_n_pages(handle)) }

    /// Height of one page in pixels. Wraps `vips_image_get_page_height`.
    package var pageHeight: Int { Int(unsafe vips_image_get_page_height(handle)) }
}
