/* SPDX-License-Identifier: MIT */
/* Drawing sites from the bids of candidates. */
#include "models/epns/local-sampler.h"
#include "models/epns/local-around.h"
#include "models/epns/local-bidding.h"
#include "models/epns/local-candidates.h"
#include "models/epns/local-trunk.h"
#include "models/epns/local-whole.h"

#include <string.h>

#define SITES_AHEAD 4 /* whose rows are asked for */
#define MOST_SITES 32 /* that are drawn together */
#define MOST_BIDS 64  /* of cells for them, unless one site has more */

/* --- A step --- */

typedef struct { /* over a cell's sites: their number, rows and columns in its window */
  gint64 drawn[3];
  double expected[3];
  double all; /* sites expected on the whole lattice */
} Sums;

struct _EpnsLocalSampler {
  const EpnsLocalNetwork *network;
  EpnsLocalBoard *board;
  EpnsLocalBidding cells, medium;
  EpnsTensor *cell_rows, *medium_rows; /* what the trunk's last layers take, of places, of sites */
  EpnsTensor *medium_start;
  EpnsLocalCandidates candidates;
  Sums *sums; /* [n_cells], of what is drawn */
  gsize n_sums;
};

EpnsLocalSampler *
epns_local_sampler_new (const EpnsLocalNetwork *network)
{
  EpnsLocalSampler *self = g_new0 (EpnsLocalSampler, 1);

  self->network = network;
  self->cells = epns_local_bidding_new (&network->cell_site, &network->logit);
  self->medium = epns_local_bidding_new (&network->medium_site, &network->medium_out);
  return self;
}

static void
let_go (EpnsLocalSampler *self)
{
  epns_tensor_set (&self->cell_rows, NULL);
  epns_tensor_set (&self->medium_rows, NULL);
  epns_tensor_set (&self->medium_start, NULL);
}

void
epns_local_sampler_free (EpnsLocalSampler *self)
{
  if (self == NULL)
    return;
  let_go (self);
  epns_local_bidding_clear (&self->cells);
  epns_local_bidding_clear (&self->medium);
  epns_local_candidates_clear (&self->candidates);
  g_free (self->sums);
  g_free (self);
}

void
epns_local_sampler_encode (EpnsLocalSampler *self, EpnsContext *ctx, EpnsLocalBoard *board)
{
  const EpnsLocalConfig *config = &board->config;
  const EpnsLocalWindows *w = board->windows;

  let_go (self);
  self->board = board;
  epns_local_board_set_pass (board, 0, config->passes);
  g_autoptr (EpnsTensor)
      lattice = epns_local_lattice_trunk (self->network, ctx, &board->pass, &self->medium_rows);
  g_autoptr (EpnsTensor) start = NULL;
  epns_tensor_set (&self->medium_rows, epns_channels_last (ctx, self->medium_rows));
  self->medium_start = epns_local_linear (ctx, self->medium_rows, &self->medium.start, EPNS_LINEAR);
  if (w->n_cells > 0) {
    self->cell_rows = epns_local_cell_rows (self->network, ctx, &board->pass, lattice);
    start = epns_local_linear (ctx, self->cell_rows, &self->cells.start, EPNS_LINEAR);
  }
  epns_local_bound (self->medium_start->count, self->medium_start->data);
  epns_local_candidates_find (&self->candidates, ctx, w, self->medium_start->data,
                              start != NULL ? start->data : NULL, self->network->stay->data[0],
                              (float) config->least_chance);
}

/* --- What is drawn of whole cells --- */

static void
add_site (Sums *sums, const EpnsLocalCandidate *c, gboolean owns, int sign)
{
  const double chance = sign * (double) c->chance;

  sums->expected[0] += chance;
  sums->expected[1] += chance * c->row;
  sums->expected[2] += chance * c->column;
  if (!owns)
    return;
  sums->drawn[0] += sign;
  sums->drawn[1] += sign * c->row;
  sums->drawn[2] += sign * c->column;
}

/* Add the drawn sites of a pass, or with sign -1 take them away. */
static void
add_sites (EpnsLocalSampler *self, guint pass, int sign)
{
  const EpnsLocalBoard *board = self->board;
  const guint8 *all = board->pass_of_site, *at = all;
  const guint8 *end = all + board->windows->height * board->windows->width;

  for (; (at = memchr (at, (int) pass, (gsize) (end - at))) != NULL; at++) {
    const EpnsLocalContest *site = &self->candidates.sites[at - all];
    const gint32 owner = board->drawn[at - all];
    for (guint32 i = 0; i < site->n; i++)
      add_site (&self->sums[site->cells[i].cell], &site->cells[i], owner == site->cells[i].cell,
                sign);
  }
}

