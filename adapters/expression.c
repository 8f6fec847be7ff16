/* SPDX-License-Identifier: MIT */
/* The only file that sees muParser. Of its error texts none is asked for: they pass through one
 * buffer of the process. */
#include "adapters/expression.h"

#include "plugin/error.h"

#include <math.h>
#include <muParserDLL.h>
#include <string.h>

typedef struct {
  const EpnsNames *names;
  int component;
  gboolean vector;  /* a whole vector was named */
  GPtrArray *cells; /* double *: what the names stand for, one each */
  GArray *calls;    /* Call; never grows while muParser holds pointers into it */
  GError *failure;  /* the first */
} Evaluation;

typedef struct {
  Evaluation *of;
  const char *function;
} Call;

static double on_modulo (double a, double b) { return fmod (a, b); }
static double on_power (double a, double b) { return pow (a, b); }
static double on_log (double a) { return log (a); }
static double on_ceil (double a) { return ceil (a); }
static double on_floor (double a) { return floor (a + 1e-12); }
static double on_root (double a) { return sqrt (a); }
static double on_not (double a) { return a <= 0; }
static double on_plus (double a) { return a; }
static double on_and (double a, double b) { return fabs (a) > 0 && fabs (b) > 0; }
static double on_or (double a, double b) { return fabs (a) > 0 || fabs (b) > 0; }
static double on_xor (double a, double b) { return (fabs (a) > 0) != (fabs (b) > 0); }
static double on_if (double c, double a, double b) { return fabs (c) > 0 ? a : b; }

/* Random functions are 0 till the failure they left is seen. */
static double
on_random (void *data, const double *arguments, int n)
{
  const Call *call = data;

  (void) arguments, (void) n;
  if (call->of->failure == NULL)
    g_set_error (&call->of->failure, EPNS_FAILURE, EPNS_FAILURE_UNSUPPORTED,
                 "draws a random number (%s), which only Morpheus draws anew each time; state a "
                 "number",
                 call->function);
  return 0;
}

static double
on_random_flag (void *data)
{
  return on_random (data, NULL, 0);
}

static double
on_call (void *data, const double *arguments, int n)
{
  const Call *call = data;
  const EpnsNames *names = call->of->names;
  double value = 0;

  if (call->of->failure == NULL)
    names->call (names->data, call->function, arguments, (guint) n, &value, &call->of->failure);
  return value;
}

/* muParser asks where a name's value lies. */
static double *
on_name (const char *name, void *data)
{
  Evaluation *self = data;
  double *cell = g_new0 (double, 1);
  gboolean vector = FALSE;

  g_ptr_array_add (self->cells, cell);
  if (self->failure == NULL)
    self->names->name (self->names->data, name, self->component, cell, &vector, &self->failure);
  self->vector |= vector;
  return cell;
}

static void
define_words (muParserHandle_t parser)
{
  enum { PRECEDENCE_OR = 1, PRECEDENCE_AND = 2 };
  char name_chars[256] = "0123456789_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  for (int byte = 0x80, at = (int) strlen (name_chars); byte <= 0xff; byte++)
    name_chars[at++] = (char) byte; /* of any letter in UTF-8 */
  mupDefineNameChars (parser, name_chars);
  mupDefineConst (parser, "pi", G_PI);
  mupDefineConst (parser, "exponentiale", G_E);
  mupDefineConst (parser, "avogadro", 6.02214179e23);
  mupDefineConst (parser, "true", 1);
  mupDefineConst (parser, "false", 0);
  mupDefineInfixOprt (parser, "+", on_plus, TRUE);
  mupDefineInfixOprt (parser, "!", on_not, TRUE);
  mupDefineOprt (parser, "and", on_and, PRECEDENCE_AND, muOPRT_ASCT_LEFT, TRUE);
  mupDefineOprt (parser, "or", on_or, PRECEDENCE_OR, muOPRT_ASCT_LEFT, TRUE);
  mupDefineOprt (parser, "xor", on_xor, PRECEDENCE_OR, muOPRT_ASCT_LEFT, TRUE);
  mupDefineFun1 (parser, "log", on_log, TRUE);
  mupDefineFun1 (parser, "ceil", on_ceil, TRUE);
  mupDefineFun1 (parser, "floor", on_floor, TRUE);
  mupDefineFun1 (parser, "root", on_root, TRUE);
  mupDefineFun2 (parser, "mod", on_modulo, TRUE);
  mupDefineFun2 (parser, "pow", on_power, TRUE);
  mupDefineFun3 (parser, "if", on_if, TRUE);
}

