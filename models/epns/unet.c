/* SPDX-License-Identifier: MIT */
/* The U-Net inside a set layer. */
#include "models/epns/unet.h"

#define WIDEST 1024

static EpnsUnetBlock
load_block (EpnsWeights *weights, gsize out, gsize in, gsize kernel, const char *prefix,
            const char *part, guint i)
{
  g_autofree char *conv1 = g_strdup_printf ("%s.%s.%u.conv1", prefix, part, i);
  g_autofree char *conv2 = g_strdup_printf ("%s.%s.%u.conv2", prefix, part, i);
  EpnsAffine first = epns_weights_conv (weights, out, in, kernel, conv1);

  return (EpnsUnetBlock){ first, epns_weights_conv (weights, out, out, kernel, conv2) };
}

void
epns_unet_load (EpnsUnet *self, EpnsWeights *weights, guint levels, gsize width, gsize kernel,
                const char *prefix)
{
  g_autofree gsize *widths = g_new (gsize, levels);

  *self = (EpnsUnet){ .levels = levels,
                      .down = g_new (EpnsUnetBlock, levels),
                      .up = g_new (EpnsAffine, levels),
                      .merge = g_new (EpnsUnetBlock, levels) };
  for (guint i = 0; i < levels; i++) {
    widths[i] = i == 0 ? width : widths[i - 1] < WIDEST ? 2 * widths[i - 1] : widths[i - 1];
    self->down[i] = load_block (weights, widths[i], i ? widths[i - 1] : width, kernel, prefix,
                                "encoder.enc_blocks", i);
  }
  for (guint j = 0; j + 1 < levels; j++) { /* from the lowest level up */
    gsize below = widths[levels - 1 - j], here = widths[levels - 2 - j];
    g_autofree char *up = g_strdup_printf ("%s.decoder.upconvs.%u", prefix, j);

    self->up[j] = epns_weights_conv_transpose (weights, below, here, kernel, up);
    self->merge[j] = load_block (weights, here, 2 * here, kernel, prefix, "decoder.dec_blocks", j);
  }
}

void
epns_unet_clear (EpnsUnet *self)
{
  g_clear_pointer (&self->down, g_free);
  g_clear_pointer (&self->up, g_free);
  g_clear_pointer (&self->merge, g_free);
}

static EpnsTensor *
apply_block (const EpnsUnetBlock *block, const EpnsPass *pass, EpnsTensor *x)
{
  g_autoptr (EpnsTensor) middle = epns_pass_same (pass, x, block->conv1, EPNS_RELU);

  return epns_pass_same (pass, middle, block->conv2, EPNS_RELU);
}

static EpnsTensor *
merge_skip (const EpnsUnetBlock *block, const EpnsPass *pass, EpnsTensor *y, EpnsTensor *skip)
{
  g_autoptr (EpnsTensor) fitted = epns_fit2d (pass->ctx, skip, y->shape[2], y->shape[3]);
  g_autoptr (EpnsTensor) both = epns_concat_of (pass->ctx, 1, y, fitted);

  g_clear_pointer (&fitted, epns_tensor_unref);
  return apply_block (block, pass, both);
}

EpnsTensor *
epns_unet_apply (const EpnsUnet *self, const EpnsPass *pass, EpnsTensor *x, gsize first,
                 const char *name)
{
  g_autoptr (GPtrArray) skips = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_tensor_unref);
  g_autoptr (EpnsTensor) y = epns_tensor_ref (x);

  for (guint i = 0; i < self->levels; i++) {
    if (i > 0)
      epns_tensor_set (&y, epns_maxpool2x2 (pass->ctx, y));
    epns_tensor_set (&y, apply_block (&self->down[i], pass, y));
    epns_pass_saw (pass, y, first, "%s.unet.enc%u", name, i);
    if (i + 1 < self->levels)
      g_ptr_array_add (skips, epns_tensor_ref (y));
  }
  for (guint j = 0; j + 1 < self->levels; j++) {
    g_autoptr (EpnsTensor) skip = g_ptr_array_steal_index (skips, skips->len - 1);

    epns_tensor_set (&y, epns_pass_unpatch (pass, y, self->up[j], 2));
    epns_pass_saw (pass, y, first, "%s.unet.up%u", name, j);
    epns_tensor_set (&y, merge_skip (&self->merge[j], pass, y, skip));
    epns_pass_saw (pass, y, first, "%s.unet.dec%u", name, j);
  }
  return epns_fit2d (pass->ctx, y, x->shape[2], x->shape[3]);
}

gsize
epns_unet_smallest (guint levels)
{
  return (gsize) 2 << (levels - 1);
}
