// The C corner of FFmpeg: what Swift cannot import by itself, and nothing else.
//
// Constants whose macros are casts or calls get a `static const` twin, named cffmpeg_ + the exact C
// name. Functions here hide a va_list, a variadic macro, or a difference between FFmpeg 5.1, 6 and 7,
// so that no Swift file asks for a version.
#pragma once

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/imgutils.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// MARK: Constants (macros with casts or calls are not imported)

static const int64_t cffmpeg_AV_NOPTS_VALUE = AV_NOPTS_VALUE;

static const int cffmpeg_AVERROR_EAGAIN = AVERROR(EAGAIN);
static const int cffmpeg_AVERROR_EOF = AVERROR_EOF;
static const int cffmpeg_AVERROR_EXIT = AVERROR_EXIT;
static const int cffmpeg_AVERROR_INVALIDDATA = AVERROR_INVALIDDATA;
static const int cffmpeg_AVERROR_BUG = AVERROR_BUG;
static const int cffmpeg_AVERROR_EXTERNAL = AVERROR_EXTERNAL;
static const int cffmpeg_AVERROR_UNKNOWN = AVERROR_UNKNOWN;
static const int cffmpeg_AVERROR_PATCHWELCOME = AVERROR_PATCHWELCOME;
static const int cffmpeg_AVERROR_DECODER_NOT_FOUND = AVERROR_DECODER_NOT_FOUND;
static const int cffmpeg_AVERROR_DEMUXER_NOT_FOUND = AVERROR_DEMUXER_NOT_FOUND;
static const int cffmpeg_AVERROR_ENCODER_NOT_FOUND = AVERROR_ENCODER_NOT_FOUND;
static const int cffmpeg_AVERROR_FILTER_NOT_FOUND = AVERROR_FILTER_NOT_FOUND;
static const int cffmpeg_AVERROR_MUXER_NOT_FOUND = AVERROR_MUXER_NOT_FOUND;
static const int cffmpeg_AVERROR_OPTION_NOT_FOUND = AVERROR_OPTION_NOT_FOUND;
static const int cffmpeg_AVERROR_STREAM_NOT_FOUND = AVERROR_STREAM_NOT_FOUND;
static const int cffmpeg_AVERROR_INPUT_CHANGED = AVERROR_INPUT_CHANGED;

static const int64_t cffmpeg_AV_CODEC_FLAG_CLOSED_GOP = AV_CODEC_FLAG_CLOSED_GOP;

static const int cffmpeg_LIBAVUTIL_BUILD = LIBAVUTIL_VERSION_INT;
static const int cffmpeg_LIBAVCODEC_BUILD = LIBAVCODEC_VERSION_INT;
static const int cffmpeg_LIBAVFORMAT_BUILD = LIBAVFORMAT_VERSION_INT;

/// malloc_trim(0): what is freed goes back to the kernel. glibc's header is in no Swift module.
static inline void cffmpeg_trim_memory(void) { malloc_trim(0); }

/// AVERROR(e): a C library error number as an FFmpeg code.
static inline int cffmpeg_AVERROR(int error_number) { return AVERROR(error_number); }

// MARK: Log (a va_list cannot be received in Swift)

typedef void (*cffmpeg_log_sink)(int level, const char *line);

// Set once, by cffmpeg_log_redirect, and only ever used from the one Swift file that calls it:
// a `static` in a header exists once per object file.
static cffmpeg_log_sink cffmpeg_the_log_sink = NULL;

static void cffmpeg_log_callback(void *context, int level, const char *format, va_list arguments) {
    char line[1024];
    int print_prefix = 1;
    if (level >= 0) level &= 0xff; // the upper bits carry a terminal colour
    if (level > AV_LOG_WARNING) return;
    // FFmpeg 7's last line about a description repeats the code alone; the ones before say why.
    if (strcmp(format, "Error processing filtergraph: %s\n") == 0) return;
    av_log_format_line2(context, level, format, arguments, line, sizeof(line), &print_prefix);
    cffmpeg_the_log_sink(level, line);
}

