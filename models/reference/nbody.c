/* SPDX-License-Identifier: MIT */
/* Softened gravity with a stochastic force: see nbody.h. */
#include "models/reference/nbody.h"

#include <math.h>
#include <string.h>

/* From body i to body j; the softened square of the distance. */
static double
apart (const EpnsNbodyRules *rules, const EpnsParticles *bodies, gsize i, gsize j, double *to)
{
  gsize axes = (gsize) bodies->axes;
  double square = rules->softening;

  for (gsize a = 0; a < axes; a++) {
    to[a] = bodies->position[j * axes + a] - bodies->position[i * axes + a];
    square += to[a] * to[a];
  }
  return square;
}

void
epns_nbody_accelerate (const EpnsNbodyRules *rules, const EpnsParticles *bodies,
                       double *acceleration)
{
  gsize axes = (gsize) bodies->axes;
  double to[3];

  memset (acceleration, 0, bodies->n * axes * sizeof *acceleration);
  for (gsize i = 0; i < bodies->n; i++)
    for (gsize j = i + 1; j < bodies->n; j++) {
      double square = apart (rules, bodies, i, j, to);
      double pull = rules->gravity / (square * sqrt (square));
      for (gsize a = 0; a < axes; a++) {
        acceleration[i * axes + a] += pull * bodies->mass[j] * to[a];
        acceleration[j * axes + a] -= pull * bodies->mass[i] * to[a];
      }
    }
}

static void
kick (EpnsParticles *bodies, double h, const double *acceleration)
{
  for (gsize i = 0; i < bodies->n * (gsize) bodies->axes; i++)
    bodies->velocity[i] += h * acceleration[i];
}

static void
fly (EpnsParticles *bodies, double h, double noise, const double *dw, const double *dz)
{
  gsize axes = (gsize) bodies->axes;

  for (gsize i = 0; i < bodies->n * axes; i++)
    bodies->position[i] += h * bodies->velocity[i];
  if (noise <= 0)
    return;
  for (gsize i = 0; i < bodies->n * axes; i++) {
    double strength = noise / bodies->mass[i / axes];
    bodies->position[i] += strength * dz[i];
    bodies->velocity[i] += strength * dw[i];
  }
}

void
epns_nbody_advance (const EpnsNbodyRules *rules, EpnsParticles *bodies, double h, const double *dw,
                    const double *dz, double *acceleration)
{
  kick (bodies, h / 2, acceleration);
  fly (bodies, h, rules->noise, dw, dz);
  epns_nbody_accelerate (rules, bodies, acceleration);
  kick (bodies, h / 2, acceleration);
}

/* 53 bits of two words, in (0, 1]. */
static double
unit_interval (guint32 high, guint32 low)
{
  guint64 bits = (guint64) high << 32 | low;

  return ((double) (bits >> 11) + 1) * 0x1p-53;
}

void
epns_nbody_draw (const EpnsDrawKey *key, double h, gsize n, double *dw, double *dz)
{
  for (gsize i = 0; i < n; i++) {
    guint32 words[4];
    epns_random_words (key, 0, i, words);
    double radius = sqrt (-2 * log (unit_interval (words[0], words[1])));
    double angle = 2 * G_PI * unit_interval (words[2], words[3]);
    dw[i] = sqrt (h) * radius * cos (angle);
    dz[i] = h * (dw[i] / 2 + sqrt (h / 12) * radius * sin (angle));
  }
}

double
epns_nbody_kinetic (const EpnsParticles *bodies)
{
  gsize axes = (gsize) bodies->axes;
  double sum = 0;

  for (gsize i = 0; i < bodies->n * axes; i++)
    sum += bodies->mass[i / axes] * bodies->velocity[i] * bodies->velocity[i];
  return sum / 2;
}

double
epns_nbody_potential (const EpnsNbodyRules *rules, const EpnsParticles *bodies)
{
  double sum = 0, to[3];

  for (gsize i = 0; i < bodies->n; i++)
    for (gsize j = i + 1; j < bodies->n; j++)
      sum -= bodies->mass[i] * bodies->mass[j] / sqrt (apart (rules, bodies, i, j, to));
  return rules->gravity * sum;
}

void
epns_nbody_momentum (const EpnsParticles *bodies, double *momentum)
{
  gsize axes = (gsize) bodies->axes;

  memset (momentum, 0, axes * sizeof *momentum);
  for (gsize i = 0; i < bodies->n * axes; i++)
    momentum[i % axes] += bodies->mass[i / axes] * bodies->velocity[i];
}
