/* SPDX-License-Identifier: MIT */
/* One step of the local network: draw the sites pass by pass, then redraw them in sweeps. */
#include "models/epns/local.h"
#include "models/epns/local-network.h"
#include "plugin/error.h"

#include <math.h>
#include <string.h>

struct _EpnsLocal {
  EpnsLocalConfig config;
  EpnsLocalNetwork *network;
};

struct _EpnsLocalScratch {
  const EpnsLocal *model;
  EpnsContext *ctx;
  EpnsLocalWindows *windows;
  gint32 *drawn, *count;
  guint8 *pass_of_site;
  float *logits, *medium, *log_normaliser;
  gsize cells, sites; /* what there is room for */
};

static gboolean
check_range (const char *name, double value, double minimum, double maximum, GError **error)
{
  if (value >= minimum && value <= maximum)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "%s is %g; set it to a value from %g to %g", name, value,
               minimum, maximum);
  return FALSE;
}

static gboolean
check_config (const EpnsLocalConfig *config, GError **error)
{
  if (config->window % 2 != 0) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "window is %" G_GSIZE_FORMAT "; set it to an even number",
                 config->window);
    return FALSE;
  }
  return check_range ("window", (double) config->window, 4, 128, error)
         && check_range ("the number of cell types, medium included,", (double) config->n_types, 2, 256, error)
         && check_range ("target-volume", config->target_volume, 1, 1e6, error)
         && check_range ("early-temperature", config->early_temperature, 0.01, 100, error)
         && check_range ("early-passes", config->early_passes, 0, EPNS_LOCAL_PASSES, error)
         && check_range ("temperature", config->temperature, 0.01, 100, error)
         && check_range ("redraw-sweeps", config->redraw_sweeps, 0, 1000, error);
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
  scratch->windows = epns_local_windows_new (self->config.window);
  return scratch;
}

void
epns_local_scratch_free (EpnsLocalScratch *scratch)
{
  if (scratch == NULL)
    return;
  epns_local_windows_free (scratch->windows);
  epns_context_free (scratch->ctx);
  g_free (scratch->drawn);
  g_free (scratch->count);
  g_free (scratch->pass_of_site);
  g_free (scratch->logits);
  g_free (scratch->medium);
  g_free (scratch->log_normaliser);
  g_free (scratch);
}

/* Find the windows and make room for their maps. */
static gboolean
prepare (EpnsLocalScratch *scratch, const EpnsLocalState *state, GError **error)
{
  gsize sites = state->height * state->width;
  gsize plane = scratch->windows->window * scratch->windows->window;

  if (!epns_local_windows_find (scratch->windows, state, scratch->model->config.n_types, error))
    return FALSE;
  if (sites > scratch->sites) {
    scratch->sites = sites;
    scratch->drawn = g_renew (gint32, scratch->drawn, sites);
    scratch->pass_of_site = g_renew (guint8, scratch->pass_of_site, sites);
    scratch->medium = g_renew (float, scratch->medium, sites);
    scratch->log_normaliser = g_renew (float, scratch->log_normaliser, sites);
  }
  if (scratch->count == NULL || scratch->windows->n_cells > scratch->cells) {
    scratch->cells = MAX (scratch->windows->n_cells, 1);
    scratch->count = g_renew (gint32, scratch->count, scratch->cells);
    scratch->logits = g_renew (float, scratch->logits, scratch->cells * plane);
  }
  return TRUE;
}

static void
lay_grid (EpnsLocalScratch *scratch, const EpnsLocalGrid *grid)
{
  const EpnsLocalWindows *w = scratch->windows;

  for (gsize y = 0; y < w->height; y++)
    for (gsize x = 0; x < w->width; x++)
      scratch->pass_of_site[y * w->width + x] = (guint8) epns_local_grid_pass (grid, y, x);
}

/* Bids for all sites given those drawn. */
static void
evaluate (EpnsLocalScratch *scratch, guint number)
{
  const EpnsLocalWindows *w = scratch->windows;
  EpnsLocalPass pass = {
    .windows = w, .pass = number, .drawn = scratch->drawn, .count = scratch->count,
    .logits = scratch->logits, .medium = scratch->medium, .log_normaliser = scratch->log_normaliser,
  };

  memset (scratch->count, 0, w->n_cells * sizeof *scratch->count);
  for (gsize s = 0; s < w->height * w->width; s++)
    if (scratch->drawn[s] >= 0)
      scratch->count[scratch->drawn[s]]++;
  epns_local_network_evaluate (scratch->model->network, scratch->ctx, &pass);
}

typedef struct {
  EpnsLocalScratch *scratch;
  const EpnsDrawKey *key;
  guint pass;         /* its sites are drawn */
  guint evaluation;   /* counts passes and sweeps of the step */
  double temperature;
} DrawJob;

