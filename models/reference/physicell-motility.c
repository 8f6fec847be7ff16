/* SPDX-License-Identifier: MIT */
/* Motility: a direction of its own, kept for a random time. */
#include "models/reference/physicell.h"

#include <math.h>

enum { DRAW_WHEN_AND_ANGLE, DRAW_HEIGHT };

static double
uniform (const guint32 *words)
{
  guint64 bits = (guint64) words[0] << 32 | words[1];

  return (double) (bits >> 11) * 0x1p-53;
}

/* A point of the unit circle or sphere, by an angle and a height. */
static void
random_direction (gboolean flat, double angle, double height, double direction[3])
{
  double across = flat ? 1 : sqrt (1 - height * height);

  direction[0] = across * cos (2 * G_PI * angle);
  direction[1] = across * sin (2 * G_PI * angle);
  direction[2] = flat ? 0 : height;
}

/* Without a direction to take (all bias, and that points nowhere) a cell stays where it is. */
static void
aim (const EpnsPhysicellType *type, const double *direction, gsize axes, double *motility)
{
  double square = 0;

  for (gsize a = 0; a < axes; a++) {
    motility[a] = type->bias * type->direction[a] + (1 - type->bias) * direction[a];
    square += motility[a] * motility[a];
  }
  for (gsize a = 0; a < axes; a++)
    motility[a] = square > 0 ? type->speed * motility[a] / sqrt (square) : 0;
}

void
epns_physicell_motility (const EpnsPhysicellRules *rules, const EpnsParticles *bodies,
                         const EpnsDrawKey *key, EpnsPhysicellHistory *history)
{
  gsize axes = (gsize) bodies->axes;

  for (gsize i = 0; i < bodies->n; i++) {
    const EpnsPhysicellType *type = &rules->types[rules->any_type ? 0 : bodies->type[i]];
    double *motility = history->motility + i * axes, direction[3];
    guint32 words[4];
    gboolean flat = axes == 2 || type->flat;

    if (!type->motile) {
      for (gsize a = 0; a < axes; a++)
        motility[a] = 0;
      continue;
    }
    epns_random_words (key, DRAW_WHEN_AND_ANGLE, i, words);
    if (uniform (words) >= rules->dt / type->persistence && type->persistence >= rules->dt)
      continue;
    double height = flat ? 0 : 2 * epns_random_uniform (key, DRAW_HEIGHT, i) - 1;
    random_direction (flat, uniform (words + 2), height, direction);
    aim (type, direction, axes, motility);
  }
}
