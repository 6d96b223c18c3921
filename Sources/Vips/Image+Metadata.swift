import CVips

/// Names of metadata fields that libvips gives the same name in every format.
package enum Field {
    package static let orientation = "orientation"
    package static let iccProfile = "icc-profile-data"
    package static let exif = "exif-data"
    package static let xmp = "xmp-data"
    package static let iptc = "iptc-data"
    package static let loop = "loop"
    package static let delay = "delay"
    package static let pageHeight = "page-height"
    package static let bitDepthHEIF = "heif-bitdepth"
    package static let palette = "palette-bit-depth"
    package static let interlaced = "interlaced"
}

extension Image {
    /// The names of all metadata fields, width and height and their kind included.
    package var fields: [String] {
        guard let list = unsafe vips_image_get_fields(handle) else { return [] }
        defer { unsafe g_strfreev(list) }
        var names: [String] = []
        var next = unsafe list
        while let name = unsafe next.pointee {
            unsafe names.append(String(cString: name))
            unsafe next += 1
        }
        return names
    }

    /// Whether there is a field of that name. Wraps `vips_image_get_typeof`.
    package func has(_ field: String) -> Bool {
        unsafe vips_image_get_typeof(handle, field) != 0
    }

    /// A field as text, when it is text.
    package func string(_ field: String) -> String? {
        let type = unsafe vips_image_get_typeof(handle, field)
        guard type == cvips_type_ref_string() else { return nil }
        var text: UnsafePointer<CChar>?
        guard unsafe vips_image_get_string(handle, field, &text) == 0, let text = unsafe text else {
            return nil
        }
        return unsafe String(cString: text)
    }

    /// A field as a number, when it is one.
    package func int(_ field: String) -> Int? {
        guard unsafe vips_image_get_typeof(handle, field) == cvips_type_int() else { return nil }
        var value: Int32 = 0
        guard unsafe vips_image_get_int(handle, field, &value) == 0 else { return nil }
        return Int(value)
    }

    /// A copy of a field's bytes, when it is a blob.
    package func blob(_ field: String) -> [UInt8]? {
        guard unsafe vips_image_get_typeof(handle, field) == cvips_type_blob() else { return nil }
        var length = 0
        guard let bytes = unsafe cvips_image_get_blob(handle, field, &length) else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// How often an animation plays; 0 for ever, nil when it is none.
    package var loop: Int? { int(Field.loop) }

    /// Frame delays of an animation in milliseconds, or empty.
    package var delays: [Int] {
        guard has(Field.delay) else { return [] }
        var values: UnsafeMutablePointer<Int32>?
        var count: Int32 = 0
        guard unsafe vips_image_get_array_int(handle, Field.delay, &values, &count) == 0,
            let values = unsafe values
        else { return [] }
        return unsafe UnsafeBufferPointer(start: values, count: Int(count)).map { Int($0) }
    }

    /// Returns a copy whose metadata `edit` has changed; the pixels are shared, this image is untouched.
    package func editingMetadata(
        _ edit: (borrowing MetadataEditor) -> Void
    ) throws(VipsError) -> Image {
        let copy = try Operation.image("copy", ["in": .image(self)])
        edit(MetadataEditor(copy))
        return copy
    }
}

/// Changes the metadata of an image that nobody else has seen yet. Lent by ``Image/editingMetadata(_:)``.
@safe
package struct MetadataEditor: ~Copyable {
    private let image: Image

    fileprivate init(_ image: Image) {
        self.image = image
    }

    /// The fields at present.
    package var fields: [String] { image.fields }

    /// Sets text. Wraps `vips_image_set_string`.
    package func set(_ field: String, _ value: String) {
        unsafe vips_image_set_string(image.handle, field, value)
    }

    /// Sets a number. Wraps `vips_image_set_int`.
    package func set(_ field: String, _ value: Int) {
        unsafe vips_image_set_int(image.handle, field, Int32(clamping: value))
    }

    /// Sets numbers. Wraps `vips_image_set_array_int`.
    package func set(_ field: String, numbers values: [Int]) {
        let narrow = values.map { Int32(clamping: $0) }
        unsafe vips_image_set_array_int(image.handle, field, narrow, Int32(clamping: narrow.count))
    }

    /// Sets bytes; they are copied. Wraps `vips_image_set_blob_copy`.
    package func set(_ field: String, _ value: [UInt8]) {
        unsafe vips_image_set_blob_copy(image.handle, field, value, value.count)
    }

    /// Removes a field, if it is there. Wraps `vips_image_remove`.
    package func remove(_ field: String) {
        _ = unsafe vips_image_remove(image.handle, field)
    }

    /// Removes every field that `shouldRemove` picks.
    package func removeAll(where shouldRemove: (String) -> Bool) {
        for field in fields where shouldRemove(field) { remove(field) }
    }
}
