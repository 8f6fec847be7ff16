/* SPDX-License-Identifier: MIT */
/* The table of checks, and how each is made. */
#include "tools/verify-checks.h"

#include "adapters/lattice-state.h"
#include "plugin/epns_validity.h"
#include "plugin/epns_verify.h"
#include "plugin/error.h"
#include "tools/stepper.h"
#include "tools/verify-subject.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define SEED 1
#define GRADIENT_SAMPLES 4 /* at most */
#define ROUNDS           4           /* of the check of memory */
#define ACCEPTED_GROWTH  1024.0      /* bytes a step */
#define ACCEPTED_OUTSIDE (12 / 64.0) /* share of cells: the published rule of stability */

/* What the kind's own numbers are checks of, by how their names begin. */
static const struct {
  const char *begins, *check;
} claims[] = {
  { "renumbered", "permutation" }, { "moved", "translation" },
  { "turned", "rotation" },        { "mirrored", "mirror" },
  { "in a batch", "batch" },       { "in single precision", "precision" },
  { "gradient of ", "gradient" },
};

typedef struct {
  const char *name;             /* of the model, as typed */
  const EpnsScenario *scenario; /* lent */
  const EpnsStepModel *model;   /* lent; of one thread */
  const EpnsSettings *settings;
} Subject;

char
epns_check_grade (double figure, double accepted)
{
  double share = figure / accepted;

  return share <= 0.1 ? 'A' : share <= 0.5 ? 'B' : share <= 1 ? 'C' : share <= 10 ? 'D' : 'F';
}

gboolean
epns_check_failed (const EpnsCheck *self)
{
  return self->grade == 'D' || self->grade == 'F';
}

void
epns_check_free (EpnsCheck *self)
{
  g_free (self->of);
  g_free (self);
}

static EpnsCheck *
add (GPtrArray *to, const char *check, gboolean mandatory, char grade, const char *of)
{
  EpnsCheck *self = g_new0 (EpnsCheck, 1);

  self->check = check;
  self->mandatory = mandatory;
  self->grade = grade;
  self->figure = self->accepted = NAN;
  self->of = g_strdup (of);
  g_ptr_array_add (to, self);
  return self;
}

static void
add_measured (GPtrArray *to, const char *check, gboolean mandatory, double figure, double accepted,
              const char *of)
{
  EpnsCheck *self = add (to, check, mandatory, epns_check_grade (figure, accepted), of);

  self->figure = figure;
  self->accepted = accepted;
}

/* What the kind itself measures: the worst of all numbers that are of one check. */

static void
take_claim (void *ctx, const char *name, double error, double tolerance, int32_t holds)
{
  GPtrArray *to = ctx;
  const char *check = "symmetry";
  EpnsCheck *row = NULL;

  (void) holds; /* the figures say so */
  for (gsize i = 0; i < G_N_ELEMENTS (claims); i++)
    if (g_str_has_prefix (name, claims[i].begins))
      check = claims[i].check;
  for (guint i = 0; i < to->len && row == NULL; i++)
    if (strcmp (((EpnsCheck *) to->pdata[i])->check, check) == 0)
      row = to->pdata[i];
  if (row == NULL) {
    add_measured (to, check, TRUE, error, tolerance, name);
    return;
  }
  if (!(error / tolerance > row->figure / row->accepted))
    return;
  row->figure = error;
  row->accepted = tolerance;
  row->grade = epns_check_grade (error, tolerance);
  g_free (row->of);
  row->of = g_strdup (name);
}

typedef struct { /* the nearest of several samples, of one quantity */
  double error, tolerance;
} Nearest;

static void
take_nearest (void *ctx, const char *name, double error, double tolerance,
              int32_t holds G_GNUC_UNUSED)
{
  GHashTable *nearest = ctx;
  const Nearest *before = g_hash_table_lookup (nearest, name);
  const Nearest now = { error, tolerance };

  if (before == NULL || error / tolerance < before->error / before->tolerance)
    g_hash_table_insert (nearest, g_strdup (name), g_memdup2 (&now, sizeof now));
}