static Call *
add_call (Evaluation *self, const char *function)
{
  g_array_append_vals (self->calls, &(Call) { self, function }, 1);
  return &g_array_index (self->calls, Call, self->calls->len - 1);
}

static void
define_functions (Evaluation *self, muParserHandle_t parser)
{
  static const char *const random[] = { "rand_uni", "rand_int", "rand_norm", "rand_gamma" };
  guint n = self->names->functions ? g_strv_length (self->names->functions) : 0;

  g_array_set_size (self->calls, 0);
  for (guint i = 0; i < G_N_ELEMENTS (random); i++)
    mupDefineMultFunUserData (parser, random[i], on_random, add_call (self, random[i]), FALSE);
  mupDefineFunUserData0 (parser, "rand_bool", on_random_flag, add_call (self, "rand_bool"), FALSE);
  for (guint i = 0; i < n; i++)
    mupDefineMultFunUserData (parser, self->names->functions[i], on_call,
                              add_call (self, self->names->functions[i]), FALSE);
}

/* Does muParser take the text, and are its numbers ones to go on with? */
static gboolean
judge (Evaluation *self, muParserHandle_t parser, const double *results, int n, GError **error)
{
  gboolean fails = mupError (parser) != 0;

  if (self->failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->failure));
    return FALSE;
  }
  if (fails || results == NULL || (n != 1 && n != 3)) {
    int position = fails ? mupGetErrorPos (parser) : -1;
    g_autofree char *where = position > 0 ? g_strdup_printf (" (character %d)", position + 1)
                                          : g_strdup ("");
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "is no arithmetic expression of one or three numbers%s; correct it", where);
    return FALSE;
  }
  for (int i = 0; i < n; i++)
    if (!isfinite (results[i])) {
      g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_RANGE, "is no finite number; correct it");
      return FALSE;
    }
  return TRUE;
}

/* With vectors standing for one of their components. */
static gboolean
evaluate_once (Evaluation *self, const char *text, double values[3], guint *n, GError **error)
{
  muParserHandle_t parser = mupCreate (muBASETYPE_FLOAT);
  int n_results = 0;

  define_words (parser);
  define_functions (self, parser);
  mupSetVarFactory (parser, on_name, self);
  mupSetExpr (parser, text);
  const double *results = mupEvalMulti (parser, &n_results);
  gboolean fine = judge (self, parser, results, n_results, error);
  for (int i = 0; fine && i < n_results; i++)
    values[i] = results[i];
  *n = (guint) MAX (n_results, 0);
  mupRelease (parser);
  return fine;
}

static gboolean
evaluate (Evaluation *self, const char *text, double values[3], guint *n, GError **error)
{
  if (!evaluate_once (self, text, values, n, error))
    return FALSE;
  if (!self->vector)
    return TRUE;
  if (*n == 3) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 "has a whole vector among its components; name one of its own, as in size.x");
    return FALSE;
  }
  for (self->component = 1; self->component < 3; self->component++) {
    double one[3];
    if (!evaluate_once (self, text, one, n, error))
      return FALSE;
    values[self->component] = one[0];
  }
  *n = 3;
  return TRUE;
}

gboolean
epns_expression_evaluate (const char *text, const EpnsNames *names, double values[3], guint *n,
                          GError **error)
{
  Evaluation self = { .names = names };
  g_autofree char *line = g_strstrip (g_strdelimit (g_strdup (text), "\n\r\t", ' '));
  guint calls = 5 + (names->functions ? g_strv_length (names->functions) : 0);

  if (*line == '\0' || strlen (line) > EPNS_EXPRESSION_LONGEST) {
    g_set_error (error, EPNS_FAILURE, EPNS_FAILURE_FORMAT,
                 *line ? "is too long; shorten it" : "is empty; state a number");
    return FALSE;
  }
  self.cells = g_ptr_array_new_with_free_func (g_free);
  self.calls = g_array_sized_new (FALSE, FALSE, sizeof (Call), calls);
  gboolean fine = evaluate (&self, line, values, n, error);
  g_clear_error (&self.failure);
  g_ptr_array_unref (self.cells);
  g_array_unref (self.calls);
  return fine;
}
