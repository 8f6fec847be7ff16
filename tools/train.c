/* SPDX-License-Identifier: MIT */
/* epns train: from a plan to a model folder, going on where an earlier run of the same plan ended.
 */
#include "adapters/output-file.h"
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/progress.h"
#include "tools/step-model.h"
#include "tools/train-data.h"
#include "tools/train-log.h"
#include "tools/train-rollout.h"
#include "tools/train-team.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>

#define CHECKPOINT_SECONDS 60 /* at least this often */

typedef struct {
  char *threads_text;
  double minutes;
  gboolean quiet, json;
  const epns_train_team *team; /* NULL: one process */
  guint32 threads;
} Options;

typedef struct {
  const Options *options;
  EpnsTrainingPlan *plan;
  EpnsTrainingData *data;
  const epns_train *train;
  epns_host host;
  epns_training *training;
  EpnsTrainLog *log;
  EpnsTrainRollout *rollout; /* NULL: none */
  double seconds_before; /* of earlier runs */
  gint64 began, saved;   /* monotonic, microseconds */
  double loss;           /* sum since the last point */
  guint64 steps;         /* that it is of */
} Training;

static void
training_clear (Training *self)
{
  if (self->training != NULL)
    self->train->end (self->training);
  epns_train_log_free (self->log);
  epns_train_rollout_free (self->rollout);
  epns_training_data_free (self->data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Training, training_clear)

static gboolean
failed (const Training *self, const epns_error *from, GError **error)
{
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN, "%s: %s", self->plan->kind, from->text);
  return FALSE;
}

static double
seconds_of (const Training *self)
{
  return self->seconds_before + (double) (g_get_monotonic_time () - self->began) / 1e6;
}

/* --- Beginning --- */

static const epns_train *
find_train (const EpnsTrainingPlan *plan, GError **error)
{
  epns_error failure = { .status = EPNS_OK };
  const epns_kind *kind = epns_load_kind (NULL, plan->kind, &failure);

  if (kind == NULL) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_PLUGIN, "%s: %s", plan->path, failure.text);
    return NULL;
  }
  const epns_train *train = kind->extension != NULL ? kind->extension (EPNS_TRAIN_EXTENSION) : NULL;
  if (train != NULL && train->size >= sizeof *train)
    return train;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: kind %s has nothing to train; name a learned kind in <network>", plan->path,
               plan->kind);
  return NULL;
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_IO, "%s: the folder cannot be made: %s", path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
begin (Training *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  epns_train_data of[2];
  epns_error failure = { .status = EPNS_OK };
  epns_train_progress progress;

  for (guint i = 0; i < 2; i++)
    of[i] = (epns_train_data){ .size = sizeof of[i],
                               .sets = (gpointer) self->data->sets[i]->data,
                               .n_sets = self->data->sets[i]->len,
                               .bodies = (gpointer) self->data->bodies[i]->data,
                               .n_bodies = self->data->bodies[i]->len };
  if (epns_training_data_sets (self->data, TRUE) == 0)
    self->plan->train.validation_samples = 0;
  if (self->train->begin (&self->host, &self->plan->train, &of[0], &of[1], &self->training,
                          &failure)
      != EPNS_OK)
    return failed (self, &failure, error);
  self->train->progress (self->training, &progress);
  self->log = epns_train_log_open (self->plan->output, progress.step, error);
  if (self->log == NULL)
    return FALSE;
  if (progress.resumed && !self->options->quiet)
    g_printerr ("note: %s: going on after step %" G_GUINT64_FORMAT "\n", self->plan->output,
                progress.step);
  self->rollout = epns_train_rollout_new (self->plan, self->data, self->options->threads, &problem);
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  self->seconds_before = epns_train_log_seconds (self->log);
  self->began = self->saved = g_get_monotonic_time ();
  return TRUE;
}

/* --- Steps --- */

static gboolean
save (Training *self, GError **error)
{
  epns_error failure = { .status = EPNS_OK };

  self->saved = g_get_monotonic_time ();
  if (!epns_train_team_writes (self->options->team))
    return TRUE;
  return self->train->checkpoint (self->training, &failure) == EPNS_OK
         || failed (self, &failure, error);
}