static void
forget_all (EpnsLocalSampler *self)
{
  const EpnsLocalWindows *w = self->board->windows;

  if (w->n_cells > self->n_sums) {
    self->n_sums = w->n_cells;
    self->sums = g_renew (Sums, self->sums, self->n_sums);
  }
  for (gsize c = 0; c < w->n_cells; c++)
    self->sums[c] = (Sums){ .all = 0 };
  for (gsize s = 0; s < w->height * w->width; s++)
    for (guint32 i = 0; i < self->candidates.sites[s].n; i++) {
      const EpnsLocalCandidate *c = &self->candidates.sites[s].cells[i];
      self->sums[c->cell].all += (double) c->chance;
    }
}

void
epns_local_sampler_forget (EpnsLocalSampler *self, guint pass)
{
  if (pass == 0)
    forget_all (self);
  for (guint k = pass; pass > 0 && k < self->board->config.passes; k++)
    add_sites (self, k, -1);
}

typedef struct {
  const EpnsLocalSampler *self;
  EpnsTensor *known, *lean; /* [n_cells, ...] */
} Whole;

static void
whole_cell (void *arg, gsize cell, void *scratch G_GNUC_UNUSED)
{
  const Whole *job = arg;
  const EpnsLocalPass *pass = &job->self->board->pass;
  const EpnsLocalCell *c = &pass->windows->cells[cell];
  const Sums *sums = &job->self->sums[cell];
  const double half = (double) pass->windows->window / 2;
  const double corner[3] = { 0, c->first_y - c->middle_y, c->first_x - c->middle_x };
  EpnsLocalMoments before = { .drawn = { (double) sums->drawn[0] },
                              .expected = { sums->expected[0] } };

  for (guint i = 1; i < 3; i++) {
    before.drawn[i] = ((double) sums->drawn[i] + before.drawn[0] * corner[i]) / half;
    before.expected[i] = (sums->expected[i] + before.expected[0] * corner[i]) / half;
  }
  epns_local_whole_row (job->self->network, pass, cell, pass->pass, &before, sums->all,
                        job->known->data + cell * (gsize) job->known->shape[1],
                        job->lean->data + cell * EPNS_LOCAL_LEANS);
}

/* --- Bids --- */

typedef struct {
  const EpnsLocalSampler *self;
  const EpnsLocalChoice *choice;
  EpnsLocalAround around;
  EpnsTensor *whole, *lean, *medium_whole; /* [n_cells, H], [n_cells, EPNS_LOCAL_LEANS], [1, H] */
  gint *broken; /* set where a bid is not finite */
} Draw;

typedef struct { /* a task's memory */
  EpnsLocalRow cells, medium;
  float *sums, *bids; /* [types, hidden] of what viewers of a type see; [slots + 1] of a site */
  gint32 *bidders;    /* [slots] */
  EpnsLocalView view;
} Room;

static gsize
room_count (const Draw *job)
{
  const EpnsLocalSampler *self = job->self;
  const gsize slots = self->candidates.slots;

  return 2 * (slots + 1) + epns_local_row_count (&self->cells, MAX (MOST_BIDS, slots))
         + epns_local_row_count (&self->medium, MOST_SITES) + job->around.types * job->around.hidden
         + epns_local_view_count (&job->around, slots);
}

static Room
room_new (const Draw *job, float *memory)
{
  const EpnsLocalSampler *self = job->self;
  const gsize slots = self->candidates.slots;
  Room room = { .bids = memory };

  room.bidders = (gint32 *) (room.bids + slots + 1);
  memory = (float *) (room.bidders + slots + 1);
  room.cells = epns_local_row_new (&self->cells, MAX (MOST_BIDS, slots), memory);
  memory += epns_local_row_count (&self->cells, MAX (MOST_BIDS, slots));
  room.medium = epns_local_row_new (&self->medium, MOST_SITES, memory);
  room.sums = memory + epns_local_row_count (&self->medium, MOST_SITES);
  room.view = epns_local_view_new (&job->around, slots,
                                   room.sums + job->around.types * job->around.hidden);
  return room;
}

static gboolean
is_settled (const EpnsLocalContest *site)
{
  return site->n + (guint32) site->medium == 1;
}

