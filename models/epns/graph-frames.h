/* SPDX-License-Identifier: MIT */
/* Frames: the ways a system looks the same from, whichever way the host turned it (Puny et al.,
 * Frame Averaging for Invariant and Equivariant Network Design, ICLR 2022).
 *
 * R = sum over bodies of P P^T, P a position from the unweighted centre; its eigenvectors, in
 * ascending order of eigenvalue, are the axes, and the 2^d frames are the choices of their signs:
 * bit d - 1 - a of a frame's number turns axis a round. So neither the eigenvectors' signs nor
 * mirror images of the system make a difference.
 *
 * Degenerate systems. Where two or three eigenvalues are equal (to 1e-6 of the largest: collinear
 * or coincident bodies, two bodies, a square, a tetrahedron; coplanar bodies alone are none), their
 * eigenvectors could be any orthonormal basis of the space they span, and no continuous choice is
 * equivariant. There the basis is drawn uniformly, by place: an orthonormalised projection of
 * independent normal vectors onto that space. A turned system then has turned axes in distribution,
 * and that is what its next state is equivariant in. */
#pragma once
#include "models/epns/systems.h"
#include "plugin/random.h"

typedef struct {
  double centre[3];
  double axes[3][3]; /* axes[component][axis] */
  double values[3];  /* eigenvalues, ascending; 0 for frames of a box */
  guint drawn;       /* how many axes were drawn at random */
} EpnsSystemFrames;

/* Principal axes of system b, which has finite positions. key and `purpose` place what is drawn.
 * [any] */
void epns_frames_principal (const EpnsSystems *bodies, gsize b, const EpnsDrawKey *key,
                            guint32 purpose, EpnsSystemFrames *frames);
/* x, y, z. */
void epns_frames_box (EpnsSystemFrames *frames);

/* n <= 3 orthonormal vectors of n components, uniform among all such: independent normal vectors,
 * made orthogonal one after the other. Indices 0 to 8 of `purpose`. */
void epns_frames_draw (guint n, const EpnsDrawKey *key, guint32 purpose, double basis[3][3]);

/* +1 or -1: of axis a in frame number f of 2^d. */
double epns_frame_sign (guint dimensions, guint f, guint a);