/* OUTPUT/NAME as a model of the averaged weights: those of now if `latest`, or the best. Its path;
 * free with g_free(). */
static char *
write_folder (const Training *self, const char *name, gboolean latest, const char *text,
              GError **error)
{
  g_autofree char *folder = g_build_filename (self->plan->output, name, NULL);
  g_autofree char *weights = g_build_filename (folder, "weights.safetensors", NULL);
  epns_error failure = { .status = EPNS_OK };

  if (!make_folder (folder, error))
    return NULL;
  if (self->train->weights (self->training, latest, weights, &failure) != EPNS_OK) {
    failed (self, &failure, error);
    return NULL;
  }
  return epns_training_write_model (self->plan, self->data, folder, seconds_of (self) / 60, text,
                                    error)
             ? g_steal_pointer (&folder)
             : NULL;
}

/* Step OUTPUT/latest, the averaged weights of now. A model that cannot be stepped is a note, and
 * infinitely far apart. */
static gboolean
roll_out (Training *self, EpnsRollout *rollout, GError **error)
{
  g_autofree char *folder = write_folder (self, "latest", TRUE, "Averaged weights on the way.",
                                          error);
  g_autoptr (GError) failure = NULL;

  if (folder == NULL)
    return FALSE;
  if (!epns_train_rollout_run (self->rollout, folder, rollout, &failure)) {
    g_printerr ("note: %s\n", failure->message);
    rollout->apart = INFINITY;
  }
  return TRUE;
}

static gboolean
is_rollout_due (const Training *self, const epns_train_progress *progress)
{
  guint64 validation = progress->step / self->plan->validation_every;

  return self->rollout != NULL
         && (progress->over || validation % self->plan->rollout_every == 0);
}

/* How good the averaged weights are, on validation data where there are any. */
static gboolean
judge (Training *self, const epns_train_progress *progress, EpnsLearningPoint *point,
       GError **error)
{
  epns_error failure = { .status = EPNS_OK };
  epns_train_score score;

  if (epns_training_data_sets (self->data, TRUE) == 0)
    return TRUE;
  if (self->train->validate (self->training, &score, &failure) != EPNS_OK)
    return failed (self, &failure, error);
  point->nats = score.nats;
  point->reconstruction = score.reconstruction;
  point->kl = isnan (progress->beta) ? NAN : score.kl;
  gboolean due = is_rollout_due (self, progress);
  if (due && epns_train_team_writes (self->options->team)
      && !roll_out (self, &point->rollout, error))
    return FALSE;
  if (!self->plan->by_rollout)
    self->train->judge (self->training, score.nats);
  else if (due)
    self->train->judge (self->training,
                        epns_train_team_agree (self->options->team, point->rollout.apart));
  if (isinf (point->rollout.apart)) /* a log has numbers only */
    point->rollout.apart = NAN;
  return TRUE;
}

/* Validate where there is something to validate on, and say how it stands. */
static gboolean
report (Training *self, const epns_train_progress *progress, GError **error)
{
  EpnsLearningPoint point = { .step = progress->step,
                              .rate = progress->rate,
                              .beta = progress->beta,
                              .in_a_row = progress->in_a_row,
                              .loss = self->loss / (double) MAX (self->steps, 1),
                              .nats = NAN,
                              .reconstruction = NAN,
                              .kl = NAN,
                              .rollout = { .apart = NAN } };

  if (!judge (self, progress, &point, error))
    return FALSE;
  point.seconds = seconds_of (self);
  self->loss = 0;
  self->steps = 0;
  if (!epns_train_team_writes (self->options->team))
    return TRUE;
  if (!epns_train_log_add (self->log, &point, error))
    return FALSE;
  g_autofree char *line = self->options->json ? epns_train_log_json (&point)
                                              : epns_train_log_text (&point, progress->steps);
  if (self->options->json || !self->options->quiet)
    g_print ("%s\n", line);
  return save (self, error);
}

