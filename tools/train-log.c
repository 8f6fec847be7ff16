/* SPDX-License-Identifier: MIT */
/* The log of a training. */
#include "tools/train-log.h"

#include "adapters/output-file.h"
#include "plugin/error.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

void
epns_train_log_free (EpnsTrainLog *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_array_unref (self->points);
  g_free (self);
}

static double
number (JsonObject *object, const char *name)
{
  return json_object_get_double_member_with_default (object, name, NAN);
}

/* {"apart": ..., "volume": [learned, held out, KS], ...} or absent. */
static EpnsRollout
parse_rollout (JsonObject *object)
{
  EpnsRollout rollout = { .apart = NAN };

  if (!json_object_has_member (object, "rollout")
      || !JSON_NODE_HOLDS_OBJECT (json_object_get_member (object, "rollout")))
    return rollout;
  JsonObject *from = json_object_get_object_member (object, "rollout");
  rollout.apart = number (from, "apart");
  for (guint i = 0; i < EPNS_ROLLOUT_SERIES; i++) {
    const char *name = epns_rollout_series[i];
    JsonNode *node = json_object_get_member (from, name);
    rollout.of[i] = (EpnsRolloutValue){ NAN, NAN, NAN };
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)
        || json_array_get_length (json_node_get_array (node)) != 3)
      continue;
    JsonArray *values = json_node_get_array (node);
    rollout.of[i] = (EpnsRolloutValue){ json_array_get_double_element (values, 0),
                                        json_array_get_double_element (values, 1),
                                        json_array_get_double_element (values, 2) };
  }
  return rollout;
}

/* One line of the file. */
static gboolean
parse (const char *line, EpnsLearningPoint *point)
{
  g_autoptr (JsonNode) node = json_from_string (line, NULL);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  JsonObject *object = json_node_get_object (node);
  double step = number (object, "step");
  *point = (EpnsLearningPoint){ .seconds = number (object, "seconds"),
                                .rate = number (object, "rate"),
                                .loss = number (object, "loss"),
                                .beta = number (object, "beta"),
                                .in_a_row = (guint32) CLAMP (
                                    json_object_get_int_member_with_default (object, "in-a-row", 1),
                                    1, G_MAXINT32),
                                .nats = number (object, "nats"),
                                .reconstruction = number (object, "reconstruction"),
                                .kl = number (object, "kl"),
                                .rollout = parse_rollout (object) };
  if (!(step >= 0 && step < 0x1p53) || isnan (point->seconds))
    return FALSE;
  point->step = (guint64) step;
  return TRUE;
}

EpnsTrainLog *
epns_train_log_open (const char *folder, guint64 step, GError **error)
{
  g_autoptr (EpnsTrainLog) self = g_new0 (EpnsTrainLog, 1);
  g_autofree char *text = NULL;

  self->path = g_build_filename (folder, "log.jsonl", NULL);
  self->points = g_array_new (FALSE, FALSE, sizeof (EpnsLearningPoint));
  if (step == 0 || !g_file_get_contents (self->path, &text, NULL, NULL))
    return g_steal_pointer (&self);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    EpnsLearningPoint point;
    if (!parse (lines[i], &point)) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                   "%s:%u: this is no line of a training's log; remove the file", self->path,
                   i + 1);
      return NULL;
    }
    if (point.step <= step)
      g_array_append_val (self->points, point);
  }
  return g_steal_pointer (&self);
}

double
epns_train_log_seconds (const EpnsTrainLog *self)
{
  guint n = self->points->len;

  return n > 0 ? g_array_index (self->points, EpnsLearningPoint, n - 1).seconds : 0;
}

static void
put (GString *text, const char *name, const char *format, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isnan (value))
    g_string_append_printf (text, ",\"%s\":%s", name,
                            g_ascii_formatd (digits, sizeof digits, format, value));
}

static void
put_rollout (GString *text, const EpnsRollout *rollout)
{
  char digits[3][G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (rollout->apart))
    return;
  g_string_append_printf (text, ",\"rollout\":{\"apart\":%s",
                          g_ascii_formatd (digits[0], sizeof digits[0], "%.6g", rollout->apart));
  for (guint i = 0; i < EPNS_ROLLOUT_SERIES; i++) {
    const EpnsRolloutValue *of = &rollout->of[i];
    const double values[3] = { of->learned, of->held_out, of->ks };
    if (isnan (of->learned) || isnan (of->held_out) || isnan (of->ks))
      continue;
    for (guint k = 0; k < 3; k++)
      g_ascii_formatd (digits[k], sizeof digits[k], "%.6g", values[k]);
    g_string_append_printf (text, ",\"%s\":[%s,%s,%s]", epns_rollout_series[i], digits[0],
                            digits[1], digits[2]);
  }
  g_string_append_c (text, '}');
}

char *
epns_train_log_json (const EpnsLearningPoint *point)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "{\"step\":%" G_GUINT64_FORMAT, point->step);
  put (text, "seconds", "%.1f", point->seconds);
  put (text, "rate", "%.6g", point->rate);
  put (text, "loss", "%.6g", point->loss);
  put (text, "beta", "%.6g", point->beta);
  if (!isnan (point->beta))
    g_string_append_printf (text, ",\"in-a-row\":%u", point->in_a_row);
  put (text, "nats", "%.6g", point->nats);
  put (text, "reconstruction", "%.6g", point->reconstruction);
  put (text, "kl", "%.6g", point->kl);
  put_rollout (text, &point->rollout);
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

/* What the objective is at, where it changes over a training. */
static void
say_objective (GString *text, const EpnsLearningPoint *point)
{
  if (isnan (point->beta))
    return;
  g_string_append_printf (text, " (beta %.3g", point->beta);
  if (point->in_a_row > 1)
    g_string_append_printf (text, ", %u steps in a row", point->in_a_row);
  g_string_append_c (text, ')');
}

static void
say_validation (GString *text, const EpnsLearningPoint *point)
{
  if (isnan (point->nats))
    return;
  g_string_append_printf (text, ", validation %.3f nats a cell", point->nats);
  if (!isnan (point->kl))
    g_string_append_printf (text, ": reconstruction %.3f, KL %.3f", point->reconstruction,
                            point->kl);
}

char *
epns_train_log_text (const EpnsLearningPoint *point, guint64 steps)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ": loss %.4f",
                          point->step, steps, point->loss);
  say_objective (text, point);
  say_validation (text, point);
  g_string_append_printf (text, " (%.0f s)", point->seconds);
  if (!isnan (point->rollout.apart)) {
    g_string_append_printf (text, "\n  rollout %.3f apart:", point->rollout.apart);
    const char *comma = "";
    for (guint i = 0; i < EPNS_ROLLOUT_SERIES; i++)
      if (!isnan (point->rollout.of[i].held_out)) {
        g_string_append_printf (text, "%s %s %.4g (held out %.4g)", comma, epns_rollout_series[i],
                                point->rollout.of[i].learned, point->rollout.of[i].held_out);
        comma = ",";
      }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
epns_train_log_add (EpnsTrainLog *self, const EpnsLearningPoint *point, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_array_append_val (self->points, *point);
  for (guint i = 0; i < self->points->len; i++) {
    g_autofree char *line = epns_train_log_json (
        &g_array_index (self->points, EpnsLearningPoint, i));
    g_string_append_printf (text, "%s\n", line);
  }
  return epns_output_write (self->path, text->str, text->len, error);
}