static gboolean
all_hold (GHashTable *nearest)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, nearest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!(((Nearest *) value)->error <= ((Nearest *) value)->tolerance))
      return FALSE;
  return g_hash_table_size (nearest) > 0;
}

/* A right gradient, too, is off where a difference's step crosses the kink of a ReLU, but not on
 * every sample; a wrong one is. */
static gboolean
try_gradient (const EpnsStepModel *model, const epns_verify *verify, GPtrArray *to, GError **error)
{
  g_autoptr (GHashTable) nearest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  epns_error failure = { .member = -1 };
  GHashTableIter iter;
  gpointer name, value;

  for (guint k = 0; k < GRADIENT_SAMPLES && !all_hold (nearest); k++)
    if (verify->gradient (model->source, SEED + k, take_nearest, nearest, &failure) != EPNS_OK)
      return epns_step_model_failed (model, &failure, error);
  g_hash_table_iter_init (&iter, nearest);
  while (g_hash_table_iter_next (&iter, &name, &value))
    take_claim (to, name, ((Nearest *) value)->error, ((Nearest *) value)->tolerance, TRUE);
  return TRUE;
}

/* Steps */

static EpnsStepper *
members_of (const Subject *self, const EpnsSettings *settings, guint32 members, guint64 seed,
            GError **error)
{
  const EpnsMembers which = { .n = members, .seed = seed, .n_starts = 1 };

  return settings ? epns_stepper_new (settings, self->scenario, &which, error) : NULL;
}

/* The same two members, stepped by one thread and by two. */
static gboolean
try_threads (const Subject *self, GPtrArray *to, GError **error)
{
  g_autoptr (EpnsStepModel) other = epns_step_model_find (NULL, self->name, 2, error);
  g_autoptr (EpnsSettings) settings = other ? epns_settings_resolve (other, self->scenario, NULL,
                                                                     error)
                                            : NULL;
  g_autoptr (EpnsStepper) one = members_of (self, settings ? self->settings : NULL, 2, SEED, error);
  g_autoptr (EpnsStepper) two = one ? members_of (self, settings, 2, SEED, error) : NULL;

  if (two == NULL || !epns_stepper_advance (one, 1, error) || !epns_stepper_advance (two, 1, error))
    return FALSE;
  gboolean same = TRUE;
  for (guint32 m = 0; m < 2; m++)
    same = same && epns_state_equal (epns_stepper_state (one, m), epns_stepper_state (two, m));
  add (to, "threads", TRUE, same ? 'P' : 'F',
       "two members, the same bits by one thread and by two");
  return TRUE;
}

/* A run that is kept after a step and goes on in another run. */
static gboolean
try_archive (const Subject *self, GPtrArray *to, GError **error)
{
  g_autoptr (EpnsStepper) one = members_of (self, self->settings, 1, SEED, error);
  const EpnsSettings *settings = one ? self->settings : NULL;
  g_autoptr (EpnsStepper) other = members_of (self, settings, 1, SEED + 1, error);

  if (other == NULL)
    return FALSE;
  if (!epns_stepper_resumes (one)) {
    add (to, "archive", TRUE, '-', "the kind does not keep its runs");
    return TRUE;
  }
  if (!epns_stepper_advance (one, 1, error))
    return FALSE;
  g_autoptr (GBytes) saved = epns_stepper_save (one, 0, error);
  if (saved == NULL || !epns_stepper_restore (other, 0, saved, epns_stepper_state (one, 0), error)
      || !epns_stepper_advance (one, 1, error) || !epns_stepper_advance (other, 1, error))
    return FALSE;
  gboolean same = epns_state_equal (epns_stepper_state (one, 0), epns_stepper_state (other, 0));
  add (to, "archive", TRUE, same ? 'P' : 'F', "kept, loaded into another run, the same bits");
  return TRUE;
}

