/* SPDX-License-Identifier: MIT */
/* The Metropolis loop. It knows no energy term by name; the table below does. */
#include "models/reference/cpm.h"

#include <math.h>
#include <string.h>

const EpnsCpmEnergy *const epns_cpm_energies[EPNS_CPM_N_ENERGIES] = {
  &epns_cpm_volume,
  &epns_cpm_surface,
  &epns_cpm_contact,
  &epns_cpm_connectivity,
};

enum { PURPOSE_COPY = 1, PURPOSE_BOND = 2 };
enum { BLOCK = 64, SLACK = 128 }; /* drawn at a time; see wait_for() */

/* Count the attempts of one MCS as CompuCell3D does: cut, not rounded. */
static guint64
attempts (const EpnsCpmState *self, const EpnsCpmRules *rules)
{
  const gint32 *size = self->lattice.size;

  if (self->copies.n == 0) /* a single site has no neighbour to copy into */
    return 0;
  return (guint64) ((double) size[0] * size[1] * size[2] * rules->attempts_per_site);
}

/* Does the source's owner compete for the neighbour at all? Beyond an open border it is the other
 * way round: the medium there competes for the source, so that either direction of a pair of sites
 * is tried as often as everywhere. */
static inline gboolean
contest (const EpnsCpmState *self, const EpnsCpmRules *rules, gsize source, gsize target,
         EpnsCpmCopy *copy)
{
  copy->winner = self->lattice.ids[source];
  copy->loser = self->lattice.ids[target];
  if (copy->loser == copy->winner)
    return FALSE;
  gint32 home = self->lattice.home[target];
  if (home == EPNS_CPM_OUTSIDE)
    return FALSE;
  copy->target = (gsize) home;
  if (home == EPNS_CPM_SHORE)
    *copy = (EpnsCpmCopy){ .target = source, .winner = copy->loser, .loser = copy->winner };
  if (rules->keeps_last && copy->loser != 0 && self->volume[copy->loser] == 1)
    return FALSE;
  return !rules->frozen[self->slot[copy->winner]] && !rules->frozen[self->slot[copy->loser]];
}

static inline gboolean
forbidden (const EpnsCpmState *self, EpnsCpmCopy copy)
{
  for (guint p = 0; p < self->n_parts; p++)
    if (self->parts[p].energy->forbids != NULL &&
        self->parts[p].energy->forbids (&self->parts[p], self, copy))
      return TRUE;
  return FALSE;
}

static inline double
energy_change (const EpnsCpmState *self, EpnsCpmCopy copy)
{
  double change = 0;

  for (guint p = 0; p < self->n_parts; p++)
    if (self->parts[p].energy->change != NULL)
      change += self->parts[p].energy->change (&self->parts[p], self, copy);
  return change;
}

static inline double
amplitude_of (const EpnsCpmState *self, const EpnsCpmRules *rules, EpnsCpmCopy copy)
{
  return rules->amplitude[(gsize) self->slot[copy.winner] * rules->n_slots +
                          (gsize) self->slot[copy.loser]];
}

static void
carry_out (EpnsCpmState *self, EpnsCpmCopy copy)
{
  for (guint p = 0; p < self->n_parts; p++)
    if (self->parts[p].energy->copied != NULL)
      self->parts[p].energy->copied (&self->parts[p], self, copy);
  self->volume[copy.winner]++;
  self->volume[copy.loser]--;
  epns_cpm_lattice_set (&self->lattice, copy.target, copy.winner);
  if (self->bonds.place != NULL)
    epns_cpm_bonds_follow (&self->bonds, copy.target);
}

/* The Metropolis probability, with the offset, and without fluctuations the toss of a coin between
 * equals (CompuCell3D's default acceptance function). */
static double
acceptance (const EpnsCpmRules *rules, double change, double amplitude)
{
  if (amplitude <= 0)
    return change > 0 ? 0 : change < 0 ? 1 : 0.5;
  return change <= rules->offset ? 1
                                 : exp (-(change - rules->offset) / (rules->boltzmann * amplitude));
}

