/* What Swift needs of libvips and cannot import by itself.
 *
 * libvips' convenience functions (vips_thumbnail, …) and GLib's g_object_set are variadic, and G_TYPE_INT
 * and its kind are macros; Swift imports neither. Each function below says which one it stands for.
 */
#pragma once
#include <string.h>
#include <vips/vips.h>
/* After it, as this one includes nothing itself. */
#include <vips/vector.h>

/* The results of the property setters. */
enum {
    CVIPS_SET = 0,
    CVIPS_NO_SUCH_PROPERTY = 1, /* this libvips' operation has no such argument */
    CVIPS_WRONG_TYPE = 2,       /* it has one of another type */
    CVIPS_NO_SUCH_VALUE = 3     /* an enumeration without that nickname */
};

static inline GParamSpec *cvips_find_property(VipsOperation *op, const char *name)
{
    return g_object_class_find_property(G_OBJECT_GET_CLASS(op), name);
}

/* Stands for g_object_set: sets a property from a value of a type GLib can convert to the property's. */
static inline int cvips_set_value(VipsOperation *op, GParamSpec *spec, const GValue *value)
{
    if (!g_value_type_transformable(G_VALUE_TYPE(value), G_PARAM_SPEC_VALUE_TYPE(spec)))
        return CVIPS_WRONG_TYPE;
    g_object_set_property(G_OBJECT(op), spec->name, value);
    return CVIPS_SET;
}

/* An integer, for gint and enumeration properties alike, and for gdouble and guint64 ones. */
static inline int cvips_operation_set_int(VipsOperation *op, const char *name, int v)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_INT);
    g_value_set_int(&value, v);
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

static inline int cvips_operation_set_double(VipsOperation *op, const char *name, double v)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    /* GLib would silently cut the fraction off for an integer property. */
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != G_TYPE_DOUBLE) return CVIPS_WRONG_TYPE;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_DOUBLE);
    g_value_set_double(&value, v);
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

static inline int cvips_operation_set_bool(VipsOperation *op, const char *name, int v)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != G_TYPE_BOOLEAN) return CVIPS_WRONG_TYPE;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_BOOLEAN);
    g_value_set_boolean(&value, v);
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

/* A string; for an enumeration property its nickname ("down", "attention", "av1"). */
static inline int cvips_operation_set_string(VipsOperation *op, const char *name, const char *v)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    GType type = G_PARAM_SPEC_VALUE_TYPE(spec);
    GValue value = G_VALUE_INIT;
    int result;
    if (G_TYPE_IS_ENUM(type)) {
        GEnumClass *values = (GEnumClass *)g_type_class_ref(type);
        GEnumValue *found = g_enum_get_value_by_nick(values, v);
        if (found) {
            g_value_init(&value, type);
            g_value_set_enum(&value, found->value);
            g_object_set_property(G_OBJECT(op), spec->name, &value);
            g_value_unset(&value);
            result = CVIPS_SET;
        } else {
            result = CVIPS_NO_SUCH_VALUE;
        }
        g_type_class_unref(values);
        return result;
    }
    if (type != G_TYPE_STRING) return CVIPS_WRONG_TYPE;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, v);
    result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

/* Any GObject (image, source, target, interpolator); the property takes its own reference. */
static inline int cvips_operation_set_object(VipsOperation *op, const char *name, void *object)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    if (!g_type_is_a(G_OBJECT_TYPE(object), G_PARAM_SPEC_VALUE_TYPE(spec))) return CVIPS_WRONG_TYPE;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_OBJECT_TYPE(object));
    g_value_set_object(&value, object);
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

static inline int cvips_operation_set_images(VipsOperation *op, const char *name, VipsImage **images, int n)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != VIPS_TYPE_ARRAY_IMAGE) return CVIPS_WRONG_TYPE;
    VipsArrayImage *array = vips_array_image_new(images, n);
    GValue value = G_VALUE_INIT;
    g_value_init(&value, VIPS_TYPE_ARRAY_IMAGE);
    g_value_set_boxed(&value, array);
    vips_area_unref(VIPS_AREA(array));
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

static inline int cvips_operation_set_doubles(VipsOperation *op, const char *name, const double *v, int n)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != VIPS_TYPE_ARRAY_DOUBLE) return CVIPS_WRONG_TYPE;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, VIPS_TYPE_ARRAY_DOUBLE);
    vips_value_set_array_double(&value, v, n);
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

/* An array of whole numbers, for VipsArrayInt properties and, for instance, composite's blend modes. */
static inline int cvips_operation_set_ints(VipsOperation *op, const char *name, const int *v, int n)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != VIPS_TYPE_ARRAY_INT) return CVIPS_WRONG_TYPE;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, VIPS_TYPE_ARRAY_INT);
    vips_value_set_array_int(&value, v, n);
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

/* Bytes, copied. */
static inline int cvips_operation_set_blob(VipsOperation *op, const char *name, const void *data, size_t n)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != VIPS_TYPE_BLOB) return CVIPS_WRONG_TYPE;
    VipsBlob *blob = vips_blob_copy(data, n);
    GValue value = G_VALUE_INIT;
    g_value_init(&value, VIPS_TYPE_BLOB);
    g_value_set_boxed(&value, blob);
    vips_area_unref(VIPS_AREA(blob));
    int result = cvips_set_value(op, spec, &value);
    g_value_unset(&value);
    return result;
}

/* Stands for g_object_get of an image: a new reference, or NULL when there is none. */
static inline VipsImage *cvips_operation_get_image(VipsOperation *op, const char *name)
{
    if (!cvips_find_property(op, name)) return NULL;
    VipsImage *image = NULL;
    g_object_get(op, name, &image, NULL);
    return image;
}

