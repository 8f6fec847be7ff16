/* SPDX-License-Identifier: MIT */
/* Bodies under their own gravity and a stochastic force. For body i of mass m_i, in 2 or 3 axes,
 *
 *   dx_i = v_i dt
 *   m_i dv_i = G m_i SUM_j m_j (x_j - x_i) / (|x_j - x_i|^2 + softening)^(3/2) dt + noise dW_i
 *
 * with independent Wiener processes W on every axis of every body; noise is a force times the
 * square root of a time, so the kinetic energy of a body gains noise^2 / (2 m_i) an axis and unit of
 * time. G = 1, the softening of 0.01 added to r^2, the integrator's step of 1e-4 and an output every
 * 0.01 are those of the published model's training data. Its noise term is not known to us: that it
 * is an additive white force, without friction, of strength 0.1, is our choice.
 *
 * Scheme: half a kick by gravity, a free flight with noise that is solved exactly, half a kick. The
 * flight needs two correlated normals for each axis, Kloeden and Platen, Numerical Solution of
 * Stochastic Differential Equations (1992), eq. 10.4.3:
 *   dW = integral of dW over the step      variance h
 *   dZ = integral of W - W(start)          variance h^3 / 3, covariance h^2 / 2
 * The splitting is that of impulse integrators (Skeel and Izaguirre, Mol. Phys. 100, 2002), with
 * noise in the flight; order 2, strong and weak, since the noise is additive. Without noise it is
 * velocity Verlet, which is symplectic: the energy's error stays of order h^2. */
#pragma once
#include "models/reference/particles.h"
#include "plugin/random.h"

extern const epns_kind epns_kind_nbody;

typedef struct {
  double gravity;   /* G >= 0 */
  double softening; /* added to r^2, > 0 */
  double noise;     /* >= 0 */
} EpnsNbodyRules;

/* acceleration [n][axes] by gravity. [run] */
void epns_nbody_accelerate (const EpnsNbodyRules *rules, const EpnsParticles *bodies,
                            double *acceleration);

/* One step of length h. acceleration holds that of the bodies as they are, and then as they have
 * become; dw and dz [n][axes] are the step's integrals (without effect where noise is 0). [run] */
void epns_nbody_advance (const EpnsNbodyRules *rules, EpnsParticles *bodies, double h,
                         const double *dw, const double *dz, double *acceleration);

/* The two integrals over a step of length h, [n] of each. Value i takes the four words of index i
 * at the key's place. [any] */
void epns_nbody_draw (const EpnsDrawKey *key, double h, gsize n, double *dw, double *dz);

/* SUM m v^2 / 2; -SUM over pairs G m_i m_j / sqrt (r^2 + softening); SUM m v [axes]. [any] */
double epns_nbody_kinetic (const EpnsParticles *bodies);
double epns_nbody_potential (const EpnsNbodyRules *rules, const EpnsParticles *bodies);
void   epns_nbody_momentum (const EpnsParticles *bodies, double *momentum);
