/* SPDX-License-Identifier: MIT */
/* The weights of the local network, and its forward pass: what each cell and the medium bid for
 * each site.
 *
 * Lattice part: relational features -> conv 3, residual conv 3, conv 3 (what the cells crop); a
 * conv 3 and a 1 x 1 give the medium's logit. Cell part, on windows: conv 5 of the own masks and
 * coordinates plus the crop, FiLM (Perez et al., AAAI 2018) by type, volume, volume drawn, pass and
 * latents, a U-Net of two scales with a network on the coarse mean, then 14 tanh (l / 14). Volume
 * head: with u = (volume drawn + expected volume of undrawn sites - target) / 3, l += a - b u where
 * (a, b) is a perceptron's answer to (type, pass, u, u^2, volume). */
#pragma once
#include "models/epns/local-grid.h"
#include "models/epns/local-inputs.h"
#include "models/epns/local-windows.h"
#include "models/nn/ops.h"

#define EPNS_LOCAL_UNDRAWN (-2) /* in place of a cell's index */

typedef struct _EpnsLocalNetwork EpnsLocalNetwork;

/* From a weights file. Errors as epns_local_new(). [any] */
EpnsLocalNetwork *epns_local_network_new (const EpnsLocalConfig *config,
                                          const EpnsSafetensors *weights, GError **error);
void epns_local_network_free (EpnsLocalNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLocalNetwork, epns_local_network_free)

typedef struct { /* channels of the lattice part, of a window, of the perceptrons; each 1 to 4096 */
  gsize trunk, width, film_hidden;
  gsize volume_hidden; /* decoder of windows */
  gsize site_hidden;   /* decoder of sites: a multiple of EPNS_LOCAL_SITE_HIDDEN_STEP */
} EpnsLocalWidths;

#define EPNS_LOCAL_SITE_HIDDEN_STEP 16
#define EPNS_LOCAL_MOMENTS 8 /* what a bidder knows of a cell beside type and pass */

/* A new network, with weights drawn by place from `seed`. [any] */
EpnsLocalNetwork *epns_local_network_draw (const EpnsLocalConfig *config,
                                           const EpnsLocalWidths *widths, guint64 seed);

/* The same weights in the same memory, with gradients of its own: for one thread that trains them.
 * It may outlive self. [any] */
EpnsLocalNetwork *epns_local_network_worker (EpnsLocalNetwork *self);

const EpnsLocalConfig *epns_local_network_config (const EpnsLocalNetwork *self); /* [any] */

/* All weights, in an order that never changes. Names: free with g_free(). [any] */
gsize epns_local_network_n_parameters (const EpnsLocalNetwork *self);
EpnsTensor *epns_local_network_parameter (EpnsLocalNetwork *self, gsize i);
char *epns_local_network_parameter_name (const EpnsLocalNetwork *self, gsize i);

typedef struct { /* one evaluation */
  const EpnsLocalWindows *windows;
  guint pass;
  /* Of the decoder of sites: the pass of every site, [height, width], and the first pass that is
   * not evaluated, > pass. */
  const guint8 *pass_of_site;
  guint end;
  const float *inputs; /* as of EpnsLocalState */
  float volume_lean; /* how much u lowers bids beyond what was learned; 0 while training */
  const gint32
      *drawn; /* [height, width] index of the next owner, EPNS_LOCAL_MEDIUM or EPNS_LOCAL_UNDRAWN */
  const gint32 *count; /* [n_cells] sites drawn for each cell */
  EpnsTensor *latent;  /* [n_cells, latent size]; NULL where the network has none */
  /* out; the holder's until epns_local_pass_clear() */
  EpnsTensor *logits; /* [n_cells, window, window], of no meaning beyond a wall; NULL where there is
                         no cell */
  EpnsTensor *medium; /* [height, width] */
  EpnsTensor *log_normaliser; /* [height, width] */
} EpnsLocalPass;

/* What the pass held is let go. While ctx records, everything can be differentiated; *pass and what
 * it points to must then live until backward. [run] of ctx; the network itself is shared. */
void epns_local_network_evaluate (const EpnsLocalNetwork *self, EpnsContext *ctx,
                                  EpnsLocalPass *pass);
void epns_local_pass_clear (EpnsLocalPass *pass);

/* Inputs (local-features.c). The decoder of sites encodes x alone: what is said of x' is left out.
 * Sizes of their first axis or row: */
static inline gint64
epns_local_lattice_channels (const EpnsLocalConfig *config)
{
  gint64 types = (gint64) config->n_types, inputs = (gint64) epns_local_n_inputs (config);

  return inputs
         + (config->decoder == EPNS_LOCAL_DECODER_SITES ? types + 6
                                                        : 2 * types + 12 + (gint64) config->passes);
}

static inline gint64
epns_local_cell_channels (const EpnsLocalConfig *config)
{
  return config->decoder == EPNS_LOCAL_DECODER_SITES ? 4 : 5;
}

#define EPNS_LOCAL_VOLUME_SCALE 5.0f

/* features: [1, epns_local_lattice_channels (), height, width]. */
void epns_local_lattice_features (const EpnsLocalConfig *config, EpnsContext *ctx,
                                  const EpnsLocalPass *pass, EpnsTensor *features);
/* maps: [n, epns_local_cell_channels (), window, window] of cells first .. first + n - 1: own mask,
 * own mask drawn, dy, dx, dy^2 + dx^2 from what the window is centred on, in halves of
 * config->window. */
void epns_local_cell_features (const EpnsLocalConfig *config, EpnsContext *ctx,
                               const EpnsLocalPass *pass, gsize first, EpnsTensor *maps);
