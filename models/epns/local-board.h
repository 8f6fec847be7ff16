/* SPDX-License-Identifier: MIT */
/* A state under way: whose sites have been drawn and what the network makes of it. What stepping,
 * likelihoods and training share. Grows to what its largest state needs. All functions [run]. */
#pragma once
#include "models/epns/local-sites.h"

typedef struct {
  EpnsLocalConfig config;
  EpnsLocalWindows *windows; /* of the state that is left, as the latest evaluation centred them */
  gint32
      *drawn; /* [height, width] index of the next owner, EPNS_LOCAL_MEDIUM or EPNS_LOCAL_UNDRAWN */
  gint32 *count;        /* [n_cells] sites drawn for each cell, at the latest evaluation */
  guint8 *pass_of_site; /* [height, width] */
  float *inputs;        /* of the state; NULL where the network is told nothing */
  EpnsTensor *latent;   /* [n_cells, latent size], the board's; NULL after a state was taken */
  EpnsLocalPass pass;   /* the latest evaluation */
  EpnsLocalEncoding encoding; /* of the state; only with the decoder of sites */
  EpnsTensor *held; /* stands for what encodings expect, see epns_local_trainable_hold(); or NULL */
  gsize sites, cells;         /* what there is room for */
} EpnsLocalBoard;

/* config: copied. */
EpnsLocalBoard *epns_local_board_new (const EpnsLocalConfig *config);
void epns_local_board_free (EpnsLocalBoard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EpnsLocalBoard, epns_local_board_free)

/* Take a state: its cells are found and have windows for the first pass, `drawn` and `pass_of_site`
 * have room and are not initialised. Errors as epns_local_windows_find(). */
gboolean epns_local_board_set (EpnsLocalBoard *self, const EpnsLocalState *state, GError **error);

/* Draw the cells' latents from their prior, or with key NULL take its means; nothing where the
 * network has none. For windows as epns_local_board_set() leaves them. */
void epns_local_board_draw_latents (EpnsLocalBoard *self, const EpnsLocalNetwork *network,
                                    EpnsContext *ctx, const EpnsDrawKey *key);

/* The pass of every site. */
void epns_local_board_lay (EpnsLocalBoard *self, const EpnsLocalGrid *grid);

/* Draw all sites as `next` has them: [height, width] of 0 and ids of cells that are on the board.
 */
void epns_local_board_reveal (EpnsLocalBoard *self, const gint32 *next);

/* Sites of passes from `pass` on are undrawn again. */
void epns_local_board_forget (EpnsLocalBoard *self, guint pass);

/* Make self->pass that of passes first to end - 1 of what is on the board; nothing is evaluated. */
void epns_local_board_set_pass (EpnsLocalBoard *self, guint first, guint end);

/* Bids for all sites, or with the decoder of sites for those of the pass, given those drawn:
 * self->pass. Where some passes are wide, the windows are centred anew. What was recorded needs the
 * board as it is until backward. */
void epns_local_board_evaluate (EpnsLocalBoard *self, const EpnsLocalNetwork *network,
                                EpnsContext *ctx, guint pass);

/* With the decoder of sites: of all passes at once, each site given those of earlier passes. */
void epns_local_board_evaluate_all (EpnsLocalBoard *self, const EpnsLocalNetwork *network,
                                    EpnsContext *ctx);
