/* SPDX-License-Identifier: MIT */
/* One step of the local network: draw the sites pass by pass, then redraw them in sweeps. */
#include "models/epns/local.h"
#include "models/epns/local-board.h"
#include "models/epns/local-ops.h"
#include "models/epns/local-sampler.h"
#include "plugin/error.h"

#include <string.h>

struct _EpnsLocal {
  EpnsLocalConfig config;
  EpnsLocalNetwork *network;
};

struct _EpnsLocalScratch {
  const EpnsLocal *model;
  EpnsContext *ctx;
  EpnsLocalBoard *board;
  EpnsLocalSampler *sampler; /* with the decoder of sites, else NULL */
};

static gboolean
check_range (const char *name, double value, double minimum, double maximum, GError **error)
{
  if (value >= minimum && value <= maximum)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "%s is %g; set it to a value from %g to %g",
               name, value, minimum, maximum);
  return FALSE;
}

static gboolean
check_first_window (const EpnsLocalConfig *config, GError **error)
{
  gsize first = epns_local_first_window (config);

  if (first % 2 == 0)
    return check_range ("first-window", (double) first, (double) config->window, 128, error);
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "first-window is %" G_GSIZE_FORMAT "; set it to an even number", first);
  return FALSE;
}

static gboolean
check_config (const EpnsLocalConfig *config, GError **error)
{
  int latents = config->latent != EPNS_LOCAL_LATENT_NONE; /* at least one number, if any */

  if (config->window % 2 != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "window is %" G_GSIZE_FORMAT "; set it to an even number", config->window);
    return FALSE;
  }
  if (!epns_local_grid_knows (config->passes)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "passes is %u; set it to 12 or 20",
                 config->passes);
    return FALSE;
  }
  if (config->decoder == EPNS_LOCAL_DECODER_SITES && config->wide_passes > 0) {
    g_set_error_literal (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                         "wide-passes go with the decoder of windows; give the decoder of sites a "
                         "wider window instead");
    return FALSE;
  }
  return check_range ("window", (double) config->window, 4, 128, error)
         && check_range ("wide-passes", config->wide_passes, 0, config->passes, error)
         && check_first_window (config, error)
         && check_range ("reach", (double) config->reach,
                         config->decoder == EPNS_LOCAL_DECODER_SITES, 15, error)
         && check_range ("latent-size", (double) config->latent_size, latents, 64, error)
         && check_range ("the number of cell types, medium included,", (double) config->n_types, 2,
                         256, error)
         && check_range ("target-volume", config->target_volume, 1, 1e6, error)
         && check_range ("early-temperature", config->early_temperature, 0.01, 100, error)
         && check_range ("early-passes", config->early_passes, 0, config->passes, error)
         && check_range ("temperature", config->temperature, 0.01, 100, error)
         && check_range ("redraw-sweeps", config->redraw_sweeps, 0, 1000, error)
         && check_range ("volume-lean", config->volume_lean, 0, 10, error)
         && check_range ("least-chance", config->least_chance, 0, 0.01, error)
         && check_range ("attempts", config->attempts, 0, 100, error);
}

EpnsLocal *
epns_local_new (const EpnsLocalConfig *config, const EpnsSafetensors *weights, GError **error)
{
  if (!check_config (config, error))
    return NULL;
  EpnsLocalNetwork *network = epns_local_network_new (config, weights, error);
  if (network == NULL)
    return NULL;

  EpnsLocal *self = g_new0 (EpnsLocal, 1);
  self->config = *config;
  self->network = network;
  return self;
}

void
epns_local_free (EpnsLocal *self)
{
  if (self == NULL)
    return;
  epns_local_network_free (self->network);
  g_free (self);
}

const EpnsLocalConfig *
epns_local_config (const EpnsLocal *self)
{
  return &self->config;
}

