/* SPDX-License-Identifier: MIT */
/* A finding has a flag, so that it is told once whichever run and thread comes across it first. */
#include "models/epns/lattice-validity.h"
#include "plugin/view.h"

#include <math.h>
#include <stdarg.h>

#define RELATIVE 1e-9 /* numbers this near are the same one, written twice */
#define ADVICE "results are an extrapolation; use cpm or a model trained for it"

enum { TOLD_BOUNDARY, TOLD_SIDE, TOLD_CELLS, TOLD_PARAMETERS }; /* the last: one for each value */

struct _EpnsLatticeValidity {
  EpnsTrainedParameter *trained; /* [n]; values are ours */
  epns_field *fields;            /* [n] */
  guint n;
  gsize n_types;
  char **types; /* [n_types] names */
  EpnsValidRange cells, side, volume;
  char *boundary; /* NULL: not stated */
  gint *told;     /* atomic; see above */
};

typedef struct { /* a call */
  EpnsLatticeValidity *self;
  const epns_host *host;
  gboolean refuse;
} Telling;

static gsize
count (const EpnsLatticeValidity *self, const EpnsTrainedParameter *trained)
{
  return epns_parameter_count (trained->rank, self->n_types);
}

static void
declare (epns_field *field, const EpnsTrainedParameter *trained)
{
  static const char *const axes[] = { "", "type", "type,type" };

  *field = (epns_field){ .name = trained->name,
                         .unit = "1",
                         .axes = axes[trained->rank],
                         .values = trained->words,
                         .role = EPNS_PARAM,
                         .dtype = trained->integer ? EPNS_I32 : EPNS_F64,
                         .rank = trained->rank,
                         .optional = 1,
                         .extent = { -1, -1 } };
  if (trained->rank == 0)
    field->fallback = trained->range[0].minimum;
}

EpnsLatticeValidity *
epns_lattice_validity_new (const EpnsModelDescription *description)
{
  EpnsLatticeValidity *self = g_new0 (EpnsLatticeValidity, 1);
  gsize n_values = 0;

  self->cells = self->side = self->volume = (EpnsValidRange){ 0, INFINITY };
  if (description != NULL) {
    self->cells = description->validity.cells;
    self->side = description->validity.lattice;
    self->volume = description->validity.volume;
    self->boundary = g_strdup (description->validity.boundary);
    self->n_types = description->n_types;
    self->types = g_strdupv (description->types);
    self->n = description->validity.parameters->len;
  }
  self->trained = g_new0 (EpnsTrainedParameter, self->n);
  self->fields = g_new0 (epns_field, self->n);
  for (guint p = 0; p < self->n; p++) {
    self->trained[p] = g_array_index (description->validity.parameters, EpnsTrainedParameter, p);
    gsize n = count (self, &self->trained[p]);
    self->trained[p].range = g_memdup2 (self->trained[p].range, n * sizeof (EpnsValidRange));
    declare (&self->fields[p], &self->trained[p]);
    n_values += n;
  }
  self->told = g_new0 (gint, TOLD_PARAMETERS + n_values);
  return self;
}

void
epns_lattice_validity_free (EpnsLatticeValidity *self)
{
  if (self == NULL)
    return;
  for (guint p = 0; p < self->n; p++)
    g_free (self->trained[p].range);
  g_free (self->trained);
  g_free (self->fields);
  g_strfreev (self->types);
  g_free (self->boundary);
  g_free (self->told);
  g_free (self);
}

EpnsValidRange
epns_lattice_validity_volume (const EpnsLatticeValidity *self)
{
  return self->volume;
}

const epns_field *
epns_lattice_validity_fields (const EpnsLatticeValidity *self, guint *n)
{
  *n = self->n;
  return self->fields;
}

double
epns_lattice_validity_middle (const EpnsLatticeValidity *self, const char *name, guint32 row,
                              guint32 column)
{
  for (guint p = 0; p < self->n; p++) {
    const EpnsTrainedParameter *trained = &self->trained[p];
    const gsize at = trained->rank > 1 ? row * self->n_types + column : row;
    if (g_str_equal (trained->name, name) && at < count (self, trained))
      return (trained->range[at].minimum + trained->range[at].maximum) / 2;
  }
  return NAN;
}

