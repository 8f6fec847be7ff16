/* SPDX-License-Identifier: MIT */
/* A Cellular Potts run in a few lines: parameters by name, a blob of cells, the step. For tests and
 * benches of the kind. */
#pragma once
#include "models/reference/cpm.h"
#include "tests/kind-setup.h"

#include <math.h>

typedef KindSetup CpmSetup;

static inline CpmSetup
cpm_setup_open (const epns_host *host)
{
  return kind_setup_open (&epns_kind_cpm, host);
}

static inline void
cpm_setup_close (CpmSetup *self)
{
  kind_setup_close (self);
}

static inline uint32_t
cpm_setup_find (const CpmSetup *self, const char *name)
{
  return kind_setup_find (self, name);
}

/* Give a parameter row-major values; n_types stands for every extent. */
static inline void
cpm_setup_give (CpmSetup *self, const char *name, gint64 n_types, const double *values)
{
  kind_setup_give (self, name, (const int64_t[2]){ n_types, n_types }, values);
}

static inline void
cpm_setup_number (CpmSetup *self, const char *name, double value)
{
  cpm_setup_give (self, name, 1, &value);
}

/* The cell sorting of the reference data: types medium, condensing, non-condensing; second
 * neighbours. */
static inline void
cpm_setup_cell_sorting (CpmSetup *self)
{
  static const double target[3] = { 0, 25, 25 }, strength[3] = { 0, 2, 2 };
  static const double contact[9] = { 0, 16, 16, 16, 2, 11, 16, 11, 14 };

  cpm_setup_number (self, "temperature", 10);
  cpm_setup_number (self, "neighbor-order", 2);
  cpm_setup_give (self, "target-volume", 3, target);
  cpm_setup_give (self, "volume-strength", 3, strength);
  cpm_setup_give (self, "contact-energy", 3, contact);
  cpm_setup_number (self, "contact-neighbor-order", 2);
}

/* The three ways to draw. */
enum { CPM_BY_PLACE, CPM_COMPUCELL3D, CPM_BORDER, CPM_WAYS };

static inline void
cpm_setup_way (CpmSetup *self, int way)
{
  cpm_setup_number (self, "rng", way == CPM_COMPUCELL3D);
  cpm_setup_number (self, "sampling", way == CPM_BORDER);
}

static inline epns_run *
cpm_setup_start (const CpmSetup *self, guint64 seed, guint64 stream)
{
  return kind_setup_start (self, seed, stream);
}

/* A lattice and its types, with the views of one frame on them. Not to be copied: the views point
 * into it. */
typedef struct {
  gint32 size[3], *ids, *types, n_rows;
  double hamiltonian;
  epns_view views[3];
} CpmTissue;

static inline gsize
cpm_tissue_sites (const CpmTissue *self)
{
  return (gsize) self->size[0] * (gsize) self->size[1] * (gsize) self->size[2];
}

static inline void
cpm_tissue_init (CpmTissue *self, gint32 depth, gint32 height, gint32 width, gint32 n_rows)
{
  const int64_t shape[3] = { depth, height, width }, rows = n_rows;

  *self = (CpmTissue){ .size = { depth, height, width }, .n_rows = n_rows };
  self->ids = g_new0 (gint32, cpm_tissue_sites (self));
  self->types = g_new0 (gint32, n_rows);
  self->views[0] = epns_view_contiguous (self->ids, EPNS_I32, 3, shape);
  self->views[1] = epns_view_contiguous (self->types, EPNS_I32, 1, &rows);
  self->views[2] = epns_view_contiguous (&self->hamiltonian, EPNS_F64, 0, NULL);
}

static inline void
cpm_tissue_clear (CpmTissue *self)
{
  g_free (self->ids);
  g_free (self->types);
}

/* A ball of cubes 5 sites wide round the middle, types 1 and 2 in turn by a fixed rule; how many
 * cells. */
static inline gint32
cpm_tissue_blob (CpmTissue *self, double radius)
{
  gint32 cells = 0, width = 5, cut[3];

  for (int a = 0; a < 3; a++)
    cut[a] = self->size[a] / 2;
  for (gint32 z = 0; z < self->size[0]; z += width)
    for (gint32 y = 0; y < self->size[1]; y += width)
      for (gint32 x = 0; x < self->size[2]; x += width) {
        if (sqrt ((z - cut[0]) * (z - cut[0]) + (y - cut[1]) * (y - cut[1]) +
                  (x - cut[2]) * (x - cut[2])) >= radius)
          continue;
        g_assert_cmpint (++cells, <, self->n_rows);
        self->types[cells] = 1 + (cells * 7 / 3) % 2;
        for (gint32 k = z; k < MIN (z + width, self->size[0]); k++)
          for (gint32 j = y; j < MIN (y + width, self->size[1]); j++)
            for (gint32 i = x; i < MIN (x + width, self->size[2]); i++)
              self->ids[(k * self->size[1] + j) * self->size[2] + i] = cells;
      }
  return cells;
}

static inline epns_status
cpm_tissue_step (CpmTissue *self, epns_run *run, guint32 n_steps, epns_error *error)
{
  epns_frame frame = { .views = self->views, .n_views = 3 };

  return epns_kind_cpm.step (&run, &frame, 1, n_steps, 1, error);
}
