/* SPDX-License-Identifier: MIT */
/* Small tissues that move, for tests of training: cells that exchange border sites and keep about
 * their volume. */
#pragma once
#include "plugin/epns_train.h"
#include "plugin/random.h"
#include "tests/suite.h"

#include <math.h>

enum { MOVIE_SIDE = 24, MOVIE_CELLS = 16, MOVIE_IDS = MOVIE_CELLS + 1, MOVIE_AREA = 16 };

typedef struct {
  epns_train_set set;
  gint32 *id, *type;
} Movie;

/* Squares of 4 x 4 sites in the middle of the lattice, every other one of type 2. */
static inline void
movie_start (gint32 *id)
{
  memset (id, 0, MOVIE_SIDE * MOVIE_SIDE * sizeof *id);
  for (gint32 y = 0; y < 16; y++)
    for (gint32 x = 0; x < 16; x++)
      id[(y + 4) * MOVIE_SIDE + x + 4] = 1 + (y / 4) * 4 + x / 4;
}

/* A site takes over a neighbour's owner, unless that brings volumes too far from where they should
 * be. */
static inline void
movie_move (gint32 *id, gint32 *volume, const EpnsDrawKey *key, guint64 attempt)
{
  static const gint32 offsets[4] = { 1, -1, MOVIE_SIDE, -MOVIE_SIDE };
  guint32 words[4];

  epns_random_words (key, 1, attempt, words);
  guint32 y = 1 + epns_random_below (words[0], MOVIE_SIDE - 2),
          x = 1 + epns_random_below (words[1], MOVIE_SIDE - 2);
  gint32 site = (gint32) (y * MOVIE_SIDE + x), from = id[site + offsets[words[2] >> 30]],
         to = id[site];
  double energy = 0;

  if (from == to || (to != 0 && volume[to] == 1))
    return;
  if (from != 0)
    energy += 2 * (volume[from] - MOVIE_AREA) + 1;
  if (to != 0)
    energy += 1 - 2 * (volume[to] - MOVIE_AREA);
  if (energy > 0 && words[3] * 0x1p-32 > exp (-energy / 2))
    return;
  volume[from]++;
  volume[to]--;
  id[site] = from;
}

static inline void
movie_frame (gint32 *id, const EpnsDrawKey *key)
{
  gint32 volume[MOVIE_IDS] = { 0 };

  for (gsize s = 0; s < MOVIE_SIDE * MOVIE_SIDE; s++)
    volume[id[s]]++;
  for (guint64 attempt = 0; attempt < 600; attempt++)
    movie_move (id, volume, key, attempt);
}

static inline Movie
movie_new (guint32 members, guint32 frames, guint64 seed)
{
  const gsize sites = MOVIE_SIDE * MOVIE_SIDE;
  Movie movie = { .id = g_new (gint32, members * frames * sites),
                  .type = g_new0 (gint32, members * MOVIE_IDS) };

  for (guint32 m = 0; m < members; m++) {
    gint32 *id = movie.id + m * frames * sites;
    movie_start (id);
    for (guint32 f = 1; f < frames; f++) {
      const EpnsDrawKey key = { .seed = seed, .stream = m, .step = f };
      memcpy (id + f * sites, id + (f - 1) * sites, sites * sizeof *id);
      movie_frame (id + f * sites, &key);
    }
    for (gint32 c = 1; c < MOVIE_IDS; c++)
      movie.type[m * MOVIE_IDS + (gsize) c] = 1 + (c + (c - 1) / 4) % 2;
  }
  movie.set = (epns_train_set){ .id = movie.id,
                                .type = movie.type,
                                .members = members,
                                .frames = frames,
                                .height = MOVIE_SIDE,
                                .width = MOVIE_SIDE,
                                .n_ids = MOVIE_IDS };
  return movie;
}

static inline void
movie_free (Movie *movie)
{
  g_free (movie->id);
  g_free (movie->type);
}
