/* SPDX-License-Identifier: MIT */
/* epns verify: a model's numbers beside stored ones, or its symmetries where none are stored. */
#include "plugin/epns_verify.h"
#include "plugin/error.h"
#include "tools/command.h"
#include "tools/step-model.h"

#include <json-glib/json-glib.h>

typedef struct {
  JsonBuilder *json; /* NULL: lines on stdout */
  guint n, broken;
} Report;

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
  json_builder_set_member_name (report->json, "name");
  json_builder_add_string_value (report->json, name);
  json_builder_set_member_name (report->json, "error");
  json_builder_add_double_value (report->json, error);
  json_builder_set_member_name (report->json, "accepted");
  json_builder_add_double_value (report->json, tolerance);
  json_builder_set_member_name (report->json, "holds");
  json_builder_add_boolean_value (report->json, holds != 0);
  json_builder_end_object (report->json);
}

static gboolean
check (const char *name, const char *reference, gboolean gradients, Report *report, GError **error)
{
  g_autoptr (EpnsStepModel) model = epns_step_model_find (NULL, name, 1, error);
  epns_error failure = { .member = -1 };

  if (model == NULL)
    return FALSE;
  const epns_verify *verify = model->kind->extension (EPNS_VERIFY_EXTENSION);
  if (verify == NULL || verify->size < sizeof *verify) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
                 "%s: kind %s has nothing to verify; name a learned model", name, model->kind->id);
    return FALSE;
  }
  epns_status status = reference
                           ? verify->reference (model->source, reference, gradients, report_line,
                                                report, &failure)
                           : verify->equivariance (model->source, 1, report_line, report, &failure);
  if (status != EPNS_OK)
    return epns_step_model_failed (model, &failure, error);
  if (report->n > 0)
    return TRUE;
  g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_MISMATCH,
               "%s: it stores nothing that this model computes; give another",
               reference ? reference : name);
  return FALSE;
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
  g_autofree char *reference = NULL;
  gboolean gradients = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "reference", 0, 0, G_OPTION_ARG_FILENAME, &reference,
      "Compare with every tensor stored in this file", "IO.safetensors" },
    { "gradients", 0, 0, G_OPTION_ARG_NONE, &gradients, "Compare the stored gradients too", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON array", NULL },
    { 0 },
  };
  GError *error = NULL;

  if (!epns_command_parse (&epns_command_verify, entries, &argc, &argv, 1, 1, &error))
    return epns_command_fail (&epns_command_verify, error);
  if (gradients && reference == NULL) {
    g_set_error (&error, EPNS_FAILURE, EPNS_FAILURE_RANGE,
                 "--gradients: give --reference as well; gradients are stored there");
    return epns_command_fail (&epns_command_verify, error);
  }
  g_autoptr (JsonBuilder) builder = json ? json_builder_new () : NULL;
  Report report = { .json = builder };
  if (json)
    json_builder_begin_array (builder);
  if (!check (argv[1], reference, gradients, &report, &error))
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
  .summary = "Check a model against stored tensors, or for the symmetries it claims",
  .main = verify,
};