/* Bytes that are allocated now; 0 where that cannot be known. */
static double
allocated (void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
  struct mallinfo2 now = mallinfo2 ();
  return (double) now.uordblks + (double) now.hblkhd;
#else
  return 0;
#endif
}

static gboolean
step_afresh (const Subject *self, GError **error)
{
  g_autoptr (EpnsStepper) stepper = members_of (self, self->settings, 1, SEED, error);

  return stepper != NULL && epns_stepper_advance (stepper, 1, error);
}

/* What runs and steps leave behind, once the first ones have filled what is kept for the next. */
static gboolean
try_memory (const Subject *self, GPtrArray *to, GError **error)
{
  double before = 0;

  for (int i = 0; i < 2 + ROUNDS; i++) {
    if (i == 2)
      before = allocated ();
    if (!step_afresh (self, error))
      return FALSE;
  }
  if (before > 0)
    add_measured (to, "memory", TRUE, fmax (0, allocated () - before) / ROUNDS, ACCEPTED_GROWTH,
                  "bytes that a run of one step leaves behind");
  else
    add (to, "memory", FALSE, '-', "this C library does not tell what is allocated");
  return TRUE;
}

/* Lattices */

/* Moved so that the cells touch the corner of lowest y and x. */
static EpnsLatticeState *
in_the_corner (const EpnsLatticeState *of)
{
  gint32 height = of->size[1], width = of->size[2], top = height, left = width;
  EpnsLatticeState *to = epns_lattice_state_copy (of);

  for (gint32 y = 0; y < height; y++)
    for (gint32 x = 0; x < width; x++)
      if (of->id[y * width + x] > 0) {
        top = MIN (top, y);
        left = MIN (left, x);
      }
  for (gint32 y = 0; y < height; y++)
    for (gint32 x = 0; x < width; x++)
      to->id[y * width + x] = y + top < height && x + left < width
                                  ? of->id[(y + top) * width + x + left]
                                  : 0;
  return to;
}

/* Sites of ids that were not there, and of cells at the far borders, which only a wrap takes to. */
static guint
count_strays (const EpnsLatticeState *before, const EpnsLatticeState *after)
{
  g_autofree guint32 *was = epns_lattice_state_volumes (before);
  gint32 height = after->size[1], width = after->size[2];
  guint strays = 0;

  for (gint32 y = 0; y < height; y++)
    for (gint32 x = 0; x < width; x++) {
      gint32 id = after->id[y * width + x];
      gboolean far = y == height - 1 || x == width - 1;
      strays += id < 0 || (gsize) id >= after->n_rows || was[id] == 0 || (id > 0 && far);
    }
  return strays;
}

static gboolean
try_boundary (const Subject *self, GPtrArray *to, GError **error)
{
  g_autoptr (EpnsStepper) stepper = members_of (self, self->settings, 1, SEED, error);

  if (stepper == NULL)
    return FALSE;
  g_autoptr (EpnsLatticeState)
      start = in_the_corner ((const EpnsLatticeState *) epns_stepper_state (stepper, 0));
  epns_stepper_set_state (stepper, 0, &start->base);
  if (!epns_stepper_advance (stepper, 1, error))
    return FALSE;
  guint strays = count_strays (start, (const EpnsLatticeState *) epns_stepper_state (stepper, 0));
  g_autofree char *of = g_strdup_printf ("a tissue in a corner: %u sites of strangers or beyond it",
                                         strays);
  add (to, "boundary", TRUE, strays == 0 ? 'P' : 'F', of);
  return TRUE;
}