/* Is u, uniform in (0, 1), below the probability? exp (-x) < 1 / (1 + x + x^2/2), so most refusals
 * need no exponential. */
static inline gboolean
accepts (const EpnsCpmRules *rules, double change, double amplitude, double u)
{
  if (amplitude > 0) {
    double x = (change - rules->offset) / (rules->boltzmann * amplitude);
    if (u * (1 + x * (1 + 0.5 * x)) > 1 && x > 0)
      return FALSE;
  }
  return u < acceptance (rules, change, amplitude);
}

/* The site's word gives its row, and what is left of it the place in the row. On a long lattice
 * little is left: the last bits come from the other word, where they decide next to nothing. */
static inline gsize
source_of (const EpnsCpmLattice *lattice, const guint32 words[2])
{
  guint64 row = (guint64) words[0] * (guint64) (lattice->size[0] * lattice->size[1]);
  guint32 rest = (guint32) row ^ (words[1] & 0xffffu);

  return (gsize) lattice->row[row >> 32] + epns_random_below (rest, (guint32) lattice->size[2]);
}

static inline gsize
neighbour_of (const EpnsCpmState *self, gsize site, guint i)
{
  return (gsize) ((gssize) site + self->copies.step[i]);
}

static inline void
attempt (EpnsCpmState *self, const EpnsCpmRules *rules, const guint32 words[2])
{
  guint64 pick = (guint64) words[1] * self->copies.n;
  gsize source = source_of (&self->lattice, words);
  EpnsCpmCopy copy;

  if (!contest (self, rules, source, neighbour_of (self, source, (guint) (pick >> 32)), &copy) ||
      forbidden (self, copy))
    return;
  double u = ((double) (guint32) pick + 0.5 * self->copies.n) * 0x1p-32;
  if (accepts (rules, energy_change (self, copy), amplitude_of (self, rules, copy), u))
    carry_out (self, copy);
}

void
epns_cpm_sweep (EpnsCpmState *self, const EpnsCpmRules *rules, const EpnsDrawKey *key)
{
  guint32 words[4 * BLOCK];
  guint64 left = attempts (self, rules);

  for (guint64 place = 0; left > 0; place += BLOCK) {
    guint n = (guint) MIN (left, 2 * BLOCK);

    epns_random_fill (key, PURPOSE_COPY, place, (n + 1) / 2, words);
    for (guint a = 0; a < n; a++)
      attempt (self, rules, words + 2 * a);
    left -= n;
  }
}

/* What is drawn of BLOCK attempts along bonds. */
typedef struct {
  guint32 pick[BLOCK];
  float wait[BLOCK], cost[BLOCK]; /* standard exponential */
} Draws;

static void
draw (Draws *self, const EpnsDrawKey *key, guint64 first)
{
  guint32 words[3 * BLOCK];

  epns_random_fill (key, PURPOSE_BOND, first / 4 * 3, G_N_ELEMENTS (words) / 4, words);
  memcpy (self->pick, words, sizeof self->pick);
  epns_random_exponentials (words + BLOCK, BLOCK, self->wait);
  epns_random_exponentials (words + 2 * BLOCK, BLOCK, self->cost);
}

/* Some attempts count as if along a bond that come to nothing: so many that `candidates`, and with
 * it the logarithm, can stay as it is while a few bonds come and go. */
typedef struct {
  guint32 candidates;
  float mean_wait; /* -1 / log (1 - p), p the chance that an attempt is a candidate */
} Waiting;

static Waiting
wait_for (const EpnsCpmState *self)
{
  const gint32 *size = self->lattice.size;
  const double all = (double) size[0] * size[1] * size[2] * self->copies.n;
  const double n = fmin (epns_cpm_bonds_attempts (&self->bonds) + SLACK, all);

  return (Waiting){ (guint32) n, (float) (-1 / log1p (-n / all)) };
}