EpnsLocalScratch *
epns_local_scratch_new (const EpnsLocal *self, const epns_host *host)
{
  EpnsLocalScratch *scratch = g_new0 (EpnsLocalScratch, 1);

  scratch->model = self;
  scratch->ctx = epns_context_new (host);
  scratch->board = epns_local_board_new (&self->config);
  if (self->config.decoder == EPNS_LOCAL_DECODER_SITES)
    scratch->sampler = epns_local_sampler_new (self->network);
  return scratch;
}

void
epns_local_scratch_free (EpnsLocalScratch *scratch)
{
  if (scratch == NULL)
    return;
  epns_local_sampler_free (scratch->sampler);
  epns_local_board_free (scratch->board);
  epns_context_free (scratch->ctx);
  g_free (scratch);
}

/* --- Drawing, with the decoder of windows --- */

typedef struct {
  EpnsLocalBoard *board;
  const EpnsLocalChoice *choice;
  guint pass;  /* its sites are drawn */
  gsize slots; /* bids for one site, at most */
  gint *broken; /* set where a bid is not finite */
} DrawJob;

/* Of the medium's and the covering cells' bids. bids: [slots], memory. */
static gint32
draw_site (const DrawJob *job, gsize site, float *bids)
{
  const EpnsLocalWindows *w = job->board->windows;
  const EpnsLocalPass *pass = &job->board->pass;
  const guint32 first = w->start[site], n = w->start[site + 1] - first;

  bids[0] = pass->medium->data[site];
  for (guint32 i = 0; i < n; i++)
    bids[i + 1] = pass->logits->data[w->covering[first + i]];
  const gssize drawn = epns_local_choose (job->choice, site, n + 1, bids);
  if (drawn < 0)
    g_atomic_int_set (job->broken, TRUE);
  return drawn <= 0 ? EPNS_LOCAL_MEDIUM
                    : (gint32) (w->covering[first + drawn - 1] / (w->window * w->window));
}

static void
draw_row (void *arg, gsize y, void *scratch)
{
  const DrawJob *job = arg;
  EpnsLocalBoard *board = job->board;
  gsize width = board->windows->width;

  for (gsize s = y * width; s < (y + 1) * width; s++)
    if (board->pass_of_site[s] == job->pass)
      board->drawn[s] = draw_site (job, s, scratch);
}

static gboolean
draw_from_windows (EpnsLocalScratch *scratch, const EpnsLocalChoice *choice, guint pass)
{
  EpnsLocalBoard *board = scratch->board;
  gint broken = FALSE;
  DrawJob job = { .board = board, .choice = choice, .pass = pass, .broken = &broken };

  epns_local_board_evaluate (board, scratch->model->network, scratch->ctx, pass);
  const EpnsLocalWindows *w = board->windows;
  job.slots = epns_local_windows_most (w, 1) + 1;
  epns_context_each (scratch->ctx, w->height, 100.0 * (double) w->width,
                     job.slots * sizeof (float), draw_row, &job);
  return !broken;
}

/* --- Drawing --- */

static void
lay (EpnsLocalScratch *scratch, const EpnsLocalGrid *grid, guint forgotten)
{
  epns_local_board_lay (scratch->board, grid);
  if (scratch->sampler != NULL)
    epns_local_sampler_forget (scratch->sampler, forgotten);
  else
    epns_local_board_forget (scratch->board, forgotten);
}

static gboolean
draw_pass (EpnsLocalScratch *scratch, const EpnsLocalChoice *choice, guint pass, GError **error)
{
  if (scratch->sampler != NULL
          ? epns_local_sampler_draw (scratch->sampler, scratch->ctx, pass, choice)
          : draw_from_windows (scratch, choice, pass))
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
               "the network's logits are not finite; its weights are broken or this state is far "
               "from its training");
  return FALSE;
}