/// Sends every error and warning line to `sink`, whole, on the thread that logged it. Prints nothing.
static inline void cffmpeg_log_redirect(cffmpeg_log_sink sink) {
    cffmpeg_the_log_sink = sink;
    av_log_set_callback(cffmpeg_log_callback);
}

// MARK: I/O (write_packet takes a const buffer since libavformat 61)

typedef int (*cffmpeg_read_packet)(void *opaque, uint8_t *buffer, int size);
typedef int (*cffmpeg_write_packet)(void *opaque, const uint8_t *buffer, int size);
typedef int64_t (*cffmpeg_seek)(void *opaque, int64_t offset, int whence);

static inline AVIOContext *cffmpeg_avio_alloc_context(
    int buffer_size, int write_flag, void *opaque, cffmpeg_read_packet read_packet,
    cffmpeg_write_packet write_packet, cffmpeg_seek seek) {
    AVIOContext *context;
    unsigned char *buffer = av_malloc((size_t)buffer_size);
    if (!buffer) return NULL;
    context = avio_alloc_context(
        buffer, buffer_size, write_flag, opaque, read_packet,
#if LIBAVFORMAT_VERSION_MAJOR >= 61
        write_packet,
#else
        (int (*)(void *, uint8_t *, int))write_packet,
#endif
        seek);
    if (!context) av_free(buffer);
    return context;
}

/// Frees the context and its buffer (libavformat may have replaced the one it was given).
static inline void cffmpeg_avio_context_free(AVIOContext *context) {
    if (!context) return;
    av_freep(&context->buffer);
    avio_context_free(&context);
}

// MARK: Frame (fields became flags, and pkt_duration became duration, in libavutil 58)

#define CFFMPEG_FRAME_FLAGS (LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 29, 100))

static inline int64_t cffmpeg_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline void cffmpeg_frame_set_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

static inline int cffmpeg_frame_is_key(const AVFrame *frame) {
#if CFFMPEG_FRAME_FLAGS
    return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
    return frame->key_frame;
#endif
}

static inline int cffmpeg_frame_is_interlaced(const AVFrame *frame) {
#if CFFMPEG_FRAME_FLAGS
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame;
#endif
}

static inline int cffmpeg_frame_is_top_field_first(const AVFrame *frame) {
#if CFFMPEG_FRAME_FLAGS
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
#else
    return frame->top_field_first;
#endif
}

static inline void cffmpeg_frame_set_progressive(AVFrame *frame) {
#if CFFMPEG_FRAME_FLAGS
    frame->flags &= ~(AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST);
#else
    frame->interlaced_frame = 0;
    frame->top_field_first = 0;
#endif
}

// MARK: Stream side data (moved from the stream to its codec parameters in libavcodec 60.30)

#define CFFMPEG_CODED_SIDE_DATA (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 101))

static inline const uint8_t *cffmpeg_stream_side_data(
    const AVStream *stream, enum AVPacketSideDataType type, size_t *size) {
#if CFFMPEG_CODED_SIDE_DATA
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, type);
    *size = data ? data->size : 0;
    return data ? data->data : NULL;
#else
    return av_stream_get_side_data(stream, type, size);
#endif
}

static inline uint8_t *cffmpeg_stream_new_side_data(
    AVStream *stream, enum AVPacketSideDataType type, size_t size) {
#if CFFMPEG_CODED_SIDE_DATA
    AVPacketSideData *data = av_packet_side_data_new(
        &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, type, size, 0);
    return data ? data->data : NULL;
#else
    return av_stream_new_side_data(stream, type, size);
#endif
}

// MARK: What an encoder supports (the arrays are deprecated since libavcodec 61.13)

#define CFFMPEG_SUPPORTED_CONFIG (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100))