/* As accepts(), where cost is -log (u). */
static inline gboolean
affords (const EpnsCpmRules *rules, double change, double amplitude, double cost)
{
  if (amplitude <= 0)
    return acceptance (rules, change, amplitude) > exp (-cost);
  return change <= rules->offset + rules->boltzmann * amplitude * cost;
}

void
epns_cpm_sweep_border (EpnsCpmState *self, const EpnsCpmRules *rules, const EpnsDrawKey *key)
{
  const EpnsCpmBonds *bonds = &self->bonds;
  gint64 left = (gint64) attempts (self, rules);
  gboolean again = FALSE;
  Draws draws;

  epns_cpm_bonds_list (&self->bonds);
  Waiting waiting = wait_for (self);
  for (guint64 a = 0; bonds->n > 0; a++) {
    const guint at = a % BLOCK;
    gsize source, target;
    EpnsCpmCopy copy;

    if (at == 0)
      draw (&draws, key, a);
    if (!again)
      left -= 1 + (gint64) (draws.wait[at] * waiting.mean_wait);
    if (left < 0)
      return;
    const guint32 end = epns_random_below (draws.pick[at], waiting.candidates + bonds->one_way);
    again = FALSE;
    if (end >= 2 * bonds->n)
      continue;
    again = !epns_cpm_bonds_attempt (bonds, bonds->listed[1 + end / 2], end % 2, &source, &target);
    if (again || !contest (self, rules, source, target, &copy) || forbidden (self, copy) ||
        !affords (rules, energy_change (self, copy), amplitude_of (self, rules, copy),
                  (double) draws.cost[at]))
      continue;
    carry_out (self, copy);
    const guint32 along = epns_cpm_bonds_attempts (bonds);
    if (along > waiting.candidates || along + 2 * SLACK < waiting.candidates)
      waiting = wait_for (self);
  }
}

/* CompuCell3D's generator of numbers in [0, 1], both ends included, and of integers in 0 .. n-1. */
static inline double
draw_ratio (EpnsMersenne *mersenne)
{
  return epns_mersenne_next (mersenne) / 4294967295.0;
}

static inline guint
draw_below (EpnsMersenne *mersenne, gint32 n)
{
  gint32 drawn = (gint32) (n * draw_ratio (mersenne));

  return (guint) MIN (drawn, n - 1);
}

static void
attempt_compucell3d (EpnsCpmState *self, const EpnsCpmRules *rules, EpnsMersenne *mersenne)
{
  const EpnsCpmLattice *lattice = &self->lattice;
  guint x = draw_below (mersenne, lattice->size[2]);
  guint y = draw_below (mersenne, lattice->size[1]);
  guint z = draw_below (mersenne, lattice->size[0]);
  gsize source = (gsize) lattice->row[z * (guint) lattice->size[1] + y] + x;
  EpnsCpmCopy copy;

  if (rules->frozen[self->slot[lattice->ids[source]]])
    return;
  gsize target = neighbour_of (self, source, draw_below (mersenne, (gint32) self->copies.n));
  if (!contest (self, rules, source, target, &copy) || forbidden (self, copy))
    return;
  double p = acceptance (rules, energy_change (self, copy), amplitude_of (self, rules, copy));
  if (p >= 1 || draw_ratio (mersenne) < p)
    carry_out (self, copy);
}

void
epns_cpm_sweep_compucell3d (EpnsCpmState *self, const EpnsCpmRules *rules, EpnsMersenne *mersenne)
{
  for (guint64 left = attempts (self, rules); left > 0; left--)
    attempt_compucell3d (self, rules, mersenne);
}

double
epns_cpm_hamiltonian (const EpnsCpmState *self)
{
  double energy = 0;

  for (guint p = 0; p < self->n_parts; p++)
    if (self->parts[p].energy->total != NULL)
      energy += self->parts[p].energy->total (&self->parts[p], self);
  return energy;
}