/* Draw all sites once, and sweep. Random numbers are those of attempt `attempt`. */
static gboolean
draw_all (EpnsLocalScratch *scratch, const EpnsDrawKey *key, const EpnsLocalGrid *grid,
          guint attempt, GError **error)
{
  const EpnsLocalConfig *config = &scratch->model->config;
  EpnsLocalChoice choice = { .key = key,
                             .evaluation = attempt * (config->passes + config->redraw_sweeps) };

  lay (scratch, grid, 0);
  for (guint k = 0; k < config->passes; k++, choice.evaluation++) {
    choice.temperature = k < config->early_passes ? config->early_temperature : config->temperature;
    if (!draw_pass (scratch, &choice, k, error))
      return FALSE;
  }
  choice.temperature = config->temperature;
  for (guint i = 0; i < config->redraw_sweeps; i++, choice.evaluation++) {
    const EpnsLocalGrid sweep = epns_local_grid_sweep (grid, i);
    lay (scratch, &sweep, config->passes - 1);
    if (!draw_pass (scratch, &choice, config->passes - 1, error))
      return FALSE;
  }
  return TRUE;
}

/* Would a cell that is there have fewer sites than that? */
static gboolean
loses_a_cell (const EpnsLocalBoard *board, guint least)
{
  const EpnsLocalWindows *w = board->windows;
  gboolean lost = FALSE;

  memset (board->count, 0, w->n_cells * sizeof *board->count);
  for (gsize s = 0; s < w->height * w->width; s++)
    if (board->drawn[s] >= 0)
      board->count[board->drawn[s]]++;
  for (gsize c = 0; c < w->n_cells; c++)
    lost |= board->count[c] < (gint32) least;
  return lost;
}

gboolean
epns_local_step (EpnsLocalScratch *scratch, EpnsLocalState *state, const EpnsDrawKey *key,
                 GError **error)
{
  const EpnsLocalConfig *config = &scratch->model->config;
  EpnsLocalBoard *board = scratch->board;
  guint attempt = 0;

  epns_context_set_half (scratch->ctx, state->half);
  if (!epns_local_board_set (board, state, error))
    return FALSE;
  epns_local_board_draw_latents (board, scratch->model->network, scratch->ctx, key);
  if (scratch->sampler != NULL)
    epns_local_sampler_encode (scratch->sampler, scratch->ctx, board);
  EpnsLocalGrid grid = epns_local_grid_draw (key, config->passes);
  do
    if (!draw_all (scratch, key, &grid, attempt, error))
      return FALSE;
  while (++attempt < config->attempts && loses_a_cell (board, MAX (config->least_volume, 1)));
  for (gsize s = 0; s < state->height * state->width; s++)
    state->id[s] = board->drawn[s] == EPNS_LOCAL_MEDIUM ? 0
                                                        : board->windows->cells[board->drawn[s]].id;
  return TRUE;
}

gboolean
epns_local_law (EpnsLocalScratch *scratch, const EpnsLocalState *state, const gint32 *next,
                const guint32 grid[3], guint pass, EpnsLocalLaw *law, GError **error)
{
  const EpnsLocalConfig *config = &scratch->model->config;
  EpnsLocalGrid lay = {
    .passes = config->passes, .shift_y = grid[0], .shift_x = grid[1], .turn = grid[2]
  };
  EpnsLocalBoard *board = scratch->board;

  epns_context_set_half (scratch->ctx, state->half);
  if (!check_range ("pass", pass, 0, config->passes - 1, error)
      || !epns_local_board_set (board, state, error))
    return FALSE;
  epns_local_board_draw_latents (board, scratch->model->network, scratch->ctx, NULL);
  epns_local_board_lay (board, &lay);
  epns_local_board_reveal (board, next);
  epns_local_board_forget (board, pass);
  epns_local_board_evaluate (board, scratch->model->network, scratch->ctx, pass);
  epns_local_pass_normalise (scratch->ctx, &board->pass);
  *law = (EpnsLocalLaw){
    .n_cells = board->windows->n_cells,
    .window = board->windows->window,
    .logits = board->pass.logits != NULL ? board->pass.logits->data : NULL,
    .medium = board->pass.medium->data,
    .log_normaliser = board->pass.log_normaliser->data,
  };
  return TRUE;
}
