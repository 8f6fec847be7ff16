/* SPDX-License-Identifier: MIT */
/* epns verify: a model's numbers beside stored ones, or a table of graded checks where none are
 * stored. */
#include "plugin/epns_verify.h"
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/verify-checks.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stddef.h>

typedef struct {
  JsonBuilder *json; /* NULL: lines on stdout */
  guint n, broken;
} Report;

static void
add_number (JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name (json, name);
  if (isfinite (value))
    json_builder_add_double_value (json, value);
  else
    json_builder_add_null_value (json);
}

static void
add_text (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_truth (JsonBuilder *json, const char *name, gboolean value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_boolean_value (json, value);
}

/* Beside stored tensors */

static void
report_line (void *ctx, const char *name, double error, double tolerance, int32_t holds)
{
  Report *report = ctx;

  report->n++;
  report->broken += !holds;
  if (report->json == NULL) {
    g_print ("%-6s %-32s largest error %.3g (accepted %.3g)\n", holds ? "holds" : "BROKEN", name,
             error, tolerance);
    return;
  }
  json_builder_begin_object (report->json);
  add_text (report->json, "name", name);
  add_number (report->json, "error", error);
  add_number (report->json, "accepted", tolerance);
  add_truth (report->json, "holds", holds != 0);
  json_builder_end_object (report->json);
}

static gboolean
compare_stored (const char *name, const char *reference, gboolean gradients, Report *report,
                GError **error)
{
  g_autoptr (EpnsStepModel) model = epns_step_model_find (NULL, name, 1, error);
  epns_error failure = { .member = -1 };

  if (model == NULL)
    return FALSE;
  const epns_verify *verify = model->kind->extension (EPNS_VERIFY_EXTENSION);
  if (verify == NULL || verify->size < offsetof (epns_verify, gradient)) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: kind %s has nothing to verify; name a learned model", name, model->kind->id);
    return FALSE;
  }
  if (verify->reference (model->source, reference, gradients, report_line, report, &failure)
      != EPNS_OK)
    return epns_step_model_failed (model, &failure, error);
  if (report->n > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it stores nothing that this model computes; give another", reference);
  return FALSE;
}

/* Graded checks */

static void
add_check (JsonBuilder *json, const EpnsCheck *check)
{
  const char grade[] = { check->grade, '\0' };

  json_builder_begin_object (json);
  add_text (json, "check", check->check);
  add_text (json, "grade", grade);
  add_truth (json, "mandatory", check->mandatory);
  add_number (json, "figure", check->figure);
  add_number (json, "accepted", check->accepted);
  add_text (json, "of", check->of);
  json_builder_end_object (json);
}

static void
print_check (const EpnsCheck *check)
{
  char figure[G_ASCII_DTOSTR_BUF_SIZE] = "", accepted[G_ASCII_DTOSTR_BUF_SIZE] = "";

  if (!isnan (check->accepted)) {
    g_ascii_formatd (figure, sizeof figure, "%.3g", check->figure);
    g_ascii_formatd (accepted, sizeof accepted, "%.3g", check->accepted);
  }
  g_print ("%-12s %-14s %c %10s %10s  %s\n", check->check,
           check->mandatory ? "mandatory" : "informational", check->grade, figure, accepted,
           check->of);
}

static gboolean
grade (const char *name, const char *path, Report *report, GError **error)
{
  g_autoptr (EpnsScenario) scenario = path ? epns_scenario_read (path, error) : NULL;

  if (path != NULL && scenario == NULL)
    return FALSE;
  g_autoptr (GPtrArray) checks = epns_checks_run (name, scenario, error);
  if (checks == NULL)
    return FALSE;
  if (report->json == NULL)
    g_print ("%-12s %-14s %s %8s %10s\n", "check", "", "grade", "figure", "accepted");
  for (guint i = 0; i < checks->len; i++) {
    const EpnsCheck *check = checks->pdata[i];
    report->broken += check->mandatory && epns_check_failed (check);
    if (report->json != NULL)
      add_check (report->json, check);
    else
      print_check (check);
  }
  return TRUE;
}

static void
print_json (const Report *report)
{
  g_autoptr (JsonNode) root = json_builder_get_root (report->json);
  g_autofree char *text = json_to_string (root, TRUE);

  g_print ("%s\n", text);
}

static int
verify (int argc, char **argv)
{
  g_autofree char *reference = NULL, *scenario = NULL;
  gboolean gradients = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "reference", 0, 0, G_OPTION_ARG_FILENAME, &reference,
      "Compare with every tensor stored in this file", "IO.safetensors" },
    { "gradients", 0, 0, G_OPTION_ARG_NONE, &gradients, "Compare the stored gradients too", NULL },
    { "scenario", 0, 0, G_OPTION_ARG_FILENAME, &scenario,
      "What the checks step (default: something made for the model)", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON array", NULL },
    { 0 },
  };
  GError *error = NULL;

  if (!epns_command_parse (&epns_command_verify, entries, &argc, &argv, 1, 1, &error))
    return epns_command_fail (&epns_command_verify, error);
  if (gradients && reference == NULL)
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--gradients: give --reference as well; gradients are stored there");
  else if (scenario != NULL && reference != NULL)
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--scenario is for the checks without --reference; leave one out");
  if (error != NULL)
    return epns_command_fail (&epns_command_verify, error);
  g_autoptr (JsonBuilder) builder = json ? json_builder_new () : NULL;
  Report report = { .json = builder };
  if (json)
    json_builder_begin_array (builder);
  if (!(reference ? compare_stored (argv[1], reference, gradients, &report, &error)
                  : grade (argv[1], scenario, &report, &error)))
    return epns_command_fail (&epns_command_verify, error);
  if (json) {
    json_builder_end_array (builder);
    print_json (&report);
  }
  return report.broken ? EPNS_EXIT_DIFFERS : EPNS_EXIT_OK;
}

const EpnsCommand epns_command_verify = {
  .name = "verify",
  .arguments = "MODEL",
  .summary = "Check a model against stored tensors, or grade what it claims",
  .main = verify,
};
