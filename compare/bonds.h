/* SPDX-License-Identifier: MIT */
/* The bonds of a lattice: pairs of sites that share a face (4 neighbours in 2D, 6 in 3D), each pair
 * once. */
#pragma once
#include <glib.h>

/* Runs `body` for every bond, with gsize a and b the indices of its two sites in [z][y][x]. A
 * periodic axis joins its last site to its first; a no-flux one ends; an axis of one site has no
 * bonds. size, periodic: z, y, x. */
#define EPNS_FOR_BONDS(size, periodic, a, b, body)                                                 \
  for (gsize axis_ = 0, stride_ = (gsize) (size)[1] * (gsize) (size)[2],                           \
             length_ = (gsize) (size)[0], outer_ = 1;                                              \
       axis_ < 3; outer_ *= length_, axis_++, length_ = axis_ < 3 ? (gsize) (size)[axis_] : 1,     \
             stride_ /= length_)                                                                   \
    for (gsize o_ = 0; o_ < (length_ > 1 ? outer_ : 0); o_++)                                      \
      for (gsize i_ = 0; i_ < ((periodic)[axis_] ? length_ : length_ - 1); i_++)                   \
        for (gsize k_ = 0; k_ < stride_; k_++) {                                                   \
          const gsize a = (o_ * length_ + i_) * stride_ + k_;                                      \
          const gsize b = i_ + 1 < length_ ? a + stride_ : o_ * length_ * stride_ + k_;            \
          body                                                                                     \
        }
