/* SPDX-License-Identifier: MIT */
/* A kind opened without a source, and its parameters by name. For tests and benches. */
#pragma once
#include "plugin/epns_step.h"
#include "plugin/view.h"

#include <string.h>

typedef struct {
  const epns_kind *kind;
  epns_model *model;
  const epns_field *fields;
  epns_view *params; /* [n_params] */
  uint32_t n_params;
  GPtrArray *data; /* what the views lend */
} KindSetup;

static inline KindSetup
kind_setup_open (const epns_kind *kind, const epns_host *host)
{
  KindSetup self = { .kind = kind, .data = g_ptr_array_new_with_free_func (g_free) };
  uint32_t n = 0;

  g_assert_cmpint (kind->open (host, NULL, &self.model, NULL), ==, EPNS_OK);
  self.fields = kind->fields (self.model, &n, NULL, NULL);
  while (self.n_params < n && self.fields[self.n_params].role == EPNS_PARAM)
    self.n_params++;
  self.params = g_new0 (epns_view, self.n_params);
  return self;
}

static inline void
kind_setup_close (KindSetup *self)
{
  self->kind->close (self->model);
  g_free (self->params);
  g_ptr_array_unref (self->data);
}

static inline uint32_t
kind_setup_find (const KindSetup *self, const char *name)
{
  for (uint32_t p = 0; p < self->n_params; p++)
    if (strcmp (self->fields[p].name, name) == 0)
      return p;
  g_error ("no parameter %s", name);
}

/* Give a parameter row-major values, converted to its dtype; shape has an extent for each axis. */
static inline void
kind_setup_give (KindSetup *self, const char *name, const int64_t *shape, const double *values)
{
  uint32_t p = kind_setup_find (self, name);
  const epns_field *field = &self->fields[p];
  double *numbers = g_new0 (double, 1);
  self->params[p] = epns_view_contiguous (numbers, field->dtype, field->rank, shape);
  int64_t n = epns_view_count (&self->params[p]);
  numbers = g_renew (double, numbers, n);

  for (int64_t i = 0; i < n; i++)
    if (field->dtype == EPNS_I32)
      ((gint32 *) (gpointer) numbers)[i] = (gint32) values[i];
    else
      numbers[i] = values[i];
  self->params[p].data = numbers;
  g_ptr_array_add (self->data, numbers);
}

static inline void
kind_setup_number (KindSetup *self, const char *name, double value)
{
  kind_setup_give (self, name, (const int64_t[]){ 1 }, &value);
}

/* A run on the parameters given, which must suffice. */
static inline epns_run *
kind_setup_start (const KindSetup *self, uint64_t seed, uint64_t stream)
{
  epns_run *run = NULL;
  epns_error error = { 0 };

  if (self->kind->start (self->model, self->params, self->n_params, seed, stream, &run, &error)
      != EPNS_OK)
    g_error ("%s", error.text);
  return run;
}
