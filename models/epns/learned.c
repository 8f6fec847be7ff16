/* SPDX-License-Identifier: MIT */
/* Refusals, parameters, archives of learned models. */
#include "models/epns/learned.h"
#include "models/nn/kernel.h"
#include "plugin/archive.h"
#include "plugin/error.h"
#include "plugin/view.h"

#include <string.h>

epns_status
epns_refuse (epns_error *error, gint32 field, gint32 axis, gint64 need, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  epns_error_set (error, EPNS_DISCARD, "%s", text);
  if (error != NULL) {
    error->field = field;
    error->axis = axis;
    error->need = need;
  }
  return EPNS_DISCARD;
}

epns_status
epns_refuse_dt (epns_frame *frames, guint32 n, double dt, double native, const char *unit,
                epns_error *error)
{
  for (guint32 i = 0; i < n; i++)
    frames[i].status = EPNS_DISCARD;
  return epns_refuse (error, -1, -1, (gint64) native,
                      "dt is %g %s; one step of this model is %g, so give that", dt, unit, native);
}

gpointer
epns_param_values (const epns_view *view)
{
  if (view->data == NULL)
    return NULL;
  gpointer values = g_malloc0_n ((gsize) epns_view_count (view) + 1, epns_dtype_size (view->dtype));
  epns_view_gather (view, values);
  return values;
}

epns_status
epns_param_choice (const epns_field *fields, const epns_view *params, gint32 which,
                   gboolean *value, epns_error *error)
{
  const epns_field *field = &fields[which];
  g_autofree gint32 *given = epns_param_values (&params[which]);

  *value = given != NULL ? given[0] : field->fallback > 0;
  if (*value == 0 || *value == 1)
    return EPNS_OK;
  return epns_refuse (error, which, -1, 0, "%s is %d; give 0 or 1 (%s)", field->name, *value,
                      field->values);
}

guint64
epns_weights_fingerprint (const EpnsSafetensors *weights)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325); /* FNV-1a, 8 bytes at a time */

  for (guint i = 0; i < epns_safetensors_n (weights); i++) {
    const EpnsStored *stored = epns_safetensors_nth (weights, i);

    for (gsize at = 0; at < stored->bytes; at += sizeof hash) {
      guint64 word = 0;
      memcpy (&word, (const char *) stored->data + at, MIN (sizeof word, stored->bytes - at));
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x100000001b3);
    }
  }
  return hash;
}

epns_status
epns_learned_archive (const char *kind, guint64 fingerprint, EpnsDrawKey *key,
                      const epns_archive *archive, epns_error *error)
{
  EpnsArchiver *archiver = epns_archiver_begin (archive, kind, 1);
  EpnsDrawKey loaded = *key;
  guint64 weights = fingerprint;

  epns_archiver_u64 (archiver, &weights);
  epns_archiver_u64 (archiver, &loaded.seed);
  epns_archiver_u64 (archiver, &loaded.stream);
  epns_archiver_u64 (archiver, &loaded.step);
  if (epns_archiver_end (archiver, error) != EPNS_OK)
    return EPNS_DISCARD;
  if (weights != fingerprint)
    return epns_error_set (
        error, EPNS_DISCARD,
        "the archive was written with other weights; open the model it ran with");
  *key = loaded;
  return EPNS_OK;
}

guint32
epns_gravest_member (const epns_frame *frames, guint32 n)
{
  guint32 gravest = 0;

  for (guint32 i = 1; i < n; i++)
    if (frames[i].status > frames[gravest].status)
      gravest = i;
  return gravest;
}

const char *
epns_learned_kernel (const epns_model *model G_GNUC_UNUSED)
{
  return epns_kernel ()->name;
}