/// The i-th supported sample format, or AV_SAMPLE_FMT_NONE past the end (or when any will do).
static inline enum AVSampleFormat cffmpeg_codec_sample_format(const AVCodec *codec, int index) {
    const enum AVSampleFormat *list = NULL;
#if CFFMPEG_SUPPORTED_CONFIG
    avcodec_get_supported_config(
        NULL, codec, AV_CODEC_CONFIG_SAMPLE_FORMAT, 0, (const void **)&list, NULL);
#else
    list = codec->sample_fmts;
#endif
    return list ? list[index] : AV_SAMPLE_FMT_NONE;
}

/// The i-th supported sample rate in hertz, or 0 past the end (or when any will do).
static inline int cffmpeg_codec_sample_rate(const AVCodec *codec, int index) {
    const int *list = NULL;
#if CFFMPEG_SUPPORTED_CONFIG
    avcodec_get_supported_config(
        NULL, codec, AV_CODEC_CONFIG_SAMPLE_RATE, 0, (const void **)&list, NULL);
#else
    list = codec->supported_samplerates;
#endif
    return list ? list[index] : 0;
}

/// The i-th supported pixel format, or AV_PIX_FMT_NONE past the end (or when any will do).
static inline enum AVPixelFormat cffmpeg_codec_pixel_format(const AVCodec *codec, int index) {
    const enum AVPixelFormat *list = NULL;
#if CFFMPEG_SUPPORTED_CONFIG
    avcodec_get_supported_config(
        NULL, codec, AV_CODEC_CONFIG_PIX_FORMAT, 0, (const void **)&list, NULL);
#else
    list = codec->pix_fmts;
#endif
    return list ? list[index] : AV_PIX_FMT_NONE;
}

// MARK: Filter sources (colour became part of a link's format in libavfilter 10)

static inline void cffmpeg_buffersrc_set_color(
    AVBufferSrcParameters *parameters, enum AVColorSpace matrix, enum AVColorRange range) {
#if LIBAVFILTER_VERSION_MAJOR >= 10
    parameters->color_space = matrix;
    parameters->color_range = range;
#else
    (void)parameters, (void)matrix, (void)range;
#endif
}

// MARK: Arrays inside structs (fixed-size C arrays are awkward tuples in Swift)

static inline AVRational cffmpeg_mastering_primary(
    const AVMasteringDisplayMetadata *data, int component, int axis) {
    return data->display_primaries[component][axis];
}

static inline AVRational cffmpeg_mastering_white(const AVMasteringDisplayMetadata *data, int axis) {
    return data->white_point[axis];
}

static inline uint8_t *cffmpeg_frame_data(const AVFrame *frame, int plane) {
    return frame->extended_data[plane];
}

static inline int cffmpeg_frame_linesize(const AVFrame *frame, int plane) {
    return plane < AV_NUM_DATA_POINTERS ? frame->linesize[plane] : frame->linesize[0];
}

static inline int cffmpeg_pixdesc_depth(const AVPixFmtDescriptor *descriptor) {
    int depth = 0;
    for (int i = 0; i < descriptor->nb_components; i++)
        if (descriptor->comp[i].depth > depth) depth = descriptor->comp[i].depth;
    return depth;
}

// MARK: Channel layouts (a union and compound-literal macros)

static inline uint64_t cffmpeg_channel_layout_mask(const AVChannelLayout *layout) {
    return layout->order == AV_CHANNEL_ORDER_NATIVE ? layout->u.mask : 0;
}

static inline void cffmpeg_channel_layout_unspecified(AVChannelLayout *layout, int channels) {
    av_channel_layout_uninit(layout);
    layout->order = AV_CHANNEL_ORDER_UNSPEC;
    layout->nb_channels = channels;
}

// MARK: Scaling (planes as arrays)

static inline int cffmpeg_sws_scale_into(
    struct SwsContext *context, const AVFrame *source, int source_height, uint8_t *pixels,
    int line_size) {
    uint8_t *planes[4] = {pixels, NULL, NULL, NULL};
    int line_sizes[4] = {line_size, 0, 0, 0};
    return sws_scale(
        context, (const uint8_t *const *)source->data, source->linesize, 0, source_height, planes,
        line_sizes);
}
