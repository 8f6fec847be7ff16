/* SPDX-License-Identifier: MIT */
/* Lattices drawn in letters, for tests: a capital is a cell of type 1, a small letter one of type
 * 2, a dot is medium. */
#pragma once
#include "adapters/trajectory.h"
#include "tests/suite.h"

#include <glib/gstdio.h>

/* A is cell 1, Z cell 26, a cell 27, z cell 52. */
static inline gint32
tissue_id (char letter)
{
  return letter == '.' ? 0 : letter <= 'Z' ? letter - 'A' + 1 : letter - 'a' + 27;
}

#define TISSUE_ROWS 53

/* "AAb|AA." : rows y = 0, 1... of equal length. */
static inline EpnsLatticeState *
tissue_draw (const char *drawing)
{
  g_auto (GStrv) rows = g_strsplit (drawing, "|", -1);
  gint32 size[3] = { 1, (gint32) g_strv_length (rows), (gint32) strlen (rows[0]) };
  EpnsLatticeState *state = epns_lattice_state_new (size, TISSUE_ROWS);

  for (gint32 id = 1; id < TISSUE_ROWS; id++)
    state->type[id] = id <= 26 ? 1 : 2;
  for (gint32 y = 0; y < size[1]; y++)
    for (gint32 x = 0; x < size[2]; x++)
      state->id[y * size[2] + x] = tissue_id (rows[y][x]);
  return state;
}

/* A plan for such lattices: times 0, 10, 20..., seed 7, types Medium, Dark, Light. */
static inline EpnsTrajectoryMeta *
tissue_meta (const EpnsLatticeState *like, guint32 members, guint32 frames,
             const gint32 periodic[3])
{
  g_autofree double *time = g_new (double, frames);
  const char *const names[] = { "Medium", "Dark", "Light", NULL };

  for (guint32 f = 0; f < frames; f++)
    time[f] = 10.0 * f;
  EpnsTrajectoryMeta *meta = epns_trajectory_meta_new (members, frames, like->size, periodic, time,
                                                       "MCS", names, 7);
  epns_trajectory_meta_note (meta, "kind", "cpm");
  epns_trajectory_meta_note (meta, "scenario", "sorting.xml");
  return meta;
}

/* A recording of drawings [member][frame], NULL where a frame is missing. */
static inline EpnsTrajectory *
tissue_record (guint32 members, guint32 frames, const char *const *drawings,
               const gint32 periodic[3])
{
  g_autoptr (EpnsLatticeState) first = tissue_draw (drawings[0]);
  g_autoptr (EpnsTrajectoryMeta) meta = tissue_meta (first, members, frames, periodic);
  EpnsTrajectory *self = epns_trajectory_new (meta, NULL);

  for (guint32 i = 0; i < members * frames; i++)
    if (drawings[i] != NULL) {
      g_autoptr (EpnsLatticeState) state = tissue_draw (drawings[i]);
      ck_assert (epns_trajectory_record (self, i / frames, &state->base, NULL));
    }
  return self;
}

static const gint32 tissue_closed[3] = { 0, 0, 0 }, tissue_wrapped[3] = { 0, 1, 1 };

/* A folder for a test's files, and its end: it must be empty but for the names given. */
static inline char *
tissue_folder (void)
{
  char *folder = g_dir_make_tmp ("epns-test-XXXXXX", NULL);
  ck_assert_ptr_nonnull (folder);
  return folder;
}

static inline void
tissue_folder_end (const char *folder, const char *const *names)
{
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    ck_assert_msg (g_unlink (path) == 0, "%s is missing", path);
  }
  ck_assert_msg (g_rmdir (folder) == 0, "%s holds more than it should", folder);
}