static gboolean
is_time_up (const Training *self)
{
  double minutes = (double) (g_get_monotonic_time () - self->began) / 60e6;

  gboolean up = epns_interrupted ()
                || (self->options->minutes > 0 && minutes >= self->options->minutes);
  return epns_train_team_agree (self->options->team, up) != 0;
}

/* Until all is learned, *complete, or time is up. */
static gboolean
take_steps (Training *self, EpnsProgress *bar, gboolean *complete, GError **error)
{
  epns_error failure = { .status = EPNS_OK };
  epns_train_progress now;

  for (self->train->progress (self->training, &now); !now.over;) {
    if (is_time_up (self))
      return save (self, error);
    if (self->train->advance (self->training, 1, &failure) != EPNS_OK)
      return failed (self, &failure, error);
    self->train->progress (self->training, &now);
    self->loss += now.loss;
    self->steps++;
    epns_progress_update (bar, (double) now.step / (double) now.steps);
    gboolean due = now.step % self->plan->validation_every == 0 || now.over;
    if (due)
      epns_progress_end (bar);
    if (due && !report (self, &now, error))
      return FALSE;
    if (g_get_monotonic_time () - self->saved > CHECKPOINT_SECONDS * G_USEC_PER_SEC
        && !save (self, error))
      return FALSE;
    if (due) /* patience may have come to its end */
      self->train->progress (self->training, &now);
  }
  *complete = TRUE;
  return TRUE;
}

/* --- What remains --- */

static char *
tell (const Training *self)
{
  epns_train_progress progress;
  const GArray *points = self->log->points;
  double best = NAN;
  guint64 best_step = 0;

  self->train->progress (self->training, &progress);
  for (guint i = 0; i < points->len; i++) {
    const EpnsLearningPoint *point = &g_array_index (points, EpnsLearningPoint, i);
    double figure = self->plan->by_rollout ? point->rollout.apart : point->nats;
    if (!isnan (figure) && !(figure >= best)) {
      best = figure;
      best_step = point->step;
    }
  }
  if (isnan (best))
    return g_strdup_printf ("Averaged weights after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                            " steps; no validation data.",
                            progress.step, progress.steps);
  if (self->plan->by_rollout)
    return g_strdup_printf ("Averaged weights of step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                            ": rollouts %.3f apart from the validation data.",
                            best_step, progress.steps, best);
  return g_strdup_printf ("Averaged weights of step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                          ": %.4f nats a cell or body and step on the validation data.",
                          best_step, progress.steps, best);
}

/* Its rollouts, into the card and OUTPUT/rollout.png. */
static char *
show_rollout (const Training *self, const char *folder, GError **error)
{
  g_autofree char *picture = g_build_filename (self->plan->output, "rollout.png", NULL);
  EpnsRollout rollout;

  if (self->rollout == NULL)
    return g_strdup ("");
  if (!epns_train_rollout_run (self->rollout, folder, &rollout, error)
      || !epns_train_rollout_draw (self->rollout, picture, error))
    return NULL;
  return epns_train_rollout_table (self->rollout, &rollout);
}

static gboolean
write_card (const Training *self, const char *folder, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "card.md", NULL);
  g_autofree char *table = show_rollout (self, folder, error);
  if (table == NULL)
    return FALSE;
  g_autofree char *card = g_strdup_printf (
      "# %s\n\n%s\n\n"
      "- Step: %.10g %s\n- Seed: %" G_GUINT64_FORMAT "\n- Time: %.1f minutes on %u thread%s\n"
      "- Made by: `epns train %s`\n"
      "- Quality: `epns compare SCENARIO --learned %s -o DIR` measures it against the native "
      "step.\n\n%s",
      self->plan->name, text, self->plan->step_length, self->plan->step_unit,
      self->plan->train.seed, seconds_of (self) / 60, self->options->threads,
      self->options->threads == 1 ? "" : "s", self->plan->path, folder, table);

  return epns_output_write (path, card, strlen (card), error);
}