static gint32
owner_of (const EpnsLocalContest *site, gsize bid)
{
  return bid < (gsize) site->medium ? EPNS_LOCAL_MEDIUM
                                    : site->cells[bid - (gsize) site->medium].cell;
}

static void
add_two (float *restrict u, const float *restrict a, const float *restrict b, gsize n)
{
  EPNS_BY_LANES (n, u[i] = a[i] + b[i]);
}

/* What the medium's bid for a site begins with. */
static void
medium_inputs (const Draw *job, gsize site, Room *room)
{
  const EpnsLocalBidding *ready = &job->self->medium;
  float *u = room->medium.u + room->medium.n * ready->hidden;

  memcpy (room->medium.inputs + room->medium.n * ready->inputs,
          job->self->medium_rows->data + site * ready->inputs, ready->inputs * sizeof *u);
  memcpy (u, job->medium_whole->data, ready->hidden * sizeof *u);
  job->around.kernel->sum_rows (room->view.n, room->view.seen, ready->bidder->seen->data,
                                ready->hidden, u);
  room->medium.bid[room->medium.n++] = job->self->medium_start->data[site];
}

static void
cell_inputs (const Draw *job, gsize site, Room *room)
{
  const EpnsLocalBidding *ready = &job->self->cells;
  const EpnsLocalContest *contest = &job->self->candidates.sites[site];
  const EpnsLocalWindows *w = job->self->board->windows;
  const gsize h = ready->hidden, width = ready->inputs - EPNS_LOCAL_MOVES;
  guint8 known[EPNS_LOCAL_MOST_TYPES] = { 0 };

  for (guint32 i = 0; i < contest->n; i++)
    room->bidders[i] = contest->cells[i].cell;
  epns_local_list_own (&job->around, site, &room->view, contest->n, room->bidders);
  for (guint32 i = 0; i < contest->n; i++) {
    const EpnsLocalCandidate *c = &contest->cells[i];
    const EpnsLocalCell *cell = &w->cells[c->cell];
    float *u = room->cells.u + room->cells.n * h,
          *inputs = room->cells.inputs + room->cells.n * ready->inputs;
    memcpy (inputs, job->self->cell_rows->data + c->place * width, width * sizeof *inputs);
    const float *lean = job->lean->data + c->cell * EPNS_LOCAL_LEANS;
    epns_local_moves (w, cell, c->row, c->column, lean, inputs + width);
    add_two (u, job->whole->data + (gsize) c->cell * h,
             epns_local_seen_by (&job->around, &room->view, ready->bidder->seen, cell->type, known,
                                 room->sums),
             h);
    job->around.kernel->sum_rows ((gsize) room->view.n_own[i + 1],
                                  room->view.own + (i + 1) * job->around.taps,
                                  ready->bidder->own->data, h, u);
    room->cells.bid[room->cells.n++] = c->start - job->self->board->pass.volume_lean * lean[0];
  }
}

/* --- Drawing --- */

/* The sites of a row whose turn it is and who have a choice: how many. The others are drawn. */
static gsize
open_sites (const EpnsLocalSampler *self, gsize y, gint32 *open)
{
  const EpnsLocalBoard *board = self->board;
  const guint8 *row = board->pass_of_site + y * board->windows->width,
               *end = row + board->windows->width, *at = row;
  gsize n = 0;

  for (; (at = memchr (at, (int) board->pass.pass, (gsize) (end - at))) != NULL; at++) {
    const gsize site = (gsize) (at - board->pass_of_site);
    const EpnsLocalContest *contest = &self->candidates.sites[site];
    if (is_settled (contest))
      board->drawn[site] = owner_of (contest, 0);
    else
      open[n++] = (gint32) site;
  }
  return n;
}

/* From the medium's bid, if it bids, and those of cells. bids: [slots + 1], memory. */
static void
draw_site (const Draw *job, gsize site, const float *medium, const float *cells, float *bids)
{
  const EpnsLocalContest *contest = &job->self->candidates.sites[site];
  const gsize n_medium = (gsize) contest->medium;

  bids[0] = *medium;
  memcpy (bids + n_medium, cells, contest->n * sizeof *bids);
  const gssize drawn = epns_local_choose (job->choice, site, n_medium + contest->n, bids);
  if (drawn >= 0)
    job->self->board->drawn[site] = owner_of (contest, (gsize) drawn);
  else
    g_atomic_int_set (job->broken, TRUE);
}

