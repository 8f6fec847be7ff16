/* SPDX-License-Identifier: MIT */
/* The local network's forward pass with the decoder of windows: lattice part, cell part, volume
 * head. Recorded, it can be trained. */
#include "models/epns/local-ops.h"
#include "models/epns/local-trunk.h"

#define LIMIT 30.0f /* logits are within +-30 after the volume head */
#define EXPECTED_SCALE 3.0f

/* *logits += a - b u, where u says how far the expected volume is from the target. */
static void
volume_head (const EpnsLocalNetwork *self, EpnsContext *ctx, const EpnsLocalPass *pass,
             EpnsTensor **logits)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 n = (gint64) w->n_cells, kinds = self->volume_in.weight->shape[1] - 3;
  g_autoptr (EpnsTensor) types = epns_tensor_new (ctx, EPNS_SHAPE (n, kinds));
  g_autoptr (EpnsTensor) volume = epns_tensor_new (ctx, EPNS_SHAPE (n, 1));

  for (gsize c = 0; c < w->n_cells; c++) {
    epns_local_what (self, pass, c, types->data + (gint64) c * kinds);
    volume->data[c] = epns_local_scaled_volume (self, &w->cells[c]);
  }
  g_autoptr (EpnsTensor) u = epns_local_expected_volume (ctx, pass, *logits, pass->log_normaliser);
  epns_tensor_set (&u, epns_affine (ctx, u, 1 / EXPECTED_SCALE,
                                    -(float) self->config.target_volume / EXPECTED_SCALE));
  g_autoptr (EpnsTensor) squared = epns_mul (ctx, u, u);
  g_autoptr (EpnsTensor) ab = epns_concat_of (ctx, 1, types, u, squared, volume);
  epns_tensor_set (&ab, epns_local_linear (ctx, ab, &self->volume_in, EPNS_RELU));
  epns_tensor_set (&ab, epns_local_linear (ctx, ab, &self->volume_out, EPNS_LINEAR));

  g_autoptr (EpnsTensor) lean = epns_slice (ctx, ab, 1, 0, 1);
  g_autoptr (EpnsTensor) slope = epns_slice (ctx, ab, 1, 1, 1);
  epns_tensor_set (&slope, epns_mul (ctx, slope, u));
  epns_tensor_set (&lean, epns_sub (ctx, lean, slope));
  epns_tensor_set (&lean, epns_reshape (ctx, lean, EPNS_SHAPE (n, 1, 1)));
  epns_tensor_set (logits, epns_add (ctx, *logits, lean));
  epns_tensor_set (logits, epns_clip (ctx, *logits, -LIMIT, LIMIT));
}

void
epns_local_network_evaluate (const EpnsLocalNetwork *self, EpnsContext *ctx, EpnsLocalPass *pass)
{
  const EpnsLocalWindows *w = pass->windows;
  gint64 n = (gint64) w->n_cells, side = (gint64) w->window;

  epns_local_pass_clear (pass);
  g_autoptr (EpnsTensor) lattice = epns_local_lattice_trunk (self, ctx, pass, &pass->medium);
  epns_local_medium_last (self, ctx, &pass->medium);
  epns_local_squash (ctx, &pass->medium, EPNS_LOCAL_BOUND);
  epns_tensor_set (
      &pass->medium,
      epns_reshape (ctx, pass->medium, EPNS_SHAPE ((gint64) w->height, (gint64) w->width)));
  if (n > 0) {
    pass->logits = epns_local_cell_trunk (self, ctx, pass, lattice, NULL);
    epns_local_add_stay (self, ctx, w, &pass->logits);
    epns_local_squash (ctx, &pass->logits, EPNS_LOCAL_BOUND);
    epns_tensor_set (&pass->logits, epns_reshape (ctx, pass->logits, EPNS_SHAPE (n, side, side)));
  }
  pass->log_normaliser = epns_local_normaliser (ctx, w, pass->medium, pass->logits);
  if (n == 0)
    return;
  volume_head (self, ctx, pass, &pass->logits);
  epns_tensor_set (&pass->log_normaliser,
                   epns_local_normaliser (ctx, w, pass->medium, pass->logits));
}

void
epns_local_pass_clear (EpnsLocalPass *pass)
{
  epns_tensor_set (&pass->logits, NULL);
  epns_tensor_set (&pass->medium, NULL);
  epns_tensor_set (&pass->log_normaliser, NULL);
}
