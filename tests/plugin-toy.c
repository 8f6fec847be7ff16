/* SPDX-License-Identifier: MIT */
/* A step plugin of the test suite's own, in plain C: kinds to try a host's every path with.
 *   toy        every step each site takes the id of the site `seed + stream + step` further on,
 *              and `pause` seconds go by
 *   toy-file   the same from a file that says "toy DT", one step being DT long
 *   toy-named  the same, for cells of types it knows by name
 *   toy-needy  the same with a parameter that must be given
 *   toy-gas    a state that is no lattice
 *   toy-liar   the same as toy, saying that it is a learned model whose cells can be renumbered,
 *              which they cannot; two threads take it further than one, it keeps half of a run, and
 *              hoards memory */
#include "plugin/epns_step.h"
#include "plugin/epns_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PARAMS                                                                      \
  { "pause", "s", "", NULL, EPNS_PARAM, EPNS_F64, 0, 1, { 0 }, 0.0 },               \
    { "motion", "1", "", "still,rolling", EPNS_PARAM, EPNS_I32, 0, 1, { 0 }, 1.0 }, \
    { "rates", "1", "type", NULL, EPNS_PARAM, EPNS_F64, 1, 1, { -1 }, 0.0 },        \
    { "pairs", "1", "type,type", NULL, EPNS_PARAM, EPNS_I32, 2, 1, { -1, -1 }, 0.0 }
#define MUST { "must", "1", "type", NULL, EPNS_PARAM, EPNS_F64, 1, 0, { -1 }, 0.0 }
#define LATTICE(types)                                                                \
  { "cell-id", "1", "z,y,x", NULL, EPNS_STATE, EPNS_I32, 3, 0, { -1, -1, -1 }, 0.0 }, \
    { "cell-type", "1", "cell", types, EPNS_INPUT, EPNS_I32, 1, 0, { -1 }, 0.0 }
#define POSITION                                                                        \
  { "position", "m", "particle,axis", NULL, EPNS_STATE, EPNS_F64, 2, 0, { -1, 3 }, 0.0 }

static const epns_field plain_fields[] = { PARAMS, LATTICE (NULL) };
static const epns_field named_fields[] = { PARAMS, LATTICE ("Medium,Condensing,Other") };
static const epns_field needy_fields[] = { PARAMS, MUST, LATTICE (NULL) };
static const epns_field gas_fields[] = { PARAMS, POSITION };

struct epns_model {
  const epns_field *fields;
  uint32_t n;
  double dt;
  uint32_t extra; /* how much further a step goes */
};

struct epns_run {
  uint64_t seed, stream;
  int64_t step;
  double pause;
  int32_t moves;
  uint32_t extra;
};

static epns_status
fail (epns_error *error, const char *text)
{
  if (error != NULL) {
    *error = (epns_error) { EPNS_DISCARD, -1, -1, -1, -1, "" };
    snprintf (error->text, sizeof error->text, "%s", text);
  }
  return EPNS_DISCARD;
}

static epns_status
make (const epns_field *fields, size_t n, double dt, epns_model **model)
{
  *model = malloc (sizeof **model);
  **model = (epns_model) { fields, (uint32_t) n, dt, 0 };
  return EPNS_OK;
}

static epns_status
open_plain (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  (void) host;
  return source ? fail (error, "it takes no file; give none")
                : make (plain_fields, sizeof plain_fields / sizeof *plain_fields, 1, model);
}

static epns_status
open_named (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  (void) host;
  return source ? fail (error, "it takes no file; give none")
                : make (named_fields, sizeof named_fields / sizeof *named_fields, 1, model);
}

static epns_status
open_needy (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  (void) host;
  return source ? fail (error, "it takes no file; give none")
                : make (needy_fields, sizeof needy_fields / sizeof *needy_fields, 1, model);
}

static epns_status
open_gas (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  (void) host;
  return source ? fail (error, "it takes no file; give none")
                : make (gas_fields, sizeof gas_fields / sizeof *gas_fields, 1, model);
}

static epns_status
open_file (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  double dt = 0;
  FILE *file = source ? fopen (source, "r") : NULL;
  int found = file ? fscanf (file, "toy %lf", &dt) : 0;

  (void) host;
  if (file != NULL)
    fclose (file);
  return found != 1 ? fail (error, "the file does not begin with 'toy' and a time; name another")
                    : make (plain_fields, sizeof plain_fields / sizeof *plain_fields, dt, model);
}

static void
close_model (epns_model *model)
{
  free (model);
}

static const epns_field *
fields (const epns_model *model, uint32_t *n, double *native_dt, const char **time_unit)
{
  *n = model->n;
  if (native_dt != NULL)
    *native_dt = model->dt;
  if (time_unit != NULL)
    *time_unit = "MCS";
  return model->fields;
}

static epns_status
start (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
       uint64_t stream, epns_run **run, epns_error *error)
{
  (void) n_params;
  (void) error;
  *run = malloc (sizeof **run);
  **run = (epns_run) { seed, stream, 0, params[0].data ? *(double *) params[0].data : 0,
                       params[1].data ? *(int32_t *) params[1].data : 1, model->extra };
  return EPNS_OK;
}