/* Rows of a large tissue lie far from the processor: ask for a site's in time. */
static void
fetch_rows (const EpnsLocalSampler *self, gsize site)
{
  const EpnsLocalContest *contest = &self->candidates.sites[site];
  const gsize width = self->cells.inputs - EPNS_LOCAL_MOVES;

  for (guint32 i = 0; i < contest->n; i++)
    __builtin_prefetch (self->cell_rows->data + contest->cells[i].place * width);
}

/* Draw open sites as long as their bids are few enough to stay near: how many of n are drawn. */
static gsize
draw_some (const Draw *job, const gint32 *open, gsize n, Room *room)
{
  const EpnsLocalSampler *self = job->self;
  gsize drawn = 0;

  room->cells.n = room->medium.n = 0;
  for (; drawn < MIN (n, MOST_SITES); drawn++) {
    const gsize site = (gsize) open[drawn];
    const EpnsLocalContest *contest = &self->candidates.sites[site];
    if (drawn > 0 && room->cells.n + contest->n > MOST_BIDS)
      break;
    if (drawn + SITES_AHEAD < n)
      fetch_rows (self, (gsize) open[drawn + SITES_AHEAD]);
    epns_local_look (&job->around, site, &room->view);
    if (contest->medium)
      medium_inputs (job, site, room);
    cell_inputs (job, site, room);
  }
  epns_local_row_bid (&self->medium, &room->medium);
  epns_local_row_bid (&self->cells, &room->cells);
  const float *medium = room->medium.bid, *cells = room->cells.bid;
  for (gsize i = 0; i < drawn; i++) {
    const EpnsLocalContest *contest = &self->candidates.sites[open[i]];
    draw_site (job, (gsize) open[i], medium, cells, room->bids);
    medium += contest->medium;
    cells += contest->n;
  }
  return drawn;
}

static void
draw_row (void *arg, gsize y, void *scratch)
{
  const Draw *job = arg;
  gint32 *open = scratch;
  const gsize n = open_sites (job->self, y, open);

  if (n == 0)
    return;
  Room room = room_new (job, (float *) (open + job->self->board->windows->width));
  for (gsize i = 0; i < n; i += draw_some (job, open + i, n - i, &room))
    ;
}

/* What the bids of a pass need to know of whole cells, and of the medium. */
static void
find_whole (EpnsLocalSampler *self, EpnsContext *ctx, Draw *job)
{
  const EpnsLocalPass *pass = &self->board->pass;
  const gint64 n = (gint64) pass->windows->n_cells;
  g_autoptr (EpnsTensor)
      of_medium = epns_tensor_new (ctx, EPNS_SHAPE (1, self->medium.whole.weight->shape[1]));

  epns_local_medium_whole_row (self->network, pass, pass->pass, of_medium->data);
  job->medium_whole = epns_local_linear (ctx, of_medium, &self->medium.whole, EPNS_LINEAR);
  if (n == 0)
    return;
  g_autoptr (EpnsTensor)
      known = epns_tensor_new (ctx, EPNS_SHAPE (n, self->cells.whole.weight->shape[1]));
  job->lean = epns_tensor_new (ctx, EPNS_SHAPE (n, EPNS_LOCAL_LEANS));
  Whole whole = { .self = self, .known = known, .lean = job->lean };
  epns_context_each (ctx, (gsize) n, 200, 0, whole_cell, &whole);
  job->whole = epns_local_linear (ctx, known, &self->cells.whole, EPNS_LINEAR);
}

gboolean
epns_local_sampler_draw (EpnsLocalSampler *self, EpnsContext *ctx, guint pass,
                         const EpnsLocalChoice *choice)
{
  EpnsLocalBoard *board = self->board;
  const EpnsLocalWindows *w = board->windows;
  gint broken = FALSE;

  epns_local_board_set_pass (board, pass, pass + 1);
  Draw job = { .self = self,
               .choice = choice,
               .around = epns_local_around_new (ctx, &board->pass, self->cells.bidder->seen),
               .broken = &broken };
  find_whole (self, ctx, &job);
  epns_context_each (ctx, w->height,
                     (double) (self->candidates.slots * w->width * self->cells.hidden)
                         * (double) (job.around.taps + 2 * self->cells.hidden) / 20,
                     (w->width + room_count (&job)) * sizeof (float), draw_row, &job);
  add_sites (self, pass, 1);
  epns_local_around_clear (&job.around);
  epns_tensor_set (&job.whole, NULL);
  epns_tensor_set (&job.lean, NULL);
  epns_tensor_set (&job.medium_whole, NULL);
  return !broken;
}
