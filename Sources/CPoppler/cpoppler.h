/* What Swift needs of poppler-glib and cairo and cannot import by itself: macros that check types,
 * error domains, and a page's way onto a surface, where every step has its own kind of failure.
 */
#pragma once
#include <cairo.h>
#include <poppler.h>
#include <stddef.h>
#include <stdint.h>

/* Why a document could not be opened. */
enum {
    CPOPPLER_ENCRYPTED = 1, /* it asks for a password, or for keys that nobody here has */
    CPOPPLER_DAMAGED = 2,   /* it is not read as a document */
    CPOPPLER_OTHER = 3      /* reading it failed */
};

static inline int cpoppler_error_kind(const GError *error)
{
    if (error->domain != POPPLER_ERROR) return CPOPPLER_OTHER;
    switch (error->code) {
    case POPPLER_ERROR_ENCRYPTED: return CPOPPLER_ENCRYPTED;
    case POPPLER_ERROR_BAD_CATALOG:
    case POPPLER_ERROR_DAMAGED:
    case POPPLER_ERROR_INVALID: return CPOPPLER_DAMAGED;
    default: return CPOPPLER_OTHER;
    }
}

static inline int cpoppler_allows_copying(PopplerDocument *document)
{
    return (poppler_document_get_permissions(document) & POPPLER_PERMISSIONS_OK_TO_COPY) != 0;
}

/* Draws a page on white into `width` × `height` × 4 bytes, and leaves it in the first three quarters
 * of them: packed rows of red, green, blue. Returns 0, or cairo's status. */
static inline int cpoppler_draw(PopplerPage *page, unsigned char *memory, int width, int height)
{
    double across = 0, down = 0;
    poppler_page_get_size(page, &across, &down);
    if (!(across > 0) || !(down > 0)) return CAIRO_STATUS_INVALID_SIZE;
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data(memory, CAIRO_FORMAT_RGB24, width, height, width * 4);
    cairo_t *pen = cairo_create(surface);
    /* Grey edges: coloured ones are right on one kind of screen, and no picture knows its screen. */
    cairo_font_options_t *fonts = cairo_font_options_create();
    cairo_font_options_set_antialias(fonts, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(pen, fonts);
    cairo_font_options_destroy(fonts);
    cairo_set_source_rgb(pen, 1, 1, 1);
    cairo_paint(pen);
    cairo_scale(pen, width / across, height / down);
    poppler_page_render(page, pen);
    cairo_status_t status = cairo_status(pen);
    cairo_destroy(pen);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    /* In place: what is written is never ahead of what is read. */
    const uint32_t *pixels = (const uint32_t *)(const void *)memory;
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++) {
        uint32_t pixel = pixels[i];
        memory[3 * i] = (unsigned char)(pixel >> 16);
        memory[3 * i + 1] = (unsigned char)(pixel >> 8);
        memory[3 * i + 2] = (unsigned char)pixel;
    }
    return (int)status;
}
