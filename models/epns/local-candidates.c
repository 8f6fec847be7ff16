/* SPDX-License-Identifier: MIT */
/* Who bids for which site. */
#include "models/epns/local-candidates.h"
#include "models/epns/local-trunk.h"
#include "models/nn/elementary.h"

#include <string.h>

void
epns_local_candidates_clear (EpnsLocalCandidates *self)
{
  g_free (self->sites);
  g_free (self->room);
}

typedef struct {
  EpnsLocalCandidates *self;
  const EpnsLocalWindows *windows;
  const float *medium, *logits;
  float stay, least;
} Find;

typedef struct {         /* a task's memory: of a row's places, then of its sites */
  float *start, *chance; /* chance: e^start */
} Row;

/* Those of the row's covering places and, behind them, of the medium at its sites. */
static Row
row_new (const Find *job, gsize y, float *memory)
{
  const EpnsLocalWindows *w = job->windows;
  const guint32 plane = (guint32) (w->window * w->window);
  const gsize first = y * w->width, end = first + w->width, n = w->start[end] - w->start[first];
  Row row = { .start = memory, .chance = memory + n + w->width };
  float *to = row.start;

  for (gsize s = first; s < end; s++)
    for (guint32 i = w->start[s]; i < w->start[s + 1]; i++) {
      const guint32 place = w->covering[i];
      const gboolean stays = w->owner[s] == (gint32) (place / plane);
      *to++ = job->logits[place] + (stays ? job->stay : 0.0f);
    }
  memcpy (to, job->medium + first, w->width * sizeof *to);
  epns_local_bound (n, row.start);
  epns_exp_of (n + w->width, row.start, row.chance);
  return row;
}

static EpnsLocalCandidate
candidate_of (const EpnsLocalWindows *w, guint32 place, float start, float chance)
{
  const guint32 side = (guint32) w->window, in = place % (side * side);

  return (EpnsLocalCandidate){ .cell = (gint32) (place / (side * side)),
                               .place = place,
                               .row = (guint16) (in / side),
                               .column = (guint16) (in % side),
                               .start = start,
                               .chance = chance };
}

/* Who has at least so much of a site. */
static EpnsLocalContest
keep (const EpnsLocalWindows *w, gsize site, const Row *row, float medium, float sum, float least,
      EpnsLocalCandidate *cells)
{
  EpnsLocalContest kept = { .medium = medium >= least * sum, .cells = cells };

  for (guint32 i = 0; i < w->start[site + 1] - w->start[site]; i++)
    if (row->chance[i] >= least * sum)
      cells[kept.n++] = candidate_of (w, w->covering[w->start[site] + i], row->start[i],
                                      row->chance[i] / sum);
  return kept;
}

/* row: from the site's places on. */
static EpnsLocalContest
find_site (const Find *job, gsize site, const Row *row, float medium, EpnsLocalCandidate *cells)
{
  const EpnsLocalWindows *w = job->windows;
  float sum = medium;

  for (guint32 i = 0; i < w->start[site + 1] - w->start[site]; i++)
    sum += row->chance[i];
  const EpnsLocalContest kept = keep (w, site, row, medium, sum, job->least, cells);
  return kept.n + (guint32) kept.medium > 0 ? kept : keep (w, site, row, medium, sum, 0, cells);
}

/* A row's candidates lie one after the other, in as much room as it has covering places. */
static void
find_row (void *arg, gsize y, void *scratch)
{
  const Find *job = arg;
  const EpnsLocalWindows *w = job->windows;
  const gsize first = y * w->width, end = first + w->width;
  EpnsLocalCandidate *cells = job->self->room + w->start[first];
  Row row = row_new (job, y, scratch);
  const float *medium = row.chance + (w->start[end] - w->start[first]);

  for (gsize s = first; s < end; s++, medium++) {
    job->self->sites[s] = find_site (job, s, &row, *medium, cells);
    cells += job->self->sites[s].n;
    row.start += w->start[s + 1] - w->start[s];
    row.chance += w->start[s + 1] - w->start[s];
  }
}

static void
make_room (EpnsLocalCandidates *self, const EpnsLocalWindows *w)
{
  const gsize sites = w->height * w->width;

  if (sites > self->n_sites) {
    self->n_sites = sites;
    self->sites = g_renew (EpnsLocalContest, self->sites, sites);
  }
  if (w->start[sites] > self->n_room) {
    self->n_room = w->start[sites];
    self->room = g_renew (EpnsLocalCandidate, self->room, self->n_room);
  }
}

void
epns_local_candidates_find (EpnsLocalCandidates *self, EpnsContext *ctx,
                            const EpnsLocalWindows *windows, const float *medium,
                            const float *logits, float stay, float least)
{
  const gsize sites = windows->height * windows->width;
  Find job = { .self = self,
               .windows = windows,
               .medium = medium,
               .logits = logits,
               .stay = stay,
               .least = least };
  const gsize most = epns_local_windows_most (windows, windows->width);

  make_room (self, windows);
  epns_context_each (ctx, windows->height,
                     60.0 * ((double) windows->start[sites] / (double) sites + 1)
                         * (double) windows->width,
                     2 * (most + windows->width) * sizeof (float), find_row, &job);
  self->slots = 0;
  for (gsize s = 0; s < sites; s++)
    self->slots = MAX (self->slots, self->sites[s].n);
}
