/* SPDX-License-Identifier: MIT */
/* Opening what a model is kept in. */
#include "models/epns/source.h"

#include "plugin/error.h"

gboolean
epns_source_open (EpnsSource *self, const char *path, GError **error)
{
  *self = (EpnsSource){ NULL, NULL };
  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    self->description = epns_model_description_load (path, error);
    if (self->description == NULL)
      return FALSE;
    path = self->description->weights;
    if (path == NULL) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                   "%s: a model of kind '%s' is no network; open it with that kind",
                   self->description->path, self->description->kind);
      return FALSE;
    }
  }
  self->weights = epns_safetensors_read (path, error);
  return self->weights != NULL;
}

void
epns_source_clear (EpnsSource *self)
{
  g_clear_pointer (&self->description, epns_model_description_free);
  g_clear_pointer (&self->weights, epns_safetensors_free);
}

gboolean
epns_source_window (EpnsSource *self, gsize *window, GError **error)
{
  gint64 value = 0;

  if (self->description != NULL
      && !epns_model_description_int (self->description, "window", 0, 4096, 0, &value, error))
    return FALSE;
  *window = (gsize) value;
  return TRUE;
}
