/* SPDX-License-Identifier: MIT */
/* Weights files: safetensors, read strictly and written whole.
 *
 * Layout: 8 bytes little-endian header length, a JSON object {name: {dtype, shape, data_offsets},
 * "__metadata__": {text: text}}, then the data, little-endian. Format:
 * https://github.com/huggingface/safetensors#format. What the reader insists on: the header is
 * plain JSON of at most EPNS_SAFETENSORS_MAX_HEADER bytes, every name occurs once, every range has
 * the size its shape says, and the ranges tile the data from its first byte to its last. Errors are
 * one line and name the file and the tensor. */
#pragma once
#include <glib.h>

#define EPNS_SAFETENSORS_MAX_HEADER (100u * 1000u * 1000u)
#define EPNS_SAFETENSORS_MAX_RANK 8

typedef enum {
  EPNS_STORED_F64,
  EPNS_STORED_F32,
  EPNS_STORED_F16,
  EPNS_STORED_BF16,
  EPNS_STORED_I64,
  EPNS_STORED_I32,
  EPNS_STORED_I16,
  EPNS_STORED_I8,
  EPNS_STORED_U64,
  EPNS_STORED_U32,
  EPNS_STORED_U16,
  EPNS_STORED_U8,
  EPNS_STORED_BOOL
} EpnsStoredType;

typedef struct {
  const char *name;
  EpnsStoredType type;
  guint rank; /* 0: one number */
  gsize shape[EPNS_SAFETENSORS_MAX_RANK];
  gsize count;      /* elements */
  gsize bytes;      /* count times the type's size */
  const void *data; /* row-major, little-endian, perhaps not aligned: use the readers below */
} EpnsStored;

typedef struct _EpnsSafetensors EpnsSafetensors;

/* Read the whole file. Errors: EPNS_FAILURE_IO, EPNS_FAILURE_FORMAT. [any] */
EpnsSafetensors *epns_safetensors_read (const char *path, GError **error);
/* The same from memory; `name` stands for the file in messages. [any] */
EpnsSafetensors *epns_safetensors_parse (const char *name, const void *bytes, gsize size,
                                         GError **error);
void epns_safetensors_free (EpnsSafetensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsSafetensors, epns_safetensors_free)

/* All of these [any] on a finished EpnsSafetensors; what they return belongs to it. */
const char *epns_safetensors_path (const EpnsSafetensors *self);
guint epns_safetensors_n (const EpnsSafetensors *self);
const EpnsStored *epns_safetensors_nth (const EpnsSafetensors *self, guint i); /* ordered by name */
const EpnsStored *epns_safetensors_find (const EpnsSafetensors *self,
                                         const char *name);                           /* or NULL */
const char *epns_safetensors_metadata (const EpnsSafetensors *self, const char *key); /* or NULL */

/* find() that explains itself: EPNS_FAILURE_FORMAT if there is no such tensor. */
const EpnsStored *epns_safetensors_need (const EpnsSafetensors *self, const char *name,
                                         GError **error);
/* The same, with an exact shape. */
const EpnsStored *epns_safetensors_need_shape (const EpnsSafetensors *self, const char *name,
                                               guint rank, const gsize *shape, GError **error);

/* "F32", ... and "[3, 4]". [any] */
const char *epns_stored_type_name (EpnsStoredType type);
char *epns_stored_shape_text (guint rank, const gsize *shape); /* free with g_free() */

/* Convert all elements of any type but F16 and BF16; to int32, fractions are cut and values outside
 * are clamped. FALSE for the two types that are not converted. [any] */
gboolean epns_stored_to_f32 (const EpnsStored *stored, float *values);
gboolean epns_stored_to_f64 (const EpnsStored *stored, double *values);
gboolean epns_stored_to_i32 (const EpnsStored *stored, gint32 *values);

/* Write tensors (widest type first, then by name, so that all are aligned) and metadata (key,
 * value, ..., NULL; or NULL) to a temporary file that then takes the name `path`. Only name, type,
 * rank, shape and data of each tensor are looked at. Errors: EPNS_FAILURE_IO; nothing is left
 * behind then. [any] */
gboolean epns_safetensors_write (const char *path, const EpnsStored *tensors, guint n,
                                 const char *const *metadata, GError **error);