/* Is a step from what the model was trained with still something it was trained with? */
static gboolean
try_envelope (const Subject *self, GPtrArray *to, GError **error)
{
  const epns_validity *validity = self->model->kind->extension (EPNS_VALIDITY_EXTENSION);
  double low = 0, high = INFINITY, cells = 0, outside = 0;
  g_autoptr (EpnsStepper) stepper = members_of (self, self->settings, 1, SEED, error);

  if (stepper == NULL)
    return FALSE;
  if (validity != NULL)
    validity->cell_volume (self->model->model, &low, &high);
  if (low <= 0 || !isfinite (high)) {
    add (to, "envelope", FALSE, '-', "the model does not say what volumes it was trained with");
    return TRUE;
  }
  if (!epns_stepper_advance (stepper, 1, error))
    return FALSE;
  const EpnsLatticeState *state = (const EpnsLatticeState *) epns_stepper_state (stepper, 0);
  g_autofree guint32 *volume = epns_lattice_state_volumes (state);
  for (gsize c = 1; c < state->n_rows; c++) {
    cells += state->type[c] > 0;
    outside += state->type[c] > 0 && (volume[c] < low || volume[c] > high);
  }
  g_autofree char *of = g_strdup_printf ("share of %g cells outside %g to %g sites after a step",
                                         cells, low, high);
  add_measured (to, "envelope", FALSE, outside / fmax (cells, 1), ACCEPTED_OUTSIDE, of);
  return TRUE;
}

/* All */

typedef struct {
  const char *check;
  gboolean of_lattices; /* alone */
  gboolean (*try) (const Subject *self, GPtrArray *to, GError **error);
} Trial;

static const Trial trials[] = {
  { "boundary", TRUE, try_boundary }, { "threads", FALSE, try_threads },
  { "archive", FALSE, try_archive },  { "memory", FALSE, try_memory },
  { "envelope", TRUE, try_envelope },
};

/* A step that is refused is no failure of a check: the model may need more than is given. */
static void
try_steps (const Subject *self, GPtrArray *to)
{
  gboolean lattice = self->scenario->layout == &epns_layout_lattice;

  for (gsize i = 0; i < G_N_ELEMENTS (trials); i++) {
    g_autoptr (GError) why = NULL;
    if (trials[i].of_lattices && !lattice)
      continue;
    if (trials[i].try (self, to, &why))
      continue;
    g_autofree char *of = g_strdup_printf ("not tried: %s; give --scenario FILE", why->message);
    add (to, trials[i].check, TRUE, '-', of);
  }
}

static gboolean
try_claims (const EpnsStepModel *model, GPtrArray *to, GError **error)
{
  const epns_verify *verify = model->kind->extension (EPNS_VERIFY_EXTENSION);
  epns_error failure = { .member = -1 };

  if (verify == NULL || verify->size < offsetof (epns_verify, gradient)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: this kind has nothing to verify; name a learned model", model->kind->id);
    return FALSE;
  }
  if (verify->equivariance (model->source, SEED, take_claim, to, &failure) != EPNS_OK)
    return epns_step_model_failed (model, &failure, error);
  if (verify->size < sizeof *verify || verify->gradient == NULL)
    add (to, "gradient", TRUE, '-', "the kind is not trained");
  else
    return try_gradient (model, verify, to, error);
  return TRUE;
}

GPtrArray *
epns_checks_run (const char *name, const EpnsScenario *scenario, GError **error)
{
  g_autoptr (GPtrArray) to = g_ptr_array_new_with_free_func ((GDestroyNotify) epns_check_free);
  g_autoptr (EpnsStepModel) model = epns_step_model_find (NULL, name, 1, error);
  g_autoptr (EpnsScenario) made = NULL;

  if (model == NULL || !try_claims (model, to, error))
    return NULL;
  if (scenario == NULL)
    scenario = made = epns_verify_subject (model);
  g_autoptr (EpnsSettings) settings = epns_settings_resolve (model, scenario, NULL, error);
  if (settings == NULL)
    return NULL;
  try_steps (&(Subject){ name, scenario, model, settings }, to);
  return g_steal_pointer (&to);
}