/* Stands for g_object_get of a number; returns one of the codes above. */
static inline int cvips_operation_get_double(VipsOperation *op, const char *name, double *out)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec) return CVIPS_NO_SUCH_PROPERTY;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_DOUBLE);
    if (!g_value_type_transformable(G_PARAM_SPEC_VALUE_TYPE(spec), G_TYPE_DOUBLE))
        return CVIPS_WRONG_TYPE;
    g_object_get_property(G_OBJECT(op), spec->name, &value);
    *out = g_value_get_double(&value);
    g_value_unset(&value);
    return CVIPS_SET;
}

/* Stands for g_object_get of an array of doubles: a copy into out of at most n; the true length, or -1. */
static inline int cvips_operation_get_doubles(VipsOperation *op, const char *name, double *out, int n)
{
    GParamSpec *spec = cvips_find_property(op, name);
    if (!spec || G_PARAM_SPEC_VALUE_TYPE(spec) != VIPS_TYPE_ARRAY_DOUBLE) return -1;
    VipsArrayDouble *array = NULL;
    g_object_get(op, name, &array, NULL);
    if (!array) return -1;
    int length = 0;
    double *data = vips_array_double_get(array, &length);
    memcpy(out, data, sizeof(double) * (size_t)VIPS_MIN(n, length));
    vips_area_unref(VIPS_AREA(array));
    return length;
}

/* Whether vips_block_untrusted_set or vips_operation_block_set forbids this operation. */
static inline int cvips_operation_is_blocked(VipsOperation *op)
{
    return (vips_operation_get_flags(op) & VIPS_OPERATION_BLOCKED) != 0;
}

/* Whether a class of that nickname is an operation (vips_operation_new writes an error otherwise). */
static inline int cvips_has_operation(const char *nickname)
{
    return vips_type_find("VipsOperation", nickname) != 0;
}

/* The type macros are not imported. */
static inline GType cvips_type_blob(void) { return VIPS_TYPE_BLOB; }
static inline GType cvips_type_ref_string(void) { return VIPS_TYPE_REF_STRING; }
static inline GType cvips_type_int(void) { return G_TYPE_INT; }
static inline GType cvips_type_double(void) { return G_TYPE_DOUBLE; }

/* Bytes of a blob-typed field (vips_image_get_blob has a const void ** that Swift makes awkward). */
static inline const void *cvips_image_get_blob(VipsImage *image, const char *name, size_t *length)
{
    const void *data = NULL;
    if (vips_image_get_blob(image, name, &data, length)) return NULL;
    return data;
}

/* Stands for g_object_get of a memory target's "blob": a reference to give back with vips_area_unref.
 *
 * vips_target_steal is for before vips_target_end, and every saver ends its target: called after, 8.14
 * dereferences NULL. */
static inline VipsArea *cvips_target_get_blob(VipsTarget *target)
{
    VipsArea *blob = NULL;
    g_object_get(target, "blob", &blob, NULL);
    return blob;
}

/* Signals. g_signal_connect_data takes an untyped callback; the types are written out here instead. */
typedef gint64 (*cvips_read_callback)(VipsSourceCustom *source, void *buffer, gint64 length, void *user);
typedef gint64 (*cvips_seek_callback)(VipsSourceCustom *source, gint64 offset, int whence, void *user);
typedef void (*cvips_destroy_callback)(void *user, GClosure *closure);

static inline void cvips_source_on_read(
    VipsSourceCustom *source, cvips_read_callback f, void *user, cvips_destroy_callback destroy)
{
    g_signal_connect_data(source, "read", G_CALLBACK(f), user, destroy, (GConnectFlags)0);
}

static inline void cvips_source_on_seek(
    VipsSourceCustom *source, cvips_seek_callback f, void *user, cvips_destroy_callback destroy)
{
    g_signal_connect_data(source, "seek", G_CALLBACK(f), user, destroy, (GConnectFlags)0);
}

/* Frees a g_malloc block with the image that reads it. */
static inline void cvips_free_on_close(VipsImage *image, void *memory)
{
    (void)image;
    g_free(memory);
}

static inline void cvips_image_free_on_close(VipsImage *image, void *memory)
{
    g_signal_connect_data(
        image, "close", G_CALLBACK(cvips_free_on_close), memory, NULL, (GConnectFlags)0);
}

/* Writes one row of an image, packed; anything but 0 ends the work. */
typedef int (*cvips_row_fn)(void *context, int y, void *row);

static inline int cvips_generate_rows(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    cvips_row_fn row = (cvips_row_fn)a;
    VipsRect *area = &out->valid;
    (void)sequence;
    (void)stop;
    /* A whole row or nothing: what reads this asks for strips as wide as the image. */
    if (area->left != 0 || area->width != out->im->Xsize) return -1;
    for (int y = area->top; y < area->top + area->height; y++)
        if (row(b, y, VIPS_REGION_ADDR(out, 0, y)) != 0) return -1;
    return 0;
}

/* Stands for vips_image_pipelinev and vips_image_generate: an image, 8 bits per channel, whose rows
 * `row` writes when they are asked for; NULL on failure. */
static inline VipsImage *cvips_image_from_rows(int width, int height, int bands, cvips_row_fn row, void *context)
{
    VipsImage *image = vips_image_new();
    vips_image_init_fields(image, width, height, bands, VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
        VIPS_INTERPRETATION_sRGB, 1.0, 1.0);
    if (vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, NULL) != 0 ||
        vips_image_generate(image, NULL, cvips_generate_rows, NULL, (void *)row, context) != 0) {
        g_object_unref(image);
        return NULL;
    }
    return image;
}
