/* SPDX-License-Identifier: MIT */
/* The local form of the lattice network: every cell sees a window, sites are drawn in passes.
 *
 * Published (models/epns/lattice.h): a feature map of the whole lattice for every cell; sites
 * independent given the latents. Here p(x' | x) is a product over passes of the
 * categorical laws of the sites of pass k, each over {medium} + {cells whose window covers the
 * site}, given x and the sites drawn in earlier passes: log p(x'_s = c) = l_c(s) - log (exp l_0(s)
 * + sum over covering cells b of exp l_b(s)). The logits come from a convolutional net on the
 * lattice (relational features only, so that numbering the cells otherwise permutes the outputs)
 * and a small U-Net on each cell's window, and lean on the volume that the cell would get (its
 * volume head). With latents, p (x' | x) is the mean over z ~ p (z | x) of such a law given z,
 * which modulates what each cell bids. After the passes, sweeps redraw the sites, one in eight at a
 * time, from the last pass's law. Cost linear in cells and sites. Cells are neither born nor
 * revived; one whose sites are all taken is gone.
 *
 * That is the decoder of windows. The decoder of sites encodes x alone, on the same windows, once a
 * step; at every site that is drawn, a perceptron of the cell's encoding there, the sites drawn
 * nearby, and where the cell's drawn sites lie as a whole gives the bid (local-sites.h). A step
 * then costs little more than one evaluation.
 *
 * While a step is drawn, a cell or the medium whose encoding alone gives it less than least_chance
 * of a site does not bid there (local-candidates.h), and a site with one bidder needs no drawing.
 * Laws and training know of all bids.
 *
 * A cell's window is centred on its centre of mass in x. In a long step cells leave such windows.
 * Then wide_passes K > 0: passes k < K have windows of first_window sites around that centre, and
 * from pass K on, sweeps included, a cell's window of `window` sites is centred anew at every
 * evaluation, on the centre of mass of the sites drawn for it so far, sum of s over them / their
 * number (where there are none: as in x). The weights are the same ones for both extents; maps of
 * coordinates count from the window's centre, in units of window / 2. */
#pragma once
#include "models/nn/safetensors.h"
#include "plugin/epns_step.h"
#include "plugin/random.h"
#include <glib.h>

typedef enum {
  EPNS_LOCAL_LATENT_NONE, /* all randomness is in the draws of the sites */
  EPNS_LOCAL_LATENT_CELL  /* cells draw latent variables first: local-latent.h */
} EpnsLocalLatent;

typedef enum {
  EPNS_LOCAL_DECODER_WINDOWS, /* every pass runs the network on all windows */
  EPNS_LOCAL_DECODER_SITES /* windows are encoded once, a small network bids at each drawn site */
} EpnsLocalDecoder;

typedef enum {
  EPNS_LOCAL_INPUTS_NONE,    /* one scenario's energies, learned */
  EPNS_LOCAL_INPUTS_ENERGIES /* energies and volumes are told: local-inputs.h */
} EpnsLocalInputs;

typedef struct {
  guint passes;         /* 12 or 20: local-grid.h */
  gsize window;         /* extent of a cell's window in sites, even, 4 to 128 */
  guint wide_passes;    /* 0 to passes; see above */
  gsize first_window;   /* extent in the wide passes, even, window to 128 */
  gsize n_types;        /* cell types, medium included */
  double target_volume; /* sites; volumes enter as (V - target) / 5 */
  EpnsLocalDecoder decoder;
  gsize reach; /* decoder of sites: how far, in sites, it sees what is drawn, 1 to 15 */
  EpnsLocalInputs inputs;
  EpnsLocalLatent latent;
  gsize latent_size;        /* numbers of a cell, 1 to 64; not looked at without latents */
  double early_temperature; /* the logits of the first early_passes passes are divided by it */
  guint early_passes;       /* 0 to passes */
  double temperature;       /* of the other passes and of the sweeps */
  guint redraw_sweeps;      /* each redraws 1/8 of the sites */
  double volume_lean; /* decoder of sites: bids are lowered by it times u (local-sites.h), >= 0 */
  double least_chance; /* decoder of sites: who has less of a site at first stays away; below */
  guint attempts; /* a step that would lose a cell is drawn anew, so many times in all, to 100 */
  guint least_volume; /* sites; a cell with fewer counts as lost there; 0 is 1 */
} EpnsLocalConfig;

