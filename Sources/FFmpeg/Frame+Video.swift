import CFFmpeg

extension Frame {
    /// Width in pixels, 0 for audio.
    package var width: Int { unsafe Int(raw.pointee.width) }
    /// Height in pixels, 0 for audio.
    package var height: Int { unsafe Int(raw.pointee.height) }

    /// The format of pixels; nil for audio and empty frames.
    package var pixelFormat: PixelFormat? {
        width > 0 ? unsafe PixelFormat(rawNumber: raw.pointee.format) : nil
    }

    /// The shape of a pixel; nil when unknown.
    package var sampleAspectRatio: Rational? {
        get { unsafe Rational(known: raw.pointee.sample_aspect_ratio) }
        set { unsafe raw.pointee.sample_aspect_ratio = (newValue ?? Rational(0, 1)).raw }
    }

    /// The meaning of pixels. Setting relabels; nothing is converted.
    package var color: ColorDescription {
        get {
            unsafe ColorDescription(
                primaries: raw.pointee.color_primaries, transfer: raw.pointee.color_trc,
                matrix: raw.pointee.colorspace, range: raw.pointee.color_range,
                chromaLocation: raw.pointee.chroma_location)
        }
        set {
            unsafe raw.pointee.color_primaries = newValue.rawPrimaries
            unsafe raw.pointee.color_trc = newValue.rawTransfer
            unsafe raw.pointee.colorspace = newValue.rawMatrix
            unsafe raw.pointee.color_range = newValue.rawRange
            unsafe raw.pointee.chroma_location = newValue.rawChromaLocation
        }
    }

    /// Whether it was coded without reference to others.
    package var isKey: Bool { unsafe cffmpeg_frame_is_key(raw) != 0 }
    /// Whether the decoder says it consists of two fields.
    package var isInterlaced: Bool { unsafe cffmpeg_frame_is_interlaced(raw) != 0 }
    /// Whether, of two fields, the top one is shown first.
    package var isTopFieldFirst: Bool { unsafe cffmpeg_frame_is_top_field_first(raw) != 0 }
    /// Marks it as a whole picture: after a deinterlacer that leaves the flag.
    package func markProgressive() { unsafe cffmpeg_frame_set_progressive(raw) }

    /// "I", "P", "B", or "?" when unknown. Wraps av_get_picture_type_char.
    package var pictureType: Character {
        unsafe Character(
            Unicode.Scalar(UInt8(bitPattern: av_get_picture_type_char(raw.pointee.pict_type))))
    }

    /// Forgets the decoder's picture type, so that an encoder chooses its own.
    package func clearPictureType() { unsafe raw.pointee.pict_type = AV_PICTURE_TYPE_NONE }

    /// Whether the decoder met errors in it (AV_FRAME_FLAG_CORRUPT or a decode error flag).
    package var isCorrupt: Bool {
        unsafe raw.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || raw.pointee.decode_error_flags != 0
    }

    /// Pixels to cut from the edges, when the decoder was told not to do it.
    package var crop: (top: Int, bottom: Int, left: Int, right: Int) {
        unsafe (
            Int(raw.pointee.crop_top), Int(raw.pointee.crop_bottom), Int(raw.pointee.crop_left),
            Int(raw.pointee.crop_right)
        )
    }

    /// The transformation to upright; nil without.
    package var displayMatrix: DisplayMatrix? {
        guard let data = unsafe av_frame_get_side_data(raw, AV_FRAME_DATA_DISPLAYMATRIX) else {
            return nil
        }
        return unsafe DisplayMatrix(bytes: data.pointee.data, size: Int(data.pointee.size))
    }

    /// The display it was graded on; nil without.
    package var masteringDisplay: MasteringDisplay? {
        let type = AV_FRAME_DATA_MASTERING_DISPLAY_METADATA
        guard let data = unsafe av_frame_get_side_data(raw, type) else { return nil }
        return unsafe MasteringDisplay(
            UnsafeRawPointer(data.pointee.data)?.assumingMemoryBound(
                to: AVMasteringDisplayMetadata.self))
    }

    /// How bright the content gets; nil without.
    package var contentLight: ContentLight? {
        let type = AV_FRAME_DATA_CONTENT_LIGHT_LEVEL
        guard let data = unsafe av_frame_get_side_data(raw, type) else { return nil }
        return unsafe ContentLight(
            UnsafeRawPointer(data.pointee.data)?.assumingMemoryBound(
                to: AVContentLightMetadata.self))
    }

    /// Removes side data that would describe the picture wrongly after it was rotated or tone
    /// mapped: display matrix, mastering display, content light. Wraps av_frame_remove_side_data.
    /// Whether captions for television lie in it (CEA-608 or 708, as ATSC A/53 has them).
    package var hasClosedCaptions: Bool {
        unsafe av_frame_get_side_data(raw, AV_FRAME_DATA_A53_CC) != nil
    }

    package func removeDisplaySideData() {
        unsafe av_frame_remove_side_data(raw, AV_FRAME_DATA_DISPLAYMATRIX)
        unsafe av_frame_remove_side_data(raw, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA)
        unsafe av_frame_remove_side_data(raw, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL)
        // Encoders would write them into the stream, of which playlists say that it has none.
        unsafe av_frame_remove_side_data(raw, AV_FRAME_DATA_A53_CC)
    }
}