static char *tell (const Telling *telling, gsize flag, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static char *
tell (const Telling *telling, gsize flag, const char *format, ...)
{
  gboolean heard = telling->host != NULL && telling->host->log != NULL;
  va_list args;

  if (!telling->refuse
      && (!heard || !g_atomic_int_compare_and_exchange (&telling->self->told[flag], 0, 1)))
    return NULL;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  if (telling->refuse)
    return g_steal_pointer (&text);
  telling->host->log (telling->host->ctx, 1, text);
  return NULL;
}

/* --- Parameters --- */

static gboolean
within (double a, const EpnsValidRange *range)
{
  const double slack = RELATIVE * MAX (fabs (range->minimum), fabs (range->maximum));

  return a >= range->minimum - slack && a <= range->maximum + slack;
}

/* A number as its parameter has it: a word where there are words. */
static char *
spell (const EpnsTrainedParameter *trained, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_auto (GStrv) words = g_strsplit (trained->words ? trained->words : "", ",", -1);

  if (value >= 0 && value < g_strv_length (words))
    return g_strdup (words[(gsize) value]);
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.10g", value));
}

static char *
place (const EpnsLatticeValidity *self, int rank, gsize a, gsize b)
{
  if (rank == 0)
    return g_strdup ("");
  return rank == 1 ? g_strdup_printf (" of %s", self->types[a])
                   : g_strdup_printf (" of %s with %s", self->types[a], self->types[b]);
}

static char *
tell_value (const Telling *telling, gsize flag, const EpnsTrainedParameter *trained, gsize a,
            gsize b, double given, const EpnsValidRange *range)
{
  g_autofree char *where = place (telling->self, trained->rank, a, b);
  g_autofree char *here = spell (trained, given), *least = spell (trained, range->minimum),
                  *most = spell (trained, range->maximum);
  const gboolean one = g_str_equal (least, most);

  return tell (telling, flag, "%s%s is %s, and the model was trained at %s%s%s: " ADVICE,
               trained->name, where, here, least, one ? "" : " to ", one ? "" : most);
}

/* Types beyond those of the model have no say: their cells are refused. Of a pair told the first
 * way round that differs. */
static char *
tell_parameter (const Telling *telling, gsize flag, const EpnsTrainedParameter *trained,
                const epns_view *view)
{
  gsize n = telling->self->n_types;
  gsize rows = trained->rank > 0 ? MIN (n, (gsize) view->shape[0]) : 1;
  gsize columns = trained->rank > 1 ? MIN (n, (gsize) view->shape[1]) : 1;

  for (gsize a = 0; a < rows; a++)
    for (gsize b = 0; b < columns; b++) {
      gsize at = trained->rank > 1 ? a * n + b : a;
      gsize mirrored = trained->rank > 1 ? MIN (at, b * n + a) : at;
      const EpnsValidRange *range = &trained->range[at];
      double given = epns_view_element (view, (gint64) a, (gint64) b);
      if (isnan (range->minimum) || within (given, range))
        continue;
      char *why = tell_value (telling, flag + mirrored, trained, a, b, given, range);
      if (why != NULL)
        return why;
    }
  return NULL;
}

char *
epns_lattice_validity_params (EpnsLatticeValidity *self, const epns_host *host, gboolean refuse,
                              const epns_view *views, gint32 *field)
{
  Telling telling = { self, host, refuse };
  gsize flag = TOLD_PARAMETERS;

  for (guint p = 0; p < self->n; p++) {
    if (views[p].data != NULL) {
      char *why = tell_parameter (&telling, flag, &self->trained[p], &views[p]);
      if (why != NULL) {
        *field = (gint32) p;
        return why;
      }
    }
    flag += count (self, &self->trained[p]);
  }
  *field = -1;
  return NULL;
}

/* --- The lattice and what is on it --- */

char *
epns_lattice_validity_boundary (EpnsLatticeValidity *self, const epns_host *host, gboolean refuse,
                                const gboolean periodic[2])
{
  static const char *const names[] = { "no-flux", "periodic" };
  Telling telling = { self, host, refuse };

  if (self->boundary == NULL || g_str_equal (self->boundary, "any"))
    return NULL;
  gboolean wanted = g_str_equal (self->boundary, "periodic");
  for (gsize axis = 0; axis < 2; axis++)
    if (periodic[axis] != wanted)
      return tell (&telling, TOLD_BOUNDARY,
                   "borders along %s are %s, and the model was trained with %s ones: " ADVICE,
                   axis == 0 ? "y" : "x", names[!wanted], names[wanted]);
  return NULL;
}

static char *
tell_range (const Telling *telling, gsize flag, const char *what, gsize number,
            const EpnsValidRange *range)
{
  g_autofree char *most = isinf (range->maximum) ? g_strdup ("any number")
                                                 : g_strdup_printf ("%.10g", range->maximum);

  if ((double) number >= range->minimum && (double) number <= range->maximum)
    return NULL;
  return tell (telling, flag,
               "%s %" G_GSIZE_FORMAT ", and the model was trained on %.10g to %s: " ADVICE, what,
               number, range->minimum, most);
}

char *
epns_lattice_validity_tissue (EpnsLatticeValidity *self, const epns_host *host, gboolean refuse,
                              gsize side, gsize cells)
{
  Telling telling = { self, host, refuse };
  char *why = tell_range (&telling, TOLD_SIDE, "the lattice's longest side in sites is", side,
                          &self->side);

  return why != NULL ? why
                     : tell_range (&telling, TOLD_CELLS, "the number of cells at the start is",
                                   cells, &self->cells);
}