/* The values that the shipped model was tuned with. */
#define EPNS_LOCAL_CONFIG_DEFAULT                                                                  \
  {                                                                                                \
    .passes = 12, .window = 16, .wide_passes = 0, .first_window = 16, .n_types = 3,                \
    .target_volume = 23, .decoder = EPNS_LOCAL_DECODER_WINDOWS, .reach = 5,                        \
    .inputs = EPNS_LOCAL_INPUTS_NONE, .latent = EPNS_LOCAL_LATENT_NONE, .latent_size = 8, .early_temperature = 1.1,                  \
    .early_passes = 8, .temperature = 0.88, .redraw_sweeps = 8, .volume_lean = 0, .attempts = 1    \
  }

/* Extent of the windows of the first pass. */
static inline gsize
epns_local_first_window (const EpnsLocalConfig *config)
{
  return config->wide_passes > 0 ? config->first_window : config->window;
}

/* An id lattice in two dimensions. Host memory, lent for one call. */
typedef struct {
  gint32 *id; /* [height, width], 0 = medium; ids need not be contiguous */
  gsize height, width;
  gboolean periodic[2]; /* y, x; else walls that nothing crosses */
  const gint32 *type;   /* [n_ids] by id; entry 0 is not looked at */
  gsize n_ids;          /* larger than the largest id present */
  const float *inputs;  /* [epns_local_n_inputs ()]; NULL where the network is told nothing */
  gboolean half;        /* convolutions may round to bfloat16 */
} EpnsLocalState;

/* Weights and configuration: immutable, shared by threads. */
typedef struct _EpnsLocal EpnsLocal;

/* Copies what it needs. EPNS_FAILURE_RANGE for the configuration; EPNS_FAILURE_FORMAT naming the
 * tensor that is missing or has another shape. [any] */
EpnsLocal *epns_local_new (const EpnsLocalConfig *config, const EpnsSafetensors *weights,
                           GError **error);
void epns_local_free (EpnsLocal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLocal, epns_local_free)
const EpnsLocalConfig *epns_local_config (const EpnsLocal *self); /* [model] */

/* The memory and threads of one run: grows to what its largest state needs and is then only reused.
 * host (NULL: no threads but the caller's) must outlive it, as must the model. */
typedef struct _EpnsLocalScratch EpnsLocalScratch;
EpnsLocalScratch *epns_local_scratch_new (const EpnsLocal *self,
                                          const epns_host *host); /* [model] */
void epns_local_scratch_free (EpnsLocalScratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLocalScratch, epns_local_scratch_free)

/* One learned step, in place. A draw depends on `key`, evaluation and site alone, and threads do
 * not change a bit of the outcome. FALSE, the state untouched, with EPNS_FAILURE_MISMATCH when an
 * id has no row in the type table, a cell's type is unknown to the model, or a periodic axis is
 * shorter than the widest window; with EPNS_FAILURE_RANGE when the network's answer is not finite.
 * [run] */
gboolean epns_local_step (EpnsLocalScratch *scratch, EpnsLocalState *state, const EpnsDrawKey *key,
                          GError **error);

/* The law of one pass, for tests and likelihoods: given the sites of `next` in passes before `pass`
 * on the grid (shift y, shift x, turn), and latents at their prior's means, lent until the scratch
 * is next used. `next` holds 0 and ids of cells alive in `state`. Errors as above. [run] */
typedef struct {
  gsize n_cells;
  gsize window;                /* extent of the windows of this pass */
  const float *logits;         /* [n_cells, window, window], cells by ascending id */
  const float *medium;         /* [height, width] */
  const float *log_normaliser; /* [height, width] */
} EpnsLocalLaw; /* with the decoder of sites, of meaning at the sites of the pass alone */
gboolean epns_local_law (EpnsLocalScratch *scratch, const EpnsLocalState *state, const gint32 *next,
                         const guint32 grid[3], guint pass, EpnsLocalLaw *law, GError **error);