/* OUTPUT/model, OUTPUT/learning.png, OUTPUT/rollout.png. */
static gboolean
write_model (const Training *self, GError **error)
{
  g_autofree char *curve = g_build_filename (self->plan->output, "learning.png", NULL);
  g_autofree char *text = tell (self);
  g_autofree char *folder = write_folder (self, "model", FALSE, text, error);

  if (folder == NULL || !write_card (self, folder, text, error)
      || !epns_figure_learning (curve, self->plan->name,
                                (const EpnsLearningPoint *) (gpointer) self->log->points->data,
                                self->log->points->len, error))
    return FALSE;
  if (!self->options->quiet && !self->options->json)
    g_print ("%s: %s\n", folder, text);
  return TRUE;
}

/* Samples and rate for as many processes. */
static void
scale (EpnsTrainingPlan *plan, const epns_train_team *team)
{
  const double ranks = team != NULL ? team->ranks : 1,
               rate = plan->scaling == EPNS_SCALING_LINEAR ? ranks
                      : plan->scaling == EPNS_SCALING_SQRT ? sqrt (ranks)
                                                           : 1;

  plan->train.team = team;
  plan->train.rate *= rate;
  plan->train.last_rate *= rate;
  if (plan->scaling != EPNS_SCALING_SHARE)
    plan->train.batch *= (guint32) ranks;
}

static int
train_plan (const Options *options, EpnsTrainingPlan *plan, GError **error)
{
  g_auto (Training) self = { .options = options, .plan = plan };
  gboolean interrupted = FALSE, complete = FALSE;
  EpnsProgress bar;

  self.host = (epns_host){ .size = sizeof self.host, .threads = options->threads };
  self.train = find_train (plan, error);
  if (self.train == NULL || !make_folder (plan->output, error))
    return EPNS_EXIT_FAILED;
  epns_interrupt_watch ();
  self.data = epns_train_data_gather (plan, options->threads, options->quiet, &interrupted, error);
  if (interrupted)
    return EPNS_EXIT_INTERRUPTED;
  if (self.data == NULL || !begin (&self, error))
    return EPNS_EXIT_FAILED;
  epns_progress_begin (&bar, "training", options->quiet);
  gboolean went = take_steps (&self, &bar, &complete, error);
  epns_progress_end (&bar);
  if (!went || (epns_train_team_writes (options->team) && !write_model (&self, error)))
    return EPNS_EXIT_FAILED;
  if (!complete && !options->quiet)
    g_printerr ("note: stopped before the last step; the same command goes on\n");
  return epns_interrupted () ? EPNS_EXIT_INTERRUPTED : EPNS_EXIT_OK;
}

static int
train (int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "minutes", 'm', 0, G_OPTION_ARG_DOUBLE, &options.minutes,
      "Stop after this time; the same command goes on later", "MINUTES" },
    { "threads", 't', 0, G_OPTION_ARG_STRING, &options.threads_text,
      "Threads; they never change a result", "T" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "No progress, no notes", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "A line of JSON for each validation", NULL },
    { 0 },
  };
  GError *error = NULL;
  int status = EPNS_EXIT_FAILED;
  gboolean parsed = epns_command_parse (&epns_command_train, entries, &argc, &argv, 1, 1, &error)
                    && epns_command_threads (options.threads_text, &options.threads, &error);

  g_free (options.threads_text);
  if (parsed) {
    options.team = epns_train_team_join (&error);
    parsed = error == NULL;
  }
  options.quiet |= !epns_train_team_writes (options.team);
  options.json &= epns_train_team_writes (options.team);
  if (parsed && !(options.minutes >= 0)) {
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "--minutes: give a time above 0");
    parsed = FALSE;
  }
  g_autoptr (EpnsTrainingPlan) plan = parsed ? epns_training_plan_read (argv[1], &error) : NULL;
  if (plan != NULL) {
    scale (plan, options.team);
    status = train_plan (&options, plan, &error);
  }
  if (error != NULL || status == EPNS_EXIT_FAILED)
    status = epns_command_fail (&epns_command_train, error);
  epns_train_team_leave (options.team, plan != NULL && status == EPNS_EXIT_FAILED);
  return status;
}

const EpnsCommand epns_command_train = {
  .name = "train",
  .arguments = "TRAINING.xml",
  .summary = "Train a model, or go on training it",
  .main = train,
};