/* Owner of a site from the medium's and the covering cells' bids, by inversion of the cumulative weights. */
static gint32
draw_site (const DrawJob *job, gsize site)
{
  const EpnsLocalScratch *scratch = job->scratch;
  const EpnsLocalWindows *w = scratch->windows;
  const guint32 *first = w->covering + w->start[site], *end = w->covering + w->start[site + 1];
  gsize plane = w->window * w->window;
  double largest = (double) scratch->medium[site], total, below;

  for (const guint32 *p = first; p < end; p++)
    largest = MAX (largest, (double) scratch->logits[*p]);
  total = below = exp (((double) scratch->medium[site] - largest) / job->temperature);
  for (const guint32 *p = first; p < end; p++)
    total += exp (((double) scratch->logits[*p] - largest) / job->temperature);

  double u = total * epns_random_uniform (job->key, EPNS_LOCAL_DRAW_SITE, (guint64) job->evaluation << 32 | site);
  gint32 owner = EPNS_LOCAL_MEDIUM;
  for (const guint32 *p = first; p < end && u >= below; p++) {
    owner = (gint32) (*p / plane);
    below += exp (((double) scratch->logits[*p] - largest) / job->temperature);
  }
  return owner;
}

static void
draw_row (void *arg, gsize y, void *unused)
{
  const DrawJob *job = arg;
  gsize width = job->scratch->windows->width;

  (void) unused;
  for (gsize s = y * width; s < (y + 1) * width; s++)
    if (job->scratch->pass_of_site[s] == job->pass)
      job->scratch->drawn[s] = draw_site (job, s);
}

static void
draw_pass (EpnsLocalScratch *scratch, const EpnsDrawKey *key, guint pass, guint evaluation, double temperature)
{
  DrawJob job = {
    .scratch = scratch, .key = key, .pass = pass, .evaluation = evaluation, .temperature = temperature,
  };

  evaluate (scratch, pass);
  epns_context_each (scratch->ctx, scratch->windows->height, 100.0 * (double) scratch->windows->width, 0, draw_row,
                     &job);
}

static void
forget (EpnsLocalScratch *scratch, guint from_pass)
{
  for (gsize s = 0; s < scratch->windows->height * scratch->windows->width; s++)
    if (scratch->pass_of_site[s] >= from_pass)
      scratch->drawn[s] = EPNS_LOCAL_UNDRAWN;
}

/* Weights that are not finite show at every site. */
static gboolean
check_finite (const EpnsLocalScratch *scratch, GError **error)
{
  for (gsize s = 0; s < scratch->windows->height * scratch->windows->width; s++)
    if (!isfinite (scratch->log_normaliser[s])) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                   "the network's logits are not finite; its weights are broken or this state is far from its training");
      return FALSE;
    }
  return TRUE;
}

gboolean
epns_local_step (EpnsLocalScratch *scratch, EpnsLocalState *state, const EpnsDrawKey *key, GError **error)
{
  const EpnsLocalConfig *config = &scratch->model->config;

  if (!prepare (scratch, state, error))
    return FALSE;
  EpnsLocalGrid grid = epns_local_grid_draw (key);
  lay_grid (scratch, &grid);
  forget (scratch, 0);
  for (guint k = 0; k < EPNS_LOCAL_PASSES; k++)
    draw_pass (scratch, key, k, k, k < config->early_passes ? config->early_temperature : config->temperature);
  for (guint i = 0; i < config->redraw_sweeps; i++) {
    EpnsLocalGrid sweep = epns_local_grid_sweep (&grid, i);
    lay_grid (scratch, &sweep);
    forget (scratch, EPNS_LOCAL_PASSES - 1);
    draw_pass (scratch, key, EPNS_LOCAL_PASSES - 1, EPNS_LOCAL_PASSES + i, config->temperature);
  }
  if (!check_finite (scratch, error))
    return FALSE;
  for (gsize s = 0; s < state->height * state->width; s++)
    state->id[s] = scratch->drawn[s] == EPNS_LOCAL_MEDIUM ? 0 : scratch->windows->cells[scratch->drawn[s]].id;
  return TRUE;
}

/* The index of a cell by its id; the cells are in ascending order of ids. */
static gint32
find_cell (const EpnsLocalWindows *w, gint32 id)
{
  gsize low = 0, high = w->n_cells;

  while (low < high) {
    gsize middle = (low + high) / 2;
    if (w->cells[middle].id < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low < w->n_cells && w->cells[low].id == id ? (gint32) low : EPNS_LOCAL_MEDIUM;
}

gboolean
epns_local_law (EpnsLocalScratch *scratch, const EpnsLocalState *state, const gint32 *next, const guint32 grid[3],
                guint pass, EpnsLocalLaw *law, GError **error)
{
  EpnsLocalGrid lay = { .shift_y = grid[0], .shift_x = grid[1], .turn = grid[2] };

  if (!check_range ("pass", pass, 0, EPNS_LOCAL_PASSES - 1, error) || !prepare (scratch, state, error))
    return FALSE;
  for (gsize s = 0; s < state->height * state->width; s++)
    scratch->drawn[s] = find_cell (scratch->windows, next[s]);
  lay_grid (scratch, &lay);
  forget (scratch, pass);
  evaluate (scratch, pass);
  *law = (EpnsLocalLaw) {
    .n_cells = scratch->windows->n_cells, .logits = scratch->logits, .medium = scratch->medium,
    .log_normaliser = scratch->log_normaliser,
  };
  return TRUE;
}