static epns_status
open_liar (const epns_host *host, const char *source, epns_model **model, epns_error *error)
{
  epns_status status = open_plain (host, source, model, error);

  if (status == EPNS_OK)
    (*model)->extra = host != NULL ? host->threads : 1;
  return status;
}

static epns_status
start_hoarding (const epns_model *model, const epns_view *params, uint32_t n_params, uint64_t seed,
                uint64_t stream, epns_run **run, epns_error *error)
{
  static void *volatile hoard[64]; /* volatile: nobody reads it */
  static size_t n;

  if (n < sizeof hoard / sizeof *hoard)
    hoard[n++] = malloc (1 << 16);
  return start (model, params, n_params, seed, stream, run, error);
}

static void
stop (epns_run *run)
{
  free (run);
}

static void
roll (epns_run *run, epns_view *lattice)
{
  size_t n = (size_t) (lattice->shape[0] * lattice->shape[1] * lattice->shape[2]);
  size_t by = (size_t) ((run->seed + run->stream + (uint64_t) run->step + run->extra) % n);
  int32_t *ids = lattice->data, *was = malloc (n * sizeof *was);
  time_t whole = (time_t) run->pause;
  struct timespec wait = { whole, (long) ((run->pause - (double) whole) * 1e9) };

  memcpy (was, ids, n * sizeof *was);
  for (size_t i = 0; i < n && run->moves; i++)
    ids[i] = was[(i + by) % n];
  free (was);
  nanosleep (&wait, NULL);
  run->step++;
}

static epns_status
step (epns_run *const *runs, epns_frame *frames, uint32_t n, uint32_t n_steps, double dt,
      epns_error *error)
{
  (void) dt;
  (void) error;
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t k = 0; k < n_steps; k++)
      roll (runs[i], &frames[i].views[0]);
    frames[i].status = EPNS_OK;
    frames[i].step = runs[i]->step;
  }
  return EPNS_OK;
}

static epns_status
keep (epns_run *run, const epns_archive *archive, epns_error *error)
{
  int64_t at = run->step;

  if (archive->bytes (archive->ctx, &at, sizeof at) != EPNS_OK)
    return fail (error, "the archive ends too early; use a complete one");
  run->step = at;
  return EPNS_OK;
}

static const void *
extension (const char *id)
{
  (void) id;
  return NULL;
}

static epns_status
lie (const char *source, uint64_t seed, epns_verify_report report, void *ctx, epns_error *error)
{
  (void) source;
  (void) seed;
  (void) error;
  report (ctx, "renumbered cells: ids", 1e-7, 1e-5, 1);
  report (ctx, "renumbered cells: types", 1, 1e-5, 0);
  return EPNS_OK;
}

static epns_status
lie_of_gradient (const char *source, uint64_t seed, epns_verify_report report, void *ctx,
                 epns_error *error)
{
  (void) source;
  (void) seed;
  (void) error;
  report (ctx, "gradient of motion", 1e-3, 0.05, 1);
  report (ctx, "gradient of rates", 2, 0.05, 0);
  return EPNS_OK;
}

static epns_status
nothing_stored (const char *source, const char *reference, int32_t gradients,
                epns_verify_report report, void *ctx, epns_error *error)
{
  (void) source;
  (void) reference;
  (void) gradients;
  (void) report;
  (void) ctx;
  (void) error;
  return EPNS_OK;
}

static const void *
liars_extension (const char *id)
{
  static const epns_verify verify = { sizeof verify, nothing_stored, lie, lie_of_gradient };

  return strcmp (id, EPNS_VERIFY_EXTENSION) == 0 ? &verify : NULL;
}

#define KIND(name, opens)                                                                    \
  { sizeof (epns_kind), EPNS_ARCHIVES | EPNS_EXACT_RESUME, name, "1", "rolls a lattice",     \
    "MCS", opens, close_model, fields, start, stop, step, keep, extension }
static const epns_kind toy = KIND ("toy", open_plain), toy_file = KIND ("toy-file", open_file),
                       toy_named = KIND ("toy-named", open_named),
                       toy_needy = KIND ("toy-needy", open_needy),
                       toy_gas = KIND ("toy-gas", open_gas);
static const epns_kind toy_liar
  = { sizeof (epns_kind), EPNS_ARCHIVES | EPNS_EXACT_RESUME, "toy-liar", "1",
      "rolls a lattice and lies about it", "MCS", open_liar, close_model, fields, start_hoarding,
      stop, step, keep, liars_extension };
static const epns_kind *const kinds[]
  = { &toy, &toy_file, &toy_named, &toy_needy, &toy_gas, &toy_liar };

extern const epns_plugin epns_step_v1;
__attribute__ ((visibility ("default"))) const epns_plugin epns_step_v1
  = { sizeof (epns_plugin), 0, "test", "1", "MIT", kinds, sizeof kinds / sizeof *kinds };
